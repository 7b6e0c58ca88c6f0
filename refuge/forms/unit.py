from typing import Any

from django import forms

from dacase.ui.forms import (
    Form,
    LongTextField,
    Look,
    RadioField,
    SubmitOnceForm,
    TextField,
    VersionedForm,
    YesNoField,
)
from refuge.choices import ServiceKind
from refuge.models import RefugeService, Unit
from refuge.services.unit import MOST_BEDS, SERVICE_FIELDS, UNIT_FIELDS


class ServiceFields(Form):
    """A house or scheme."""

    name = TextField(label="Name of the service", max_length=120)
    kind = RadioField(label="Kind of accommodation", choices=ServiceKind)
    address = LongTextField(
        label="Where it is",
        help_text="Only people of your agency who manage placements ever see this. It is never printed.",
        max_length=500,
        rows=3,
    )
    service_address = LongTextField(
        label="Address for papers",
        help_text="A post box or office that may stand on papers and letters. Not the house itself.",
        max_length=500,
        rows=3,
    )


class ServiceForm(ServiceFields, SubmitOnceForm):
    """Add a service."""


class ServiceEditForm(ServiceFields, VersionedForm):
    """Change a service."""

    @staticmethod
    def saved(service: RefugeService) -> dict[str, Any]:
        """What the form starts with."""
        return {name: getattr(service, name) for name in (*SERVICE_FIELDS, "version")}


class UnitFields(Form):
    """A room or flat that one household takes at a time."""

    name = TextField(
        label="Name of the unit", max_length=60, help_text="As your team calls it, for example Room 3"
    )
    sleeps = forms.IntegerField(
        label="Sleeps", min_value=1, max_value=MOST_BEDS, help_text="Beds, cots not counted"
    )
    has_cot = YesNoField(label="Is there a cot?")
    is_step_free = YesNoField(label="Is it step-free?")
    is_self_contained = YesNoField(
        label="Is it self-contained?", help_text="With its own kitchen and bathroom"
    )

    looks = {
        "sleeps": Look(width=2),
        "has_cot": Look(inline=True),
        "is_step_free": Look(inline=True),
        "is_self_contained": Look(inline=True),
        "is_available": Look(inline=True),
    }


class UnitForm(UnitFields):
    """Add a unit. A second one of the same name is refused, so that a double click adds one."""


class UnitEditForm(UnitFields, VersionedForm):
    """Change a unit or take it out of use."""

    is_available = YesNoField(
        label="Is it in use?", help_text="Answer no while it is being repaired, for example"
    )

    @staticmethod
    def saved(unit: Unit) -> dict[str, Any]:
        """What the form starts with."""
        return {name: getattr(unit, name) for name in (*UNIT_FIELDS, "version")}

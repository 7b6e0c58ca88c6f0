"""Builders of refuge records, made through the services as the refuge worker. Names and addresses stand out."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party
from dacase.walls.context import acting_as
from refuge.models import Placement, RefugeService, Unit
from refuge.services.placement import place_household
from refuge.services.unit import create_service, create_unit

# Words that must appear in no page, file or row of anybody outside the refuge agency.
SERVICE_NAME = "Quillfeather House"
ADDRESS = "9 Nowhere Zigzag, Inventville, ZZ9 9ZZ"
UNIT_NAME = "Marmalade Room"
SECRETS = (SERVICE_NAME, "Nowhere Zigzag", "ZZ9 9ZZ", UNIT_NAME, "PO Box 999")


def today() -> date:
    return timezone.localdate()


def days(number: int) -> date:
    """The day `number` days from today."""
    return today() + timedelta(days=number)


def make_service(actor: Membership, **fields: Any) -> RefugeService:
    values = {
        "name": SERVICE_NAME,
        "kind": "refuge",
        "address": ADDRESS,
        "service_address": "PO Box 999, Northmoor",
        "submission": uuid4(),
    } | fields
    with acting_as(actor):
        return create_service(actor=actor, **values)


def make_unit(service: RefugeService, actor: Membership, **fields: Any) -> Unit:
    values = {
        "name": UNIT_NAME,
        "sleeps": 3,
        "has_cot": False,
        "is_step_free": True,
        "is_self_contained": False,
    } | fields
    with acting_as(actor):
        return create_unit(service, actor=actor, **values)


def household(case: Case, actor: Membership) -> list[Party]:
    """The victim-survivor and the children of the case."""
    with acting_as(actor):
        return list(
            Party.objects.filter(case=case).exclude(role=PartyRole.PERPETRATOR).select_related("person")
        )


def place(case: Case, unit: Unit, actor: Membership, **fields: Any) -> Placement:
    values = {"parties": household(case, actor), "starts_on": today(), "submission": uuid4()} | fields
    with acting_as(actor):
        return place_household(case, unit=unit, actor=actor, **values)

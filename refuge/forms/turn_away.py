from typing import Any

from django import forms
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.ui.forms import (
    DateField,
    FilterForm,
    Look,
    RadioField,
    SelectField,
    SubmitOnceForm,
    TextField,
)
from refuge.choices import DecidedBy, TurnAwayCause
from refuge.models import RefugeService
from refuge.rules import causes_by_decider
from refuge.selectors.unit import services
from refuge.services.turn_away import MOST_PEOPLE

NO_SUCH_CASE = "No case with this reference is open to your agency"


def cause_field(decider: DecidedBy) -> RadioField:
    """The causes that go with who decided."""
    causes = [(cause, TurnAwayCause(cause).label) for cause in causes_by_decider()[decider]]
    return RadioField(label="Why?", choices=causes, required=False)


class TurnAwayForm(SubmitOnceForm):
    """A household that asked for a place and was not placed: who decided, then why."""

    happened_on = DateField(label="Day", not_future=True)
    service = SelectField(label="Service that was asked", choices=[])
    decided_by = RadioField(label="Who decided?", choices=DecidedBy)
    service_cause = cause_field(DecidedBy.SERVICE)
    survivor_cause = cause_field(DecidedBy.SURVIVOR)
    referrer_cause = cause_field(DecidedBy.REFERRER)
    adults = forms.IntegerField(label="Adults", min_value=1, max_value=MOST_PEOPLE)
    children = forms.IntegerField(label="Children", min_value=0, max_value=MOST_PEOPLE)
    reference = TextField(
        label="Case reference",
        required=False,
        max_length=20,
        help_text="Where your agency has the case, so that two tries for one household are not counted as two households",
    )

    sections = [
        ("What was asked", "", ["happened_on", "service"]),
        ("Why it did not come to a placement", "", ["decided_by"]),
        ("Household", "", ["adults", "children", "reference"]),
    ]
    looks = {
        "decided_by": Look(
            reveals={
                DecidedBy.SERVICE.value: ("service_cause",),
                DecidedBy.SURVIVOR.value: ("survivor_cause",),
                DecidedBy.REFERRER.value: ("referrer_cause",),
            }
        ),
        "service_cause": Look(small=True),
        "survivor_cause": Look(small=True),
        "referrer_cause": Look(small=True),
        "adults": Look(width=2),
        "children": Look(width=2),
        "reference": Look(width=20),
    }

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.membership = membership
        self.services = {str(service.pk): service for service in services(membership)}
        self.fields["service"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *((key, service.name) for key, service in self.services.items()),
        ]

    def clean_service(self) -> RefugeService:
        return self.services[self.cleaned_data["service"]]

    def clean_reference(self) -> Case | None:
        words = self.cleaned_data["reference"].strip().upper()
        if not words:
            return None
        case = Case.objects.visible_to(self.membership).filter(reference=words).first()
        if case is None:
            raise forms.ValidationError(NO_SUCH_CASE)
        return case

    def clean(self) -> None:
        decider = self.cleaned_data.get("decided_by")
        if decider and not self.cleaned_data.get(f"{decider}_cause"):
            self.add_error(f"{decider}_cause", "Select why")

    def values(self) -> dict[str, Any]:
        """The arguments of the service."""
        typed = self.cleaned_data
        names = ("happened_on", "service", "decided_by", "adults", "children", "submission")
        return {name: typed[name] for name in names} | {
            "cause": typed[f"{typed['decided_by']}_cause"],
            "case": typed["reference"],
        }

    def start(self) -> dict[str, Any]:
        """What an empty form starts with."""
        only = list(self.services) if len(self.services) == 1 else [""]
        return {"happened_on": timezone.localdate(), "service": only[0], "adults": 1, "children": 0}


class TurnAwayFilter(FilterForm):
    decided_by = SelectField(label="Who decided", choices=DecidedBy, blank="Anybody")
    cause = SelectField(label="Why", choices=TurnAwayCause, blank="Any cause")

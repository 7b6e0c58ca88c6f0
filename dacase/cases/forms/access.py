"""Forms of the walls round a case: sharing it, and barring somebody."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import Group

from dacase.agencies.models import Agency, Membership, Team
from dacase.cases.choices import LawfulBasis, Purpose, Scope
from dacase.cases.rules.access import end_of
from dacase.cases.selectors.access import agencies_to_share_with, people_to_bar, teams_to_bar
from dacase.ui.forms import ConfirmField, DateField, Form, LongTextField, Look, RadioField, SelectField

KINDS = [("person", "One person"), ("team", "A team"), ("agency", "A whole agency")]


class LongerForm(Form):
    """How long an agency may see a case, and why."""

    reason = LongTextField(
        label="Why this agency needs it",
        max_length=500,
        rows=3,
        help_text="Everybody who can open the case reads this",
    )
    until = DateField(
        label="Until",
        required=False,
        not_past=True,
        help_text="The last day. Leave it empty for as long as the case needs it",
    )

    def clean_until(self) -> datetime | None:
        day: date | None = self.cleaned_data["until"]
        return end_of(day) if day else None


class ShareForm(LongerForm):
    agency = SelectField(label="Agency", choices=())
    scope = RadioField(label="What it may see", choices=Scope)
    purpose = RadioField(label="Purpose", choices=Purpose)
    lawful_basis = RadioField(label="Lawful basis", choices=LawfulBasis)

    sections = [
        ("With whom, and how much", "", ["agency", "scope"]),
        ("Why", "", ["purpose", "lawful_basis", "reason"]),
        ("For how long", "", ["until"]),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agencies = {str(agency.pk): agency for agency in agencies_to_share_with()}
        self.fields["agency"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *((key, agency.name) for key, agency in self.agencies.items()),
        ]

    def clean_agency(self) -> Agency:
        return self.agencies[self.cleaned_data["agency"]]


class BarForm(Form):
    kind = RadioField(label="Whom do you want to bar?", choices=KINDS)
    person = SelectField(label="Person", choices=(), required=False)
    team = SelectField(label="Team", choices=(), required=False)
    agency = SelectField(label="Agency", choices=(), required=False)
    reason = LongTextField(
        label="Reason",
        max_length=500,
        rows=3,
        help_text="For example, a conflict of interest. The barred cannot read it",
    )
    sure = ConfirmField(
        label="They will lose sight of this case at once, whatever has been shared with them",
        must="Confirm that they will lose sight of this case",
    )

    looks = {"kind": Look(reveals={name: (name,) for name, _ in KINDS})}
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: dict[str, dict[str, Membership | Team | Agency]] = {
            "person": {str(member.user.group_id): member for member in people_to_bar()},
            "team": {str(team.group_id): team for team in teams_to_bar()},
            "agency": {str(agency.group_id): agency for agency in agencies_to_share_with()},
        }
        for kind, found in self.found.items():
            self.fields[kind].choices = [  # type: ignore[attr-defined]
                ("", "Choose"),
                *((key, bar_label(thing)) for key, thing in found.items()),
            ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        if kind and not cleaned.get(kind) and kind not in self.errors:
            self.add_error(kind, f"Select the {kind}")
        return cleaned

    def group(self) -> Group:
        """The group that stands for whom the form bars."""
        return Group(pk=int(self.cleaned_data[self.cleaned_data["kind"]]))


def bar_label(thing: Membership | Team | Agency) -> str:
    """A person, team or agency as the drop-down lists it."""
    if isinstance(thing, Membership):
        return f"{thing.user.name}, {thing.agency.name}"
    return f"{thing.name}, {thing.agency.name}" if isinstance(thing, Team) else thing.name

from typing import Any

from dacase.agencies.models import Agency, Membership
from dacase.ui.forms import (
    CheckboxesField,
    DateField,
    FilterForm,
    Form,
    Look,
    SelectField,
    SubmitOnceForm,
    TimeField,
    VersionedForm,
)
from marac.choices import MeetingState
from marac.models import Meeting
from marac.selectors.meeting import (
    chairs,
    core_agencies,
    possible_agencies,
    preselected_agencies,
    proposed_day,
)


class MeetingFields(Form):
    """What a meeting needs: day, time, chair, and the core agencies invited to each hearing."""

    held_on = DateField(label="Date of the meeting")
    starts_at = TimeField(label="Start time")
    chair = SelectField(label="Chair", choices=[], help_text="The chair records outcomes too.")
    agencies = CheckboxesField(
        label="Core agencies",
        choices=[],
        help_text="Invited to each hearing that you put on the agenda, unless you leave one out of a hearing.",
    )

    looks = {"starts_at": Look(width=10), "agencies": Look(small=True)}

    def __init__(self, *args: Any, coordinator: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.possible = {str(agency.pk): agency for agency in possible_agencies(coordinator)}
        self.chairs = {str(chair.pk): chair for chair in chairs()}
        self.fields["agencies"].choices = [(key, agency.name) for key, agency in self.possible.items()]  # type: ignore[attr-defined]
        words = [(key, f"{chair.user.name}, {chair.agency.name}") for key, chair in self.chairs.items()]
        self.fields["chair"].choices = [("", "Choose"), *words]  # type: ignore[attr-defined]

    def clean_chair(self) -> Membership:
        return self.chairs[self.cleaned_data["chair"]]

    def clean_agencies(self) -> list[Agency]:
        return [self.possible[key] for key in self.cleaned_data["agencies"]]

    def values(self) -> dict[str, Any]:
        """The arguments of the service."""
        return {name: self.cleaned_data[name] for name in self.cleaned_data}


class MeetingForm(MeetingFields, SubmitOnceForm):
    """Set up a meeting; the next fortnight is proposed."""

    @staticmethod
    def proposal(coordinator: Agency) -> dict[str, Any]:
        """What the form starts with."""
        return {
            "held_on": proposed_day(coordinator),
            "starts_at": "09:30",
            "agencies": [str(agency.pk) for agency in preselected_agencies(coordinator)],
        }


class MeetingEditForm(MeetingFields, VersionedForm):
    """Change a meeting that has not been held."""

    @staticmethod
    def saved(meeting: Meeting) -> dict[str, Any]:
        """What the form starts with."""
        return {
            "held_on": meeting.held_on,
            "starts_at": meeting.starts_at,
            "chair": str(meeting.chair_id or ""),
            "agencies": [str(agency.pk) for agency in core_agencies(meeting)],
            "version": meeting.version,
        }

    def show_theirs(self, stale: Any) -> None:
        # The page compares keys with keys.
        typed: Any = self.data
        for name in ("chair", "agencies"):
            self.cleaned_data[name] = typed.getlist(name) if name == "agencies" else typed.get(name)
        super().show_theirs(stale)


class MeetingFilter(FilterForm):
    state = SelectField(label="State", choices=MeetingState, blank="All meetings")

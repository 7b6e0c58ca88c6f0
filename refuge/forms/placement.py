from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from dacase.cases.models import Party
from dacase.ui.forms import (
    CheckboxesField,
    DateField,
    FilterForm,
    Look,
    RadioField,
    SelectField,
    SubmitOnceForm,
    VersionedForm,
)
from dacase.ui.words import day_words
from refuge.choices import LeavingReason, PlacementState
from refuge.models import Placement, Unit
from refuge.selectors.unit import UnitNight, UnitState


class PlaceForm(SubmitOnceForm):
    """Place a household: who, in which unit, from which night."""

    parties = CheckboxesField(label="Who is placed?", choices=[])
    starts_on = DateField(label="First night")
    ends_on = DateField(
        label="Planned day of leaving", required=False, help_text="Leave empty if it is not known"
    )
    unit = RadioField(label="Which unit?", choices=[], help_text="How each unit stands tonight")
    is_small_accepted = forms.BooleanField(
        label="The unit has fewer beds than the household needs, and that is accepted", required=False
    )

    sections = [
        ("Household", "", ["parties"]),
        ("Nights", "", ["starts_on", "ends_on"]),
        ("Unit", "", ["unit", "is_small_accepted"]),
    ]
    looks = {"parties": Look(small=True), "unit": Look(small=True)}

    def __init__(self, *args: Any, household: list[Party], nights: list[UnitNight], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.household = {str(party.pk): party for party in household}
        self.units = {str(night.unit.pk): night.unit for night in nights}
        self.fields["parties"].choices = [(key, party_words(party)) for key, party in self.household.items()]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [(str(night.unit.pk), unit_words(night)) for night in nights]  # type: ignore[attr-defined]

    def clean_parties(self) -> list[Party]:
        return [self.household[key] for key in self.cleaned_data["parties"]]

    def clean_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"]]


def party_words(party: Party) -> str:
    """“Vera Testcase, victim-survivor”; a child with its date of birth."""
    born = party.person.date_of_birth
    return f"{party.person.name}, {party.get_role_display().lower()}{f', born {day_words(born)}' if born else ''}"


def unit_words(night: UnitNight) -> str:
    """“Harbour House, Room 3: sleeps 3, step-free. Free tonight.”."""
    unit = night.unit
    return f"{unit.service.name}, {unit.name}: {', '.join(features(unit))}. {state_words(night)}"


def features(unit: Unit) -> list[str]:
    """What a unit offers, in words; the first is how many it sleeps."""
    offers = [
        (unit.has_cot, "cot"),
        (unit.is_step_free, "step-free"),
        (unit.is_self_contained, "self-contained"),
    ]
    return [f"sleeps {unit.sleeps}", *(words for has, words in offers if has)]


def state_words(night: UnitNight) -> str:
    """How a unit stands on the night in question, without colour."""
    if night.state == UnitState.OUT_OF_USE:
        return "Out of use"
    if night.state == UnitState.OVERDUE and night.stay is not None and night.stay.ends_on is not None:
        return f"Should have left on {short_day(night.stay.ends_on)}"
    if night.state == UnitState.TAKEN and night.stay is not None:
        return (
            f"Taken until {short_day(night.stay.ends_on)}"
            if night.stay.ends_on
            else "Taken, no day of leaving"
        )
    return f"Free until {short_day(night.next_stay.starts_on)}" if night.next_stay else "Free"


def short_day(day: date) -> str:
    """“4 December”, with the year where it is not this one."""
    return f"{day.day} {day:%B}" if day.year == timezone.localdate().year else day_words(day)


class DatesForm(VersionedForm):
    """Change when a household comes or leaves."""

    starts_on = DateField(label="First night")
    ends_on = DateField(
        label="Planned day of leaving", required=False, help_text="Leave empty if it is not known"
    )

    @staticmethod
    def saved(placement: Placement) -> dict[str, Any]:
        """What the form starts with."""
        return {name: getattr(placement, name) for name in ("starts_on", "ends_on", "version")}


class EndForm(VersionedForm):
    """Record that a household has left."""

    ends_on = DateField(label="Day of leaving", not_future=True, help_text="Its night does not count")
    leaving_reason = RadioField(label="Why did the household leave?", choices=LeavingReason)

    @staticmethod
    def proposal(placement: Placement, today: date) -> dict[str, Any]:
        """The planned day where it has come, or else today."""
        planned = placement.ends_on if placement.ends_on and placement.ends_on <= today else today
        return {"ends_on": planned, "version": placement.version}


class BoardFilter(FilterForm):
    on = DateField(label="Night of", help_text="")


class PlacementFilter(FilterForm):
    state = SelectField(label="State", choices=PlacementState, blank="All placements")

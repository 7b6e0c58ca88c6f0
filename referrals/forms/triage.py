"""Forms of the front door: filters, who is who, where to, and why not."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from dacase.agencies.models import Agency
from dacase.cases.choices import PartyRole
from dacase.cases.models import Party
from dacase.cases.rules.match import likeness
from dacase.cases.selectors.match import identity_of
from dacase.ui.forms import (
    CheckboxesField,
    FilterForm,
    LongTextField,
    Look,
    RadioField,
    SelectField,
    VersionedForm,
    plain_words,
)
from dacase.ui.words import day_words
from referrals.choices import Priority, ReferralDoor, ReferralState
from referrals.models import ReferralPerson
from referrals.rules.decision import RETURN, reasons
from referrals.rules.referral import UNDECIDED
from referrals.selectors.match import Match, identity_of_named

NEW = "new"


class QueueFilter(FilterForm):
    priority = SelectField(label="Priority", choices=Priority, blank="All")
    state = SelectField(
        label="State",
        choices=[
            (state, "With the sender" if state == ReferralState.RETURNED else ReferralState(state).label)
            for state in UNDECIDED
        ],
        blank="All",
    )
    held = SelectField(
        label="Held by",
        choices=[("me", "Me"), ("nobody", "Nobody"), ("others", "A colleague")],
        blank="Anybody or nobody",
    )
    door = SelectField(label="How it arrived", choices=ReferralDoor, blank="All")
    late = CheckboxesField(label="Clock", choices=[("yes", "Late")])

    looks = {"late": Look(small=True)}


class VersionForm(VersionedForm):
    """A button that acts on what the page showed."""


class DecisionForm(VersionedForm):
    """Why a referral is returned, declined or ended: a reason of the list, and words of one’s own."""

    code = RadioField(label="Reason", choices=(), error_messages={"required": "Select the reason"})
    reason = LongTextField(
        label="In your own words",
        max_length=1_000,
        required=False,
        help_text="The sender will read this. Leave out where anybody lives.",
    )

    looks = {"code": Look(small=True)}

    def __init__(self, *args: Any, decision: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = reasons(decision, on=timezone.localdate())  # type: ignore[attr-defined]
        if decision == RETURN:
            self.fields["code"].label = "What do you need to know?"
            self.fields["code"].error_messages["required"] = "Select what you need to know"


class RouteForm(VersionedForm):
    agencies = CheckboxesField(label="Route to", choices=(), help_text="Each may open the case from then on.")

    looks = {"agencies": Look(small=True)}

    def __init__(self, *args: Any, services: Iterable[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = {str(agency.pk): agency for agency in services}
        self.fields["agencies"].choices = [  # type: ignore[attr-defined]
            (key, f"{agency.name} ({agency.get_kind_display().lower()})")
            for key, agency in self.services.items()
        ]
        self.fields["agencies"].error_messages["required"] = "Select at least one service"

    def chosen(self) -> list[Agency]:
        """The agencies that were ticked."""
        return [self.services[key] for key in self.cleaned_data["agencies"]]


class WhoIsWhoForm(VersionedForm):
    """For each person of the referral who may be known: which of the known ones, or somebody new."""

    def known(self) -> dict[UUID, UUID]:
        """Referral person -> person, for those who were recognised."""
        answers = {
            name.removeprefix("person-"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("person-") and value != NEW
        }
        return {UUID(key): UUID(value) for key, value in answers.items()}

    def _ask(self, one: ReferralPerson, choices: Sequence[tuple[str, str]], first: str | None = None) -> None:
        name = f"person-{one.pk}"
        self.fields[name] = RadioField(
            label=f"Who is {one.name}, {PartyRole(one.role).label.lower()}{_born(one.date_of_birth)}?",
            choices=choices,
            initial=first,
        )
        self.fields[name].error_messages["required"] = f"Select who {one.name} is"
        plain_words({name: self.fields[name]})


class OpenCaseForm(WhoIsWhoForm):
    def __init__(
        self,
        *args: Any,
        people: Iterable[ReferralPerson],
        matches: Mapping[UUID, Sequence[Match]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for one in people:
            found = [(str(match.person.pk), match_words(match)) for match in matches.get(one.pk, ())]
            if found:
                self._ask(one, [*found, (NEW, "Somebody new")])


class JoinCaseForm(WhoIsWhoForm):
    """Like the above, among the parties of one case; its victim-survivor is the referral's."""

    def __init__(
        self, *args: Any, people: Iterable[ReferralPerson], parties: Sequence[Party], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for one in people:
            same_role = [party for party in parties if party.role == one.role]
            choices = [(str(party.person_id), _party_words(party)) for party in same_role]
            # The victim-survivor and the perpetrators make the case: only children may be new to it.
            if one.role == PartyRole.CHILD:
                choices.append((NEW, "Not in this case yet"))
            self._ask(one, choices, _likeliest(one, same_role))


def match_words(match: Match) -> str:
    """A known person with the reasons why it may be the same."""
    return (
        f"{match.person.name}{_born(match.person.date_of_birth)}: {', '.join(match.likeness.reasons).lower()}"
    )


def _party_words(party: Party) -> str:
    return f"{party.person.name}{_born(party.person.date_of_birth)}"


def _born(born: Any) -> str:
    return f", born {day_words(born)}" if born else ""


def _likeliest(one: ReferralPerson, parties: Sequence[Party]) -> str | None:
    named = identity_of_named(one)
    scored = [(likeness(named, identity_of(party.person)), party) for party in parties]
    worth = [(found.points, str(party.person_id)) for found, party in scored if found.is_worth_showing]
    return max(worth)[1] if worth else (NEW if one.role == PartyRole.CHILD else None)

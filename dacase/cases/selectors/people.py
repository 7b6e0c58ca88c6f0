"""Reads of the people in a case, their safe-contact plans, and how a record came to be."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party

ORDER = {role: place for place, role in enumerate(PartyRole)}


def parties_of(case: Case) -> list[Party]:
    """Everybody in the case with person and safe-contact plan: victim-survivor, perpetrators, children, connected persons.

    One query. Those of one role stand oldest first.
    """
    return in_order(people_of(case))


def people_of(case: Case) -> QuerySet[Party]:
    """Everybody in the case with person and safe-contact plan, to be put in order by `in_order`."""
    return Party.objects.filter(case=case).select_related("person", "safe_contact_plan")


def taken_out_of(case: Case) -> QuerySet[Party]:
    """Who was added to the case by mistake and taken out again, without the person, the newest first."""
    found = Party.with_doubles.filter(case=case, taken_out_at__isnull=False)
    return found.select_related("taken_out_by__user", "taken_out_by__agency").order_by("-taken_out_at")


def in_order(parties: Iterable[Party]) -> list[Party]:
    """By role as `PartyRole` lists them, the oldest of each first."""
    return sorted(parties, key=lambda party: (ORDER[PartyRole(party.role)], born(party), party.created_at))


def born(party: Party) -> int:
    """The day of birth as a number to sort by; unknown ones last."""
    day = party.person.date_of_birth
    return day.toordinal() if day else 10_000_000


def victim_of(parties: list[Party]) -> Party | None:
    """The victim-survivor among the parties of one case."""
    return next((party for party in parties if party.role == PartyRole.VICTIM), None)


def history_of(record: Model) -> QuerySet[Model]:
    """The kept versions of `record` (one of a model with history), newest first, each with its user."""
    history = type(record).history.model  # type: ignore[attr-defined]
    return (
        history.objects.filter(id=record.pk)
        .select_related("history_user")
        .order_by("-history_date", "-history_id")
    )


def last_saved(record: Model) -> tuple[str, datetime]:
    """Who saved `record` last, by name, and when."""
    newest = history_of(record).first()
    if newest is None or newest.history_user is None:  # type: ignore[attr-defined]
        return "Somebody", getattr(newest, "history_date", datetime.now().astimezone())
    return newest.history_user.name, newest.history_date  # type: ignore[attr-defined]


def case_of_party(membership: Membership, party_id: UUID) -> UUID | None:
    """The case of a party that the membership may see; None for a forbidden and for an absent one."""
    return (
        Party.with_doubles.visible_to(membership)
        .filter(pk=party_id)
        .values_list("case_id", flat=True)
        .first()
    )


def party_in(case: Case, party_id: UUID) -> Party | None:
    """The party of `case` with person and safe-contact plan; of a double the one that stays."""
    doubled = Party.with_doubles.filter(pk=party_id, double_of__isnull=False).values("double_of")
    found = people_of(case).filter(Q(pk=party_id) | Q(pk__in=doubled))
    return found.select_related("case", "person", "safe_contact_plan").first()

"""Reads of merges: what was put together, and what undoing gives back."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from dacase.agencies.models import Membership
from dacase.cases.models import Case, Merge, Party, Person
from dacase.cases.selectors.people import in_order, people_of


def merges_seen(membership: Membership) -> QuerySet[Merge]:
    """The merges that the membership may see, each with the record that was kept and who made it.

    The other record may be out of the reader's sight, and so is not joined.
    """
    return Merge.objects.visible_to(membership).select_related("kept", "made_by__user", "undone_by__user")


def merges_into(membership: Membership, person: Person) -> list[Merge]:
    """The standing merges into `person`, newest first."""
    return list(merges_seen(membership).filter(kept=person, undone_at__isnull=True))


def merge_of(membership: Membership, *party_ids: UUID) -> Merge | None:
    """The standing merge by which one of these parties became that of another person."""
    parties = Party.with_doubles.visible_to(membership).filter(pk__in=party_ids)
    before = parties.filter(merged_from__isnull=False).values("merged_from")
    return merges_seen(membership).filter(merged__in=before, undone_at=None).first()


def beside(case: Case, party: Party, *, found: Iterable[Person]) -> list[Party]:
    """The others of the case in the same role who are not among those `found`: they may be recorded twice."""
    known = {person.pk for person in found} | {party.person_id}
    others = people_of(case).filter(role=party.role).exclude(person__in=known)
    return in_order(others)


@dataclass(frozen=True)
class Stands:
    """The parties that came with a merged record, and the others of the kept one."""

    moved: list[Party]
    others: list[Party]


def stands(membership: Membership, merge: Merge) -> Stands:
    """Where the kept person of a merge stands: by what came with the merge, and by the rest.

    What came is told after the merge was undone too, when it is the other record's again.
    """
    came = merge.record["moved"]["cases.Party.person"]
    parties = Party.with_doubles.visible_to(membership).select_related("case")
    parties = parties.order_by("-case__opened_at", "id")
    own = parties.filter(person=merge.kept_id, double_of=None, taken_out_at=None).exclude(pk__in=came)
    return Stands(list(parties.filter(pk__in=came)), list(own))

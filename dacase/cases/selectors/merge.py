"""Reads of merges: what was put together, and what undoing gives back."""

from dataclasses import dataclass

from django.db.models import QuerySet

from dacase.agencies.models import Membership
from dacase.cases.models import Merge, Party, Person


def merges_seen(membership: Membership) -> QuerySet[Merge]:
    """The merges that the membership may see, each with the record that was kept and who made it.

    The other record may be out of the reader's sight, and so is not joined.
    """
    return Merge.objects.visible_to(membership).select_related("kept", "made_by__user", "undone_by__user")


def merges_into(membership: Membership, person: Person) -> list[Merge]:
    """The standing merges into `person`, newest first."""
    return list(merges_seen(membership).filter(kept=person, undone_at__isnull=True))


@dataclass(frozen=True)
class Stands:
    """The parties that a merged record's person had, and the others of the kept one, now."""

    moved: list[Party]
    others: list[Party]


def stands(membership: Membership, merge: Merge) -> Stands:
    """Where the kept person of a standing merge stands now: by what came with the merge, and by the rest."""
    parties = Party.objects.visible_to(membership).filter(person=merge.kept_id).select_related("case")
    came = set(merge.record.get("moved", {}).get("cases.Party.person", ()))
    all_parties = list(parties.order_by("-case__opened_at", "id"))
    return Stands(
        [party for party in all_parties if str(party.pk) in came],
        [party for party in all_parties if str(party.pk) not in came],
    )

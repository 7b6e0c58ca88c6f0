"""Notes of a case: the agency's own, and what others have shared."""

from django.db.models import QuerySet

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from referrals.casework.models import Note

NEWEST_FIRST = ("-happened_at", "-id")


def notes_of(case: Case, membership: Membership, *, kind: str = "", whose: str = "") -> QuerySet[Note]:
    """The notes of a case that the membership may read, to be paged by NEWEST_FIRST.

    Args:
        kind: a value of choices.NoteKind, or empty for all.
        whose: "mine" for the user's own, "agency" for the agency's, "others" for what others have shared.
    """
    notes = Note.objects.visible_to(membership).filter(case=case)
    if kind:
        notes = notes.filter(kind=kind)
    if whose == "mine":
        notes = notes.filter(author__user_id=membership.user_id)
    elif whose == "agency":
        notes = notes.filter(agency_id=membership.agency_id)
    elif whose == "others":
        notes = notes.exclude(agency_id=membership.agency_id)
    return notes.select_related("author__user", "agency", "struck_by__user")


def own_notes(membership: Membership) -> QuerySet[Note]:
    """Every note of the membership's own agency, in cases that it may open."""
    return Note.objects.own_of(membership).select_related("case", "author__user", "agency")

"""Writing notes, changing them, sharing them with whoever holds the case, and striking out what is wrong."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.models import Case
from referrals.casework.choices import NoteKind
from referrals.casework.models import Note
from referrals.casework.selectors.note import own_notes
from referrals.casework.services.owned import save_version, share, strike_out, take_back
from referrals.services.versions import check_version


@transaction.atomic
def write_note(
    case_id: UUID,
    *,
    text: str,
    kind: str = NoteKind.CONVERSATION,
    happened_at: datetime | None = None,
    submission: UUID,
    actor: Membership,
) -> Note:
    """Write a note, which the actor's agency alone reads. The same `submission` gives the same note.

    Args:
        happened_at: when what it tells of was; now unless told. Raises ValidationError for a time to come.
    Raises NotAllowed, Case.DoesNotExist; ValidationError without words.
    """
    check_may(actor, "write_note")
    case = Case.objects.visible_to(actor).get(pk=case_id)
    at = happened_at or timezone.now()
    _check(text, at)
    note, created = Note.objects.get_or_create(
        agency=actor.agency,
        submission=submission,
        defaults={
            "case": case,
            "kind": NoteKind(kind),
            "happened_at": at,
            "text": text.strip(),
            "author": actor,
        },
    )
    if created:
        record_event("note_written", actor=actor, subject=note, case_id=case.pk, data={"kind": note.kind})
    return note


@transaction.atomic
def change_note(note_id: UUID, *, text: str, version: int, actor: Membership) -> Note:
    """Put the words of a note right; the former ones stay in its history.

    Raises NotAllowed, Note.DoesNotExist for another agency's, StaleVersion; ValidationError once struck out.
    """
    note = _lock(note_id, actor)
    if note.text == text.strip():
        return note
    check_version(note, version, current={"text": note.text}, actor=actor)
    _check_not_struck(note)
    _check(text, note.happened_at)
    note.text, note.changed_at = text.strip(), timezone.now()
    return save_version(note, "note_changed", actor)


@transaction.atomic
def share_note(note_id: UUID, *, reason: str, actor: Membership) -> Note:
    """Let everybody who holds the case read the note. Twice is once.

    Raises NotAllowed, Note.DoesNotExist; ValidationError without a reason or once struck out.
    """
    note = _lock(note_id, actor)
    if note.is_shared:
        return note
    _check_not_struck(note)
    share(note, reason=reason, missing="Say why other agencies need to read this note", actor=actor)
    return save_version(note, "note_shared", actor)


@transaction.atomic
def unshare_note(note_id: UUID, *, actor: Membership) -> Note:
    """Take a note back to its own agency; who has read it has read it. Twice is once."""
    note = _lock(note_id, actor)
    if not note.is_shared:
        return note
    take_back(note)
    return save_version(note, "note_taken_back", actor)


@transaction.atomic
def strike_note(note_id: UUID, *, reason: str, actor: Membership) -> Note:
    """Strike out a note that was entered in error; its words stay in the history. Twice is once.

    Raises NotAllowed, Note.DoesNotExist; ValidationError without a reason.
    """
    note = _lock(note_id, actor)
    if note.struck_at is not None:
        return note
    strike_out(note, reason=reason, missing="Say what is wrong with this note", actor=actor)
    take_back(note)
    return save_version(note, "note_struck_out", actor)


def _lock(note_id: UUID, actor: Membership) -> Note:
    check_may(actor, "write_note")
    return own_notes(actor).select_for_update(of=("self",)).get(pk=note_id)


def _check(text: str, at: datetime) -> None:
    if not text.strip():
        raise ValidationError({"text": "Write the note"})
    if at > timezone.now():
        raise ValidationError({"happened_on": "The day must be today or in the past"})


def _check_not_struck(note: Note) -> None:
    if note.struck_at is not None:
        raise ValidationError("This note is struck out. Write a new one")

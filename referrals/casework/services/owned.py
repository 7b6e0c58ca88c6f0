"""What is done alike to rows of a case: saved as their next version, shared, struck out. Callers lock and check first."""

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from referrals.casework.models.owned import OwnedInCase
from referrals.casework.models.struck import StruckOut

Row = TypeVar("Row", bound=Model)


def save_version(row: Row, verb: str, actor: Membership) -> Row:
    """Save a locked row of a case, with `version`, as its next version, and the event `verb`."""
    row.version += 1  # type: ignore[attr-defined]
    row.save()
    record_event(verb, actor=actor, subject=row, case_id=row.case_id)  # type: ignore[attr-defined]
    return row


def share(row: OwnedInCase, *, reason: str, missing: str, actor: Membership) -> None:
    """Let everybody who holds the case read it. Raises ValidationError with the words `missing` without a reason."""
    row.shared_at, row.shared_by, row.share_reason = timezone.now(), actor, _given(reason, missing)


def take_back(row: OwnedInCase) -> None:
    """Let its own agency alone read it again."""
    row.shared_at, row.shared_by, row.share_reason = None, None, ""


def strike_out(row: StruckOut, *, reason: str, missing: str, actor: Membership) -> None:
    """Strike out what was entered in error. Raises ValidationError with the words `missing` without a reason."""
    row.struck_at, row.struck_by, row.struck_reason = timezone.now(), actor, _given(reason, missing)


def _given(reason: str, missing: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": missing})
    return reason.strip()

"""Loading the wording that a partnership is licensed for: keep it for a look, use it, withdraw it."""

import hashlib
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from referrals.casework.models import ToolWording, TopicWording
from referrals.casework.rules.risk_assessment import Tool
from referrals.casework.rules.wording import errors_of, read_wording

LONGEST_LICENCE = 1_000
SAME_DAY = "Other wording is used from the same day. Withdraw that first"


@transaction.atomic
def keep_wording(
    tool: Tool,
    *,
    content: bytes,
    name: str,
    licence: str,
    from_date: date | None = None,
    submission: UUID,
    actor: Membership,
) -> ToolWording:
    """Keep the wording of a file, to be looked at and then used. The same `submission` gives the same wording.

    Args:
        content, name: of the file (rules.wording.read_wording).
        licence: who holds the licence, and the acknowledgement that it asks for.
        from_date: from which day of assessment it is shown, today unless told; never a day that has passed.
    Raises NotAllowed; ValidationError by field: `file` with anything wrong in it, `licence`, `from_date`.
    """
    check_may(actor, "load_wording")
    made = ToolWording.objects.filter(agency=actor.agency, submission=submission).first()
    if made is not None:
        return made
    today = timezone.localdate()
    day = from_date or today
    if day < today:
        raise ValidationError({"from_date": "From must be today or in the future"})
    if not licence.strip() or len(licence) > LONGEST_LICENCE:
        raise ValidationError({"licence": f"Enter the licence in {LONGEST_LICENCE} characters or fewer"})
    try:
        rows = read_wording(content, name=name, tool=tool)
    except ValidationError as refusal:
        raise ValidationError({"file": refusal.messages[0]}) from None
    if wrong := errors_of(rows):
        raise ValidationError({"file": wrong_rows(wrong)})
    wording, is_new = ToolWording.objects.get_or_create(
        agency=actor.agency,
        submission=submission,
        defaults={
            "tool": tool.code,
            "tool_version": tool.version,
            "from_date": day,
            "licence": licence.strip(),
            "sha256": hashlib.sha256(content).hexdigest(),
            "loaded_by": actor,
        },
    )
    if is_new:
        TopicWording.objects.bulk_create(
            TopicWording(wording=wording, code=row.code, question=row.question, help=row.help) for row in rows
        )
    return wording


@transaction.atomic
def use_wording(wording_id: UUID, *, actor: Membership) -> ToolWording:
    """Show the wording with assessments from its day on. A second call changes nothing.

    Raises NotAllowed, ToolWording.DoesNotExist; ValidationError once it is withdrawn, and where other wording
    of the same version is used from the same day.
    """
    wording = _lock(wording_id, actor)
    if wording.is_used:
        return wording
    if wording.withdrawn_at is not None:
        raise ValidationError("This wording is withdrawn. Load the file again")
    same = ToolWording.objects.used().filter(tool=wording.tool, tool_version=wording.tool_version)
    other = same.exclude(agency=actor.agency).select_related("agency").first()
    if other is not None:
        raise ValidationError(
            f"{other.agency.name} has loaded wording for this tool. Its administrator has to withdraw it first"
        )
    if same.filter(from_date=wording.from_date).exists():
        raise ValidationError(SAME_DAY)
    wording.confirmed_at = timezone.now()
    try:
        with transaction.atomic():
            wording.save(update_fields=["confirmed_at"])
    except IntegrityError:  # somebody else confirmed one at the same moment
        raise ValidationError(SAME_DAY) from None
    record_event("wording_loaded", actor=actor, subject=wording, data=_about(wording))
    return wording


@transaction.atomic
def withdraw_wording(wording_id: UUID, *, actor: Membership) -> ToolWording:
    """Show the wording no more: assessments have our own labels again. A second call changes nothing.

    Raises NotAllowed, ToolWording.DoesNotExist.
    """
    wording = _lock(wording_id, actor)
    if wording.withdrawn_at is not None:
        return wording
    was_used = wording.is_used
    wording.withdrawn_by, wording.withdrawn_at = actor, timezone.now()
    wording.save(update_fields=["withdrawn_by", "withdrawn_at"])
    if was_used:
        record_event("wording_withdrawn", actor=actor, subject=wording, data=_about(wording))
    return wording


def wrong_rows(count: int) -> str:
    """What stands beside a file of which `count` rows are wrong."""
    return f"{count} row{'' if count == 1 else 's'} of the file must be corrected. Nothing was loaded"


def _about(wording: ToolWording) -> dict[str, str]:
    return {"tool": wording.tool, "version": wording.tool_version, "sha256": wording.sha256}


def _lock(wording_id: UUID, actor: Membership) -> ToolWording:
    check_may(actor, "load_wording")
    return ToolWording.objects.visible_to(actor).select_for_update().get(pk=wording_id)

"""Writing the story of a case, once for everybody who holds it."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.models import Case
from dacase.cases.selectors.people import last_saved
from dacase.ui.stale import StaleVersion
from referrals.casework.models import StoryPart
from referrals.casework.rules.story import parts

BEGINS_WITH = "what_happened"


@transaction.atomic
def write_story_part(case_id: UUID, *, part: str, text: str, version: int, actor: Membership) -> StoryPart:
    """Write or change one part of a case's story.

    Args:
        part: a part of data/story_parts.csv. Raises ValidationError for another.
        version: the one that the actor saw, 0 where nothing was written. Raises StaleVersion when a
            colleague has written meanwhile; the same text sent twice is one version.
    Raises NotAllowed, Case.DoesNotExist.
    """
    check_may(actor, "edit_case")
    if part not in parts():
        raise ValidationError("This part of the story is not known. Open the story again")
    case = Case.objects.visible_to(actor).lock(case_id)
    told = StoryPart.objects.filter(case=case, part=part).first()
    if told is not None and told.text == text:
        return told
    if (told.version if told else 0) != version:
        raise _stale(told)
    told = told or StoryPart(case=case, part=part, version=0)
    told.text, told.written_by, told.written_at = text, actor, timezone.now()
    told.version += 1
    told.save()
    record_event("story_written", actor=actor, subject=told, case_id=case.pk, data={"kind": part})
    return told


def _stale(told: StoryPart | None) -> Exception:
    if told is None:
        return ValidationError("This page is out of date. Open it again.")
    saved_by, saved_at = last_saved(told)
    return StaleVersion(
        current={"text": told.text}, version=told.version, saved_by=saved_by, saved_at=saved_at
    )


def begin_story(case: Case, text: str, *, actor: Membership) -> None:
    """Take the words of the first referral over as the beginning of the story; what is told already stays."""
    if text.strip() and not StoryPart.objects.filter(case=case, part=BEGINS_WITH).exists():
        write_story_part(case.pk, part=BEGINS_WITH, text=text, version=0, actor=actor)

"""Episodes, attempts, cover and hand-overs in each relation: what one agency does inside a case."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.choices import Scope
from dacase.cases.models import Grant
from dacase.cases.models.grant import permission_id
from dacase.walls.context import acting_as
from referrals.casework.models import ContactAttempt, Cover, Episode, HandOver, ToolWording, TopicWording
from tests.access.world_supervision import make_supervision

PAST = timezone.now() - timedelta(days=1)


def make_support(
    parts: SimpleNamespace, member: Membership, relation: str, outsider: Membership
) -> dict[str, UUID]:
    """An episode of the member's agency, begun while it held the file; of the outsider's in `other`.

    Whatever bars the member must come afterwards: nobody begins support in a case that she cannot open.
    """
    if relation == "other":
        return begin(parts, outsider)
    whole = Grant.objects.filter(
        content_object=parts.case,
        group_id=member.agency.group_id,
        permission_id=permission_id("cases", Scope.CASE),
    )
    if relation == "summary":
        lent = Grant.objects.create(
            content_object=parts.case, group_id=member.agency.group_id, purpose="support",
            permission_id=permission_id("cases", Scope.CASE), lawful_basis="public_task",
        )  # fmt: skip
        ids = begin(parts, member)
        lent.delete()
        return ids
    if relation != "expired":
        return begin(parts, member)
    whole.update(valid_until=None)
    ids = begin(parts, member)
    whole.update(valid_until=PAST)
    return ids


def begin(parts: SimpleNamespace, worker: Membership) -> dict[str, UUID]:
    """Support of the victim-survivor by `worker`, with one contact against the plan."""
    with acting_as(worker):
        episode = Episode.objects.create(
            case=parts.case, agency=worker.agency, party=parts.parties[0], kind="idva", worker=worker,
            next_contact_at=timezone.now(),
        )  # fmt: skip
        attempt = ContactAttempt.objects.create(
            case=parts.case, agency=worker.agency, episode=episode, party=parts.parties[0], made_by=worker,
            direction="outgoing", method="phone", with_whom="nobody", outcome="no_answer",
            was_safe="not_known", against_plan=True,
        )  # fmt: skip
        supervision = make_supervision(episode, worker)
    return {"episode": episode.pk, "attempt": attempt.pk, "supervision": supervision.pk}


def make_stand_ins(owner: Membership) -> dict[str, UUID]:
    """Cover and a hand-over that name the owner: no case is in them."""
    today = timezone.localdate()
    colleague = Membership.objects.exclude(pk=owner.pk).order_by("pk")[0]
    cover = Cover.objects.create(
        agency=owner.agency, worker=owner, colleague=colleague, from_on=today, until_on=today,
        reason="leave", set_by=owner,
    )  # fmt: skip
    offered = HandOver.objects.create(agency=owner.agency, giver=colleague, receiver=owner)
    return {"cover": cover.pk, "hand_over": offered.pk, "wording": make_wording(owner)}


def make_wording(owner: Membership) -> UUID:
    """Wording of a tool that the owner's agency has loaded and not used yet."""
    wording = ToolWording.objects.create(
        tool="dara", tool_version="18 topics, 1", licence="Invented licence", sha256="0" * 64,
        agency=owner.agency, loaded_by=owner,
    )  # fmt: skip
    TopicWording.objects.create(wording=wording, code="A01", question="Does the invented moon sing?")
    return wording.pk

"""Telling a second person of what waits beyond its limit, and that person's “I am on it”."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_event
from referrals.choices import EscalatedTo
from referrals.models import Escalation
from referrals.rules.escalation import Step, steps
from referrals.selectors.people import addresses, people_of
from referrals.services.feedback import agency_mailbox, tell


@transaction.atomic
def escalate_late(now: datetime | None = None) -> int:
    """Write an escalation for every step whose moment has come, and queue its e-mails. Returns how many.

    Acts for nobody and sees no case: the database's own function finds and writes, and answers with keys.
    Rows and e-mails are kept together or not at all, and a step is written once however often this runs.

    Args:
        now: the moment to judge by; the present one by default.
    """
    moment = now or timezone.now()
    return sum(_take_step(step, moment) for step in steps(moment))


def _take_step(step: Step, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT escalation, agency, front_door, holder FROM escalate_late(%s, %s, %s, %s, %s)",
            [step.clock, step.priority, step.number, step.told, step.due_before(now)],
        )
        made = cursor.fetchall()
    for escalation, agency, front_door, holder in made:
        whom = _whom(step.told, agency, front_door, holder)
        path = reverse("referrals:escalation", args=[escalation])
        tell(whom, "referral_escalated", path=path, key=f"referral_escalated:{escalation}")
    return len(made)


def _whom(told: str, agency_id: UUID, front_door_id: UUID, holder_id: UUID | None) -> list[str]:
    """A second person is whoever answers for escalations there and does not hold it; nobody there, the mailbox."""
    people = people_of(agency_id, "answer_escalation")
    mailbox = agency_mailbox(Agency.objects.get(pk=agency_id))
    if told == EscalatedTo.SECOND_PERSON:
        return addresses(people.exclude(pk=holder_id) if holder_id else people) or mailbox
    door = addresses(people_of(front_door_id, "answer_escalation")) if front_door_id != agency_id else []
    return addresses(people) + mailbox + door


@transaction.atomic
def acknowledge_escalation(escalation_id: UUID, *, actor: Membership) -> Escalation:
    """Say “I am on it”, so that nobody else need. Whoever holds the referral still does, until it is taken over.

    Every step of the same limit is answered by it. Raises NotAllowed, Escalation.DoesNotExist; ValidationError
    where a colleague was first.
    """
    check_may(actor, "answer_escalation")
    visible = Escalation.objects.visible_to(actor)
    asked = visible.get(pk=escalation_id)
    same = visible.filter(referral=asked.referral_id, route=asked.route_id, due_at=asked.due_at)
    # All steps of the limit, in one order: who was told of another step may answer at the same moment.
    steps = list(same.select_for_update(of=("self",)).order_by("pk"))
    escalation = visible.select_related("referral").get(pk=escalation_id)
    if escalation.acknowledged_by_id == actor.pk:
        return escalation
    if escalation.acknowledged_at is not None:
        raise ValidationError("A colleague is on it already")
    now = timezone.now()
    for one in steps:
        if one.acknowledged_at is None:
            one.acknowledged_by, one.acknowledged_at = actor, now
            one.save(update_fields=["acknowledged_by", "acknowledged_at"])
    record_event(
        "escalation_acknowledged",
        actor=actor,
        subject=escalation,
        case_id=escalation.referral.case_id,
        data={"step": escalation.step},
    )
    escalation.refresh_from_db()
    return escalation

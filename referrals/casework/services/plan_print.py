"""Printing a plan for the victim-survivor: only where the safe-contact plan lets paper go, and with no place on it."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.choices import ContactMethod
from dacase.cases.rules.places import names_a_place
from dacase.cases.selectors.location import known_places
from dacase.cases.services.safe_contact import check_contact_is_allowed
from referrals.casework.choices import ActionOwner
from referrals.casework.models import Plan, PlanAction, PlanPrint
from referrals.casework.rules.letter import first_name
from referrals.casework.rules.plan import headings
from referrals.casework.selectors.letter import victim_in
from referrals.casework.selectors.plan import own_prints, to_do_of
from referrals.casework.services.plan import lock_plan

CONFIRM = "Confirm that they can keep it without danger, or do not print it"
NOTHING = "There is nothing to print: no wishes, and nothing to do"
HAS_PLACE = "{where} names a place. Take it out before you print"
HAS_AGENCY = "{where} names an agency. Take it out before you print"
AGAIN = "Print it again: it is shown only on the day, to who printed it, and while the plan says the same"


@dataclass(frozen=True)
class Line:
    """What somebody does by a day, as the paper says it."""

    text: str
    who: str
    due_on: date


@dataclass(frozen=True)
class Paper:
    """What is printed: her wishes, and what is to do under headings that tell less than ours."""

    wishes: str
    parts: dict[str, list[Line]]

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), default=str).encode()).hexdigest()


def paper_of(plan: Plan, actor: Membership) -> Paper:
    """What the paper of a plan says today. Risks, needs, and the names of agencies stay off it."""
    to_do = list(to_do_of(plan, actor))
    parts: dict[str, list[Line]] = {}
    for heading in headings().values():
        for action in to_do:
            if action.heading == heading.code:
                line = Line(action.text, _who(action), action.due_on)
                parts.setdefault(heading.on_paper, []).append(line)
    return Paper(plan.wishes, parts)


def _who(action: PlanAction) -> str:
    if action.owner == ActionOwner.WORKER and action.worker is not None:
        return first_name(action.worker.user.name)
    return "Me" if action.owner == ActionOwner.VICTIM else "Somebody else"


@transaction.atomic
def print_plan(plan_id: UUID, *, is_safe_to_give: bool, submission: UUID, actor: Membership) -> PlanPrint:
    """Record that the plan is printed for her. The same `submission` is one printing.

    Args:
        is_safe_to_give: the actor has made sure that she can take and keep it without danger.
    Raises NotAllowed, Plan.DoesNotExist; ContactRefusedError against the safe-contact plan; ValidationError
    unless it is safe to give, and for words that name a place or an agency.
    """
    plan = lock_plan(plan_id, actor)
    made: PlanPrint | None = PlanPrint.objects.own_of(actor).filter(plan=plan, submission=submission).first()
    if made is not None:
        return made
    if not is_safe_to_give:
        raise ValidationError({"is_safe_to_give": CONFIRM})
    paper = _checked(plan, actor)
    printed = PlanPrint.objects.create(
        plan=plan, submission=submission, digest=paper.digest, printed_by=actor
    )
    record_event("plan_printed", actor=actor, subject=printed, case_id=plan.case_id)
    return printed


@transaction.atomic
def paper_again(print_id: UUID, *, actor: Membership) -> Paper:
    """What was printed, asked again of the safe-contact plan and of the known places.

    Raises NotAllowed, PlanPrint.DoesNotExist; ContactRefusedError; ValidationError on another day, for another worker, and
    once the plan says something else.
    """
    check_may(actor, "write_plan")
    printed: PlanPrint = own_prints(actor).get(pk=print_id)
    paper = _checked(printed.plan, actor)
    is_todays = timezone.localdate(printed.printed_at) == timezone.localdate()
    if not is_todays or printed.printed_by_id != actor.pk or printed.digest != paper.digest:
        raise ValidationError(AGAIN)
    return paper


def _checked(plan: Plan, actor: Membership) -> Paper:
    """The paper, when it may go to her today."""
    victim = victim_in(plan.case, actor)
    if victim is None:
        raise ValidationError("This case has no victim-survivor")
    check_contact_is_allowed(victim, method=ContactMethod.LETTER)
    paper = paper_of(plan, actor)
    if not paper.wishes and not paper.parts:
        raise ValidationError(NOTHING)
    places = known_places(plan.case, actor=actor)
    names = [plan.agency.name, *(one.other_agency for one in to_do_of(plan, actor) if one.other_agency)]
    told = [("“Wishes”", paper.wishes)]
    told += [(f"“{part}”", line.text) for part, lines in paper.parts.items() for line in lines]
    for where, text in told:
        if names_a_place(text, places):
            raise ValidationError(HAS_PLACE.format(where=where))
        if names_a_place(text, names):
            raise ValidationError(HAS_AGENCY.format(where=where))
    return paper

"""Episodes for tests, made through the services."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case, Party, SafeContactPlan
from dacase.cases.services.person import save_safe_contact_plan
from dacase.walls.context import acting_as
from referrals.casework.models import ContactAttempt, Episode
from referrals.casework.rules.closure import items
from referrals.casework.services import contact
from referrals.casework.services.contact import Contact
from referrals.casework.services.episode import begin_episode
from tests.times import days_ago

NO = dict.fromkeys(("safe_to_call", "safe_to_text", "safe_to_leave_message", "safe_to_write"), False)
TEXTS = dict.fromkeys(("safe_times", "who_else_sees", "code_word"), "")


def plan(case: Case, actor: Membership, *, days_old: int = 0, **ways: Any) -> None:
    """A safe-contact plan of the victim-survivor with these ways, checked some days ago."""
    with acting_as(actor):
        party = Party.objects.get(case=case, role="victim")
        save_safe_contact_plan(party, version=0, actor=actor, **NO | TEXTS | ways)
        SafeContactPlan.objects.filter(party=party).update(updated_at=days_ago(days_old))


def begun(case: Case, manager: Membership, worker: Membership | None, **changes: Any) -> Episode:
    """An episode of the victim-survivor, begun by hand."""
    with acting_as(manager):
        party = Party.objects.get(case=case, role="victim")
        values = {"kind": "idva", "submission": uuid.uuid4()} | changes
        return begin_episode(party, worker=worker, actor=manager, **values)


def tried(episode: Episode, actor: Membership, **changes: Any) -> ContactAttempt:
    """A phone call that nobody answered, to be tried again tomorrow, unless said otherwise."""
    values = {
        "direction": "outgoing",
        "method": "phone",
        "outcome": "no_answer",
        "next_try_at": timezone.now() + timedelta(days=1),
    } | changes
    with acting_as(actor):
        return contact.record_attempt(
            episode.pk, contact=Contact(**values), submission=uuid.uuid4(), actor=actor
        )


def spoke(episode: Episode, actor: Membership, **changes: Any) -> ContactAttempt:
    """She was spoken with, and nothing is due next."""
    values = {"outcome": "spoke", "with_whom": "person", "was_safe": "yes", "next_try_at": None}
    return tried(episode, actor, **values | changes)


def fresh(episode: Episode, actor: Membership) -> Episode:
    with acting_as(actor):
        return Episode.objects.select_related("worker__user", "case__headline").get(pk=episode.pk)


def all_answers() -> dict[str, str]:
    """“Not asked” to every outcome."""
    return dict.fromkeys(items(timezone.localdate()), "not_asked")

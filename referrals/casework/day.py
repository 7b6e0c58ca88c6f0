"""“My day”: what a worker must do now, by clock. Whatever falls due for her is a line of DAY_SOURCES."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Headline, ImmigrationStatus
from dacase.cases.rules.people import concession_due_on
from dacase.cases.selectors.facts import concession_alert
from referrals.casework.choices import EntryKind
from referrals.casework.models import (
    ConsentRecord,
    ContactAttempt,
    Episode,
    HandOver,
    Plan,
    PlanAction,
    SignOffRequest,
    Task,
)
from referrals.casework.rules.episode import assessment_due_at
from referrals.casework.selectors import day as selectors
from referrals.casework.selectors.access_ending import own_access_ending
from referrals.casework.selectors.consent import consents_due
from referrals.casework.selectors.day import AHEAD, LIMIT, Stand
from referrals.casework.selectors.sign_off import sign_offs_sent_back, sign_offs_waiting
from referrals.casework.selectors.supervision import due_on, supervision_on_day
from referrals.casework.selectors.task import tasks_due
from referrals.models import Route

LATE, TODAY, THIS_WEEK = "late", "today", "week"


@dataclass(frozen=True)
class Entry:
    """One thing to do: until when, in which words, where, and of which kind (choices.EntryKind).

    Args:
        due: a moment, or a day that ends with its office hours.
        about: whom it is about, as the list of cases shows it; "" where it is about nobody.
        whose: the colleague who is covered, by name; "" for one's own.
    """

    due: datetime | date
    words: str
    address: str
    kind: str
    about: str = ""
    reference: str = ""
    band: str = ""
    whose: str = ""

    @property
    def due_at(self) -> datetime:
        if isinstance(self.due, datetime):
            return self.due
        return timezone.make_aware(datetime.combine(self.due, time(17)))


@dataclass(frozen=True)
class Day:
    """Whose day it is, and for whom else she stands in. `until`: how far it looks ahead."""

    membership: Membership
    stand: Stand | None
    until: datetime = field(default_factory=lambda: timezone.now() + AHEAD)

    @property
    def workers(self) -> list[UUID]:
        """Whose work she does today."""
        covers = self.stand.covers if self.stand else []
        return [self.membership.pk, *(cover.worker_id for cover in covers)]

    def whose(self, worker: Membership | None) -> str:
        """The name of a colleague who is covered; "" for herself."""
        return "" if worker is None or worker.pk == self.membership.pk else worker.user.name


Rows = list[Any]


@dataclass(frozen=True)
class Source:
    """What falls due for somebody: which rows, at most LIMIT of them, and the entry that each makes, if any.

    All sources of a page are read in one statement. `asks` gives None where this reader gets none of it.
    """

    name: str
    asks: Callable[[Day], QuerySet[Any] | None]
    entry: Callable[[Day, Any], Entry | None]


def contact(day: Day, episode: Episode) -> Entry:
    """A first contact by its clock, or a next try when the worker said."""
    is_first = episode.first_tried_at is None
    words = "Make the first contact" if is_first else "Make contact again"
    kind = EntryKind.FIRST_CONTACT if is_first else EntryKind.NEXT_TRY
    due = episode.next_contact_at or episode.first_contact_due_at
    return _of_episode(day, episode, due, words, reverse("casework:attempt_create", args=[episode.pk]), kind)


def first_assessment(day: Day, episode: Episode) -> Entry:
    """A case that nobody has assessed yet, once she was spoken with."""
    due = assessment_due_at(episode.contacted_at or timezone.now(), episode.kind)
    address = reverse("casework:assessment_start", args=[episode.case_id])
    return _of_episode(day, episode, due, "Assess the risk", address, EntryKind.ASSESS)


def review(day: Day, one: Headline) -> Entry:
    """A case that she leads in which the risk must be assessed again."""
    return Entry(
        one.review_due_on or timezone.localdate(),
        "Assess the risk again",
        reverse("casework:assessment_start", args=[one.case_id]),
        EntryKind.REVIEW,
        one.victim.name,
        one.case.reference,
        one.band,
        day.whose(one.worker),
    )


def consent(day: Day, one: ConsentRecord) -> Entry:
    """Consent, or going on without it, that is to be looked at again in a case in which she works."""
    headline = one.case.headline
    is_own = one.worker_id == day.membership.pk  # type: ignore[attr-defined]
    return Entry(
        one.review_on or timezone.localdate(),
        f"Look at consent again: {one.label}",
        reverse("casework:consent_change", args=[one.pk]),
        EntryKind.CONSENT,
        headline.victim.name,
        one.case.reference,
        headline.band,
        "" if is_own else one.worker_name,  # type: ignore[attr-defined]
    )


def task(day: Day, one: Task) -> Entry:
    """Something that she, or whom she covers, has to do in a case."""
    headline = one.case.headline
    return Entry(
        one.due_at if one.due_time else one.due_on,
        one.title,
        reverse("casework:task", args=[one.pk]),
        EntryKind.TASK,
        headline.victim.name,
        one.case.reference,
        headline.band,
        day.whose(one.worker),
    )


def supervision(day: Day, episode: Episode) -> Entry:
    """A support that a manager and its worker are to talk through: on the day of both."""
    worker = episode.worker
    is_own = worker is None or worker.pk in day.workers
    name = worker.user.name if worker else ""
    which = "supervision" if episode.supervised_until else "the first supervision"  # type: ignore[attr-defined]
    words = f"Arrange {which} of this support" if is_own else f"Talk this through with {name}"
    address = reverse("casework:supervisions", args=[episode.pk])
    headline = episode.case.headline
    return Entry(
        due_on(episode),
        words,
        address,
        EntryKind.SUPERVISION,
        headline.victim.name,
        episode.case.reference,
        headline.band,
        day.whose(worker) if is_own else "",
    )


def sign_off(day: Day, one: SignOffRequest) -> Entry:
    """A judgement or plan that waits for this manager, or that came back to whoever asked; late after two days."""
    is_back, about = one.answered_at is not None, one.about.lower()
    headline = one.case.headline
    return Entry(
        (one.answered_at or one.asked_at) + timedelta(days=2),
        f"Read why it was sent back: {about}" if is_back else f"Sign off or send back: {about}",
        reverse("casework:sign_off" if is_back else "casework:sign_off_answer", args=[one.pk]),
        EntryKind.SIGN_OFF,
        headline.victim.name,
        one.case.reference,
        headline.band,
    )


def route(day: Day, one: Route) -> Entry:
    """A referral that waits for somebody at the service."""
    address = reverse("referrals:route_detail", args=[one.pk])
    words = "Accept the referral or send it back"
    return Entry(one.due_at, words, address, EntryKind.ROUTE, reference=one.referral.reference)


def hand_over(day: Day, one: HandOver) -> Entry:
    """Work that a colleague offers her; unanswered it is late after a day."""
    words = f"Answer {one.giver.user.name}, who hands work over to you"
    address = reverse("casework:hand_over", args=[one.pk])
    return Entry(one.made_at + timedelta(days=1), words, address, EntryKind.HAND_OVER)


def for_manager(day: Day, episode: Episode) -> Entry:
    """An end of support to sign off, or an episode with which nobody works."""
    if episode.closing_asked_at is not None:
        address = reverse("casework:closure_sign_off", args=[episode.pk])
        due = episode.closing_asked_at + timedelta(days=2)
        words = "Sign off the end of support, or leave it open"
        return _of_episode(day, episode, due, words, address, EntryKind.SIGN_OFF)
    address = reverse("casework:episode_allocate", args=[episode.pk])
    due = min(episode.next_contact_at or timezone.now(), day.until)
    return _of_episode(day, episode, due, "Nobody works on this: say who does", address, EntryKind.NOBODY)


def against_plan(day: Day, one: ContactAttempt) -> Entry:
    """A contact against the safe-contact plan that no manager has seen to."""
    headline = one.case.headline
    return Entry(
        one.made_at + timedelta(days=1),
        "See to a contact against the safe-contact plan",
        reverse("casework:episode", args=[one.episode_id]),
        EntryKind.AGAINST_PLAN,
        headline.victim.name,
        one.case.reference,
        headline.band,
        one.made_by.user.name,
    )


def plan_action(day: Day, one: PlanAction) -> Entry:
    """What somebody is to do by a plan, by its heading: what exactly is read with the plan."""
    is_hers = one.worker_id in day.workers
    doing = f"Do what the plan says: {one.title.lower()}"
    headline = one.plan.case.headline
    return Entry(
        one.due_on,
        doing if is_hers else "Nobody can do an action of the plan: say who does",
        reverse(f"casework:plan_action_{'settle' if is_hers else 'change'}", args=[one.pk]),
        EntryKind.PLAN_ACTION,
        headline.victim.name,
        one.plan.case.reference,
        headline.band,
        day.whose(one.worker),
    )


def plan_review(day: Day, one: Plan) -> Entry:
    """A plan that she said would be looked at again."""
    return Entry(
        one.review_on,
        "Look at the plan again",
        reverse("casework:plan_change", args=[one.pk]),
        EntryKind.PLAN_REVIEW,
        one.case.headline.victim.name,
        one.case.reference,
        one.case.headline.band,
    )


def concession(day: Day, one: ImmigrationStatus) -> Entry | None:
    """A concession of which somebody must be told, from a week before each alert until its record is saved again."""
    granted, ends = one.concession_granted_on, one.concession_ends_on
    seen = timezone.localdate(one.updated_at)
    due = concession_due_on(granted, ends, seen_on=seen) if granted and ends else None
    alert = concession_alert(one, today=due) if due else None
    if due is None or alert is None:
        return None
    return Entry(
        due,
        alert.words,
        reverse("cases:immigration_edit", args=[one.party_id]),
        EntryKind.CONCESSION,
        one.case.headline.victim.name,
        one.case.reference,
        one.case.headline.band,
    )


def own_access(day: Day, episode: Episode) -> Entry:
    """Support in a case that the agency will not see any more."""
    due = episode.access_until  # type: ignore[attr-defined]
    words = "Your agency’s access ends: ask for longer, or end this support"
    return _of_episode(
        day, episode, due, words, reverse("casework:episode", args=[episode.pk]), EntryKind.ACCESS
    )


def _if_may(verb: str, asks: Callable[[Membership], QuerySet[Any]]) -> Callable[[Day], QuerySet[Any] | None]:
    return lambda day: asks(day.membership) if day.membership.may(verb) else None


DAY_SOURCES = [
    Source("contacts", lambda day: selectors.contacts_due(day.membership, day.workers, day.until), contact),
    Source(
        "never_assessed",
        lambda day: (
            selectors.never_assessed(day.membership, day.workers)
            if day.membership.may("assess_risk")
            else None
        ),
        first_assessment,
    ),
    Source(
        "reviews",
        lambda day: selectors.reviews_due(day.membership, day.workers, timezone.localdate(day.until)),
        review,
    ),
    Source(
        "plan_actions",
        lambda day: selectors.plan_actions_due(day.membership, day.workers, timezone.localdate(day.until)),
        plan_action,
    ),
    Source(
        "plan_reviews",
        lambda day: selectors.plan_reviews_due(day.membership, day.workers, timezone.localdate(day.until)),
        plan_review,
    ),
    Source(
        "consents",
        lambda day: (
            consents_due(day.membership, day.workers, timezone.localdate(day.until))
            if day.membership.may("record_consent")
            else None
        ),
        consent,
    ),
    Source("tasks", lambda day: tasks_due(day.membership, day.workers, timezone.localdate(day.until)), task),
    Source(
        "supervisions",
        lambda day: supervision_on_day(day.membership, day.workers, timezone.localdate(day.until)),
        supervision,
    ),
    Source(
        "concessions",
        lambda day: selectors.concessions_due(day.membership, day.workers, timezone.localdate(day.until)),
        concession,
    ),
    Source("own_access", lambda day: own_access_ending(day.membership, day.workers, day.until), own_access),
    Source("sign_offs", _if_may("supervise", sign_offs_waiting), sign_off),
    Source("sent_back", lambda day: sign_offs_sent_back(day.membership), sign_off),
    Source("routes", _if_may("accept_referral", selectors.routes_waiting), route),
    Source("hand_overs", lambda day: selectors.hand_overs_waiting(day.membership), hand_over),
    Source("managers", _if_may("allocate_episode", selectors.for_managers), for_manager),
    Source("against_plan", _if_may("allocate_episode", selectors.unseen_against_plan), against_plan),
]


def asked_by(day: Day) -> dict[str, QuerySet[Any]]:
    """What the sources read, by their names, to be read together."""
    asked = {source.name: source.asks(day) for source in DAY_SOURCES}
    return {name: queryset for name, queryset in asked.items() if queryset is not None}


def entries_of(day: Day, rows: Mapping[str, Rows]) -> tuple[list[Entry], bool]:
    """Everything that is due, the soonest first, and whether a source had more than it could give.

    Two supports in one case may ask for the same act, such as one risk assessment: it is one thing to do.
    """
    found = [
        entry
        for source in DAY_SOURCES
        for row in rows.get(source.name, [])
        if (entry := source.entry(day, row)) is not None and entry.due_at <= day.until
    ]
    soonest: dict[tuple[str, str], Entry] = {}
    for entry in sorted(found, key=lambda one: one.due_at):
        soonest.setdefault((entry.kind, entry.address), entry)
    more = any(len(rows.get(source.name, [])) >= LIMIT for source in DAY_SOURCES)
    return list(soonest.values()), more


def when_due(entry: Entry) -> str:
    """LATE, TODAY or THIS_WEEK. What is due today at an hour that has passed is late."""
    today = timezone.localdate()
    if isinstance(entry.due, datetime):
        if entry.due < timezone.now():
            return LATE
        return TODAY if timezone.localdate(entry.due) == today else THIS_WEEK
    return LATE if entry.due < today else TODAY if entry.due == today else THIS_WEEK


def _of_episode(
    day: Day, episode: Episode, due: datetime, words: str, address: str, kind: EntryKind
) -> Entry:
    headline = episode.case.headline
    return Entry(
        due,
        words,
        address,
        kind,
        headline.victim.name,
        episode.case.reference,
        headline.band,
        day.whose(episode.worker),
    )

"""Beginning an episode, and saying who works on it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Agency, Membership
from dacase.agencies.roles import who_may
from dacase.audit.services import record_event
from dacase.cases.choices import SUPPORTED, PartyRole
from dacase.cases.models import Case, Exclusion, Headline, Party
from dacase.cases.selectors.people import last_saved
from dacase.cases.services.case import set_headline
from dacase.ui.stale import StaleVersion
from referrals.casework.choices import ActionState, EpisodeKind, TaskState
from referrals.casework.models import Episode, PlanAction, Task
from referrals.casework.rules.episode import first_contact_due_at, kind_of, kinds_given_by
from referrals.casework.services.news import tell_taken_over
from referrals.choices import Priority
from referrals.models import Route

BARRED = "This colleague cannot be given this case"
GONE = "Select a colleague who works on episodes now"


@transaction.atomic
def open_episode(route: Route, *, actor: Membership) -> Episode:
    """Begin the episode of an accepted route with the actor as its worker. Called by accept_route.

    Where the agency works with the victim-survivor already, that episode goes on, from now on with the actor:
    contact is due as in a new one, unless it is due sooner, and a request to end it falls. The colleague who
    worked on it is told.
    Raises Party.DoesNotExist for a referral without a case.
    """
    victim = Party.objects.get(case=route.referral.case, role=PartyRole.VICTIM)
    kind = kind_of(actor.agency)
    begun = running(victim, actor.agency, kind).select_for_update().first()
    if begun is not None:
        before = begun.worker
        _go_on(begun, route.referral.priority)
        give(begun, actor, actor=actor)
        if before not in (None, actor):
            tell_taken_over(begun, route, before=before)
        return begun
    return _begin(victim, kind, priority=route.referral.priority, worker=actor, actor=actor, route=route)


@transaction.atomic
def begin_episode(
    party: Party,
    *,
    kind: str,
    worker: Membership | None,
    submission: UUID,
    priority: str = Priority.STANDARD,
    previous: Episode | None = None,
    actor: Membership,
) -> Episode:
    """Begin an episode by hand, for the victim-survivor or a child. The same `submission` gives the same episode.

    Args:
        kind: a value of choices.EpisodeKind that the actor's agency gives (kinds_given.csv).
        worker: who works on it; None leaves it with the managers to allocate.
    Raises NotAllowed; ValidationError when one of this kind is open, and for a worker who cannot be given it.
    """
    check_may(actor, "allocate_episode")
    case = Case.objects.lock(party.case_id)
    made = Episode.objects.filter(agency_id=actor.agency_id, submission=submission).first()
    if made is not None:
        return made
    if not case.is_open:
        raise ValidationError("The case is closed. Reopen it first")
    party = Party.with_doubles.get(pk=party.pk)  # as it stands now that the case is locked
    party.check_is_in_case()
    if party.role not in SUPPORTED:
        raise ValidationError({"party": "Support is for the victim-survivor and the children"})
    if kind not in kinds_given_by(actor.agency):
        raise ValidationError({"kind": "Your agency does not give this support"})
    if running(party, actor.agency, kind).exists():
        raise ValidationError({"kind": "Your agency gives this support already"})
    if worker is not None:
        check_can_be_given(worker, [case.pk], actor=actor)
    return _begin(
        party,
        kind,
        priority=priority,
        worker=worker,
        actor=actor,
        previous=previous,
        submission=submission,
    )


@transaction.atomic
def allocate_episode(episode_id: UUID, *, worker: Membership, version: int, actor: Membership) -> Episode:
    """Say who works on an episode from now on. Raises NotAllowed, Episode.DoesNotExist, StaleVersion;
    ValidationError for a closed episode and for a worker who is gone, barred or cannot open the case.
    """
    check_may(actor, "allocate_episode")
    episode = lock_episode(episode_id, actor=actor)
    check_fresh(episode, version, actor=actor)
    check_open(episode)
    check_can_be_given(worker, [episode.case_id], actor=actor)
    give(episode, worker, actor=actor)
    return episode


@transaction.atomic
def reallocate_episodes(
    episode_ids: Iterable[UUID], *, worker: Membership, actor: Membership
) -> list[Episode]:
    """Give several episodes to one worker in one act: all of them, or none.

    Raises NotAllowed; ValidationError as allocate_episode, and when nothing was chosen.
    """
    check_may(actor, "allocate_episode")
    episodes = lock_episodes(Episode.objects.own_of(actor).filter(pk__in=list(episode_ids), closed_at=None))
    if not episodes:
        raise ValidationError({"episodes": "Select at least one episode"})
    check_can_be_given(worker, [one.case_id for one in episodes], actor=actor)
    for episode in episodes:
        give(episode, worker, actor=actor)
    return episodes


def check_can_be_given(worker: Membership, case_ids: Iterable[UUID], *, actor: Membership) -> None:
    """Raise ValidationError unless `worker` is a colleague who works on episodes now and no case bars her.

    The message never says why: whom a case bars is for the case itself.
    """
    active = Membership.objects.active().filter(agency_id=actor.agency_id, role__in=who_may("work_episode"))
    found = active.select_related("user", "agency", "team").filter(pk=worker.pk).first()
    if found is None:
        raise ValidationError({"worker": GONE})
    if Exclusion.objects.barring(found).filter(case_id__in=list(case_ids)).exists():
        raise ValidationError({"worker": BARRED})


def has_open_episode(case: Case, agency: Agency) -> bool:
    """Whether `agency` supports somebody in `case` now."""
    return Episode.objects.filter(case=case, agency=agency, closed_at=None).exists()


def check_no_open_episode(case: Case, agency: Agency) -> None:
    """Raise ValidationError while `agency` supports somebody in `case` (settings.BEFORE_ACCESS_ENDS).

    Without the case its workers would not see the episode any more, nor its clocks.
    """
    if has_open_episode(case, agency):
        raise ValidationError(
            f"{agency.name} still supports somebody in this case. Its episode has to be closed first. "
            "If the agency must see nothing from now on, bar it from the case."
        )


def check_nobody_supports(case: Case) -> None:
    """Raise ValidationError while any agency supports somebody in `case` (settings.BEFORE_CASE_CLOSES).

    A closed case takes in no referral and asks for no assessment: whoever still supports somebody in it must agree.
    """
    supports = Episode.objects.filter(case=case, closed_at=None).order_by("opened_at")
    names = list(dict.fromkeys(supports.values_list("agency__name", flat=True)))
    if names:
        raise ValidationError(
            f"Somebody is still supported in this case by {', '.join(names)}. That support has to be ended first."
        )


def lock_episode(episode_id: UUID, *, actor: Membership) -> Episode:
    """The episode of the actor's own agency, locked after its case, as every act on episodes locks them.

    Raises Episode.DoesNotExist.
    """
    own = Episode.objects.own_of(actor)
    Case.objects.lock_of(own, episode_id)
    return own.select_related("case", "party").select_for_update(of=("self",)).get(pk=episode_id)


def lock_episodes(wanted: QuerySet[Episode]) -> list[Episode]:
    """Those that are `wanted` still once their cases are locked, in the order of their keys, and they are too."""
    cases = Case.objects.filter(pk__in=wanted.values("case_id")).order_by("pk")
    list(cases.select_for_update(no_key=True))
    return list(wanted.select_for_update(of=("self",)).order_by("pk"))


def check_open(episode: Episode) -> None:
    """Raise ValidationError for an episode that has closed."""
    if not episode.is_open:
        raise ValidationError("This episode is closed. Reopen it first")


def check_fresh(episode: Episode, version: int, *, actor: Membership) -> None:
    """Raise StaleVersion when somebody else has saved the locked episode since `version`."""
    others = episode.history.filter(version__gt=version).exclude(history_user_id=actor.user_id)
    if episode.version != version and others.exists():
        saved_by, saved_at = last_saved(episode)
        current = {"worker": str(episode.worker_id or ""), "reason": episode.closing_reason}
        raise StaleVersion(current=current, version=episode.version, saved_by=saved_by, saved_at=saved_at)


def save_episode(episode: Episode) -> None:
    """Save with the next version."""
    episode.version += 1
    episode.save()


def name_worker(episode: Episode, *, before: Membership | None = None) -> None:
    """Keep the case's lead worker true: who works on this episode, where nobody or `before` was named."""
    named = Headline.objects.filter(case_id=episode.case_id).values_list("worker_id", flat=True).first()
    if named is None or (before is not None and named == before.pk):
        set_headline(episode.case_id, worker=episode.worker)


def running(party: Party, agency: Agency, kind: str) -> QuerySet[Episode]:
    """The open episodes of a kind in which an agency supports somebody, doubles of the record too."""
    parties = Party.with_doubles.one_with(party)
    return Episode.objects.filter(party__in=parties, agency=agency, kind=kind, closed_at=None)


def _begin(
    party: Party,
    kind: str,
    *,
    priority: str,
    worker: Membership | None,
    actor: Membership,
    **more: object,
) -> Episode:
    now = timezone.now()
    due = _first_contact_due(party.case_id, priority, now)
    episode = Episode.objects.create(
        case_id=party.case_id,
        agency=actor.agency,
        party=party,
        kind=EpisodeKind(kind),
        priority=priority,
        worker=worker,
        opened_at=now,
        allocated_at=now if worker else None,
        first_contact_due_at=due,
        next_contact_at=due,
        **more,
    )
    record_event(
        "episode_begun", actor=actor, subject=episode, case_id=episode.case_id, data={"kind": str(kind)}
    )
    if worker is not None:
        name_worker(episode)
    return episode


def _first_contact_due(case_id: UUID, priority: str, now: datetime) -> datetime:
    band = Headline.objects.filter(case_id=case_id).values_list("band", flat=True).first() or ""
    return first_contact_due_at(now, priority=priority, band=band)


def _go_on(episode: Episode, priority: str) -> None:
    """A new referral into a running episode: without a clock of its own nobody would be told to act on it."""
    due = _first_contact_due(episode.case_id, priority, timezone.now())
    episode.next_contact_at = min(episode.next_contact_at or due, due)
    episode.priority = min(episode.priority, priority, key=Priority.values.index)
    episode.closing_asked_at, episode.closing_reason, episode.closed_by = None, "", None
    save_episode(episode)


def give(episode: Episode, worker: Membership, *, actor: Membership) -> None:
    """Make `worker` the worker of a locked episode, and take it out of any hand-over."""
    if episode.worker_id == worker.pk:
        return
    before = episode.worker
    # Where a step left it to nobody yet, whoever worked on the support before has what is still to do.
    doing = before or (episode.previous.worker if episode.previous else None)
    episode.worker, episode.allocated_at, episode.hand_over = worker, timezone.now(), None
    save_episode(episode)
    record_event(
        "episode_allocated",
        actor=actor,
        subject=episode,
        case_id=episode.case_id,
        data={"worker": str(worker.pk)},
    )
    name_worker(episode, before=before)
    if doing not in (None, worker):
        _take_tasks_along(episode, doing, worker, actor=actor)
        _take_plan_along(episode, doing, worker, actor=actor)


def take_work_along(before: Episode, following: Episode, *, actor: Membership) -> None:
    """What was still to do in a support belongs to the one that follows it, and to its worker if it has one."""
    open_tasks = Task.objects.own_of(actor).filter(episode=before, state=TaskState.OPEN)
    open_tasks.update(episode=following, version=F("version") + 1)
    if before.worker is not None and following.worker not in (None, before.worker):
        _take_tasks_along(following, before.worker, following.worker, actor=actor)
        _take_plan_along(following, before.worker, following.worker, actor=actor)


def _take_tasks_along(episode: Episode, before: Membership, worker: Membership, *, actor: Membership) -> None:
    """What the former worker still had to do in this support is the next worker's from now on."""
    theirs = Task.objects.own_of(actor).filter(episode=episode, worker=before, state=TaskState.OPEN)
    for task in theirs.select_for_update(of=("self",)).order_by("pk"):
        task.worker, task.version = worker, task.version + 1
        task.save(update_fields=["worker", "version"])
        record_event("task_given", actor=actor, subject=task, case_id=task.case_id)


def _take_plan_along(episode: Episode, before: Membership, worker: Membership, *, actor: Membership) -> None:
    """So is what the plan says that the former worker does, unless she goes on with another support in the case."""
    if Episode.objects.own_of(actor).filter(case=episode.case, worker=before, closed_at=None).exists():
        return
    theirs = PlanAction.objects.own_of(actor).filter(
        plan__case=episode.case_id, worker=before, state=ActionState.TO_DO
    )
    for action in theirs.select_for_update(of=("self",)).order_by("pk"):
        action.worker, action.version = worker, action.version + 1
        action.save(update_fields=["worker", "version"])
        record_event("plan_action_given", actor=actor, subject=action, case_id=episode.case_id)

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.agencies.models import Membership
from dacase.audit.models import Event
from dacase.cases.choices import Scope
from dacase.cases.models import Case, Headline, Party
from dacase.cases.selectors.access import grants_on
from dacase.cases.services.case import PersonDetails
from dacase.cases.services.closing import close_case
from dacase.cases.services.exclusion import bar_from_case
from dacase.cases.services.grant import end_access, end_grant
from dacase.cases.services.person import add_person
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from referrals.casework.choices import EpisodeState
from referrals.casework.models import Episode
from referrals.casework.selectors.day import stranded
from referrals.casework.selectors.episode import workers_to_give
from referrals.casework.services import episode as services
from tests.casework.episodes import begun, fresh
from tests.factories import make_case, share
from tests.referrals.builders import accepted, send


@pytest.fixture
def case(cast):
    return make_case(cast.idva)


def verbs(actor, case):
    with acting_as(actor):
        return list(Event.objects.filter(case_id=case.pk).order_by("at").values_list("verb", flat=True))


def test_accepting_a_referral_begins_support_with_a_clock(cast):
    case = accepted(send(cast.police_officer), cast.front_door_worker, cast.idva)
    with acting_as(cast.idva):
        episode = Episode.objects.get(case=case)
    assert (episode.worker, episode.kind, episode.priority) == (cast.idva, "idva", "high")
    assert episode.first_contact_due_at - episode.opened_at == timedelta(hours=24)
    assert episode.next_contact_at == episode.first_contact_due_at
    assert episode.state == EpisodeState.FIRST_CONTACT


def test_a_second_referral_goes_on_in_the_same_episode_with_who_accepted_it(cast):
    case = accepted(send(cast.police_officer), cast.front_door_worker, cast.idva)
    with acting_as(cast.idva):
        first = Episode.objects.select_related("route__referral").get(case=case)
    with acting_as(cast.idva_manager):
        again = services.open_episode(first.route, actor=cast.idva_manager)
    assert (again.pk, again.worker) == (first.pk, cast.idva_manager)
    assert verbs(cast.idva, case).count("episode_begun") == 1


def test_a_second_referral_has_a_clock_of_its_own_and_stops_the_closing(cast):
    case = accepted(send(cast.police_officer), cast.front_door_worker, cast.idva)
    with acting_as(cast.idva):
        first = Episode.objects.select_related("route__referral").get(case=case)
        Episode.objects.filter(pk=first.pk).update(
            next_contact_at=timezone.now() + timedelta(days=60),
            priority="standard",
            closing_asked_at=timezone.now(),
            closing_reason="disengaged",
        )
        again = services.open_episode(first.route, actor=cast.idva)
    assert again.priority == "high"
    assert timedelta(hours=23) < again.next_contact_at - timezone.now() <= timedelta(hours=24)
    assert (again.closing_asked_at, again.closing_reason, again.state) == (
        None,
        "",
        EpisodeState.FIRST_CONTACT,
    )
    sooner = timezone.now() + timedelta(hours=1)
    with acting_as(cast.idva):
        Episode.objects.filter(pk=first.pk).update(next_contact_at=sooner)
        assert services.open_episode(first.route, actor=cast.idva).next_contact_at == sooner


def test_a_social_workers_acceptance_begins_social_care(cast):
    case = accepted(send(cast.police_officer), cast.front_door_worker, cast.social_worker)
    with acting_as(cast.social_worker):
        assert Episode.objects.get(case=case).kind == "social_care"


def test_beginning_by_hand_twice_is_once_and_a_second_of_its_kind_is_refused(cast, case):
    key = uuid.uuid4()
    one = begun(case, cast.idva_manager, cast.idva, submission=key)
    assert begun(case, cast.idva_manager, cast.idva, submission=key).pk == one.pk
    with pytest.raises(ValidationError, match="already"):
        begun(case, cast.idva_manager, cast.idva)
    child = begun(case, cast.idva_manager, None, kind="childrens_worker")
    assert child.state == EpisodeState.NOBODY
    with acting_as(cast.idva_manager):
        assert list(stranded(cast.idva_manager)) == [child]
        assert Headline.objects.get(case=case).worker == cast.idva


def test_support_is_for_the_victim_survivor_and_the_children_of_an_open_case(cast, case):
    with acting_as(cast.idva_manager):
        add_person(case, details=PersonDetails("Aside"), role="connected", actor=cast.idva_manager)
        for role in ("perpetrator", "connected"):
            party = Party.objects.get(case=case, role=role)
            with pytest.raises(ValidationError, match="victim-survivor and the children"):
                services.begin_episode(
                    party, kind="idva", worker=None, submission=uuid.uuid4(), actor=cast.idva_manager
                )
        close_case(case, reason="ended", actor=cast.idva_manager)
    with pytest.raises(ValidationError, match="Reopen"):
        begun(case, cast.idva_manager, cast.idva)


def test_an_agency_begins_only_the_support_that_it_gives(cast, case):
    with pytest.raises(ValidationError) as refusal:
        begun(case, cast.idva_manager, cast.idva, kind="social_care")
    assert set(refusal.value.message_dict) == {"kind"}


def test_nobody_closes_a_case_in_which_another_agency_supports_somebody(cast, case, sign_in):
    share(case, cast.social_worker.agency, actor=cast.idva)
    episode = begun(case, cast.idva_manager, cast.idva)
    page = sign_in(cast.social_worker).post(reverse("cases:close", args=[case.pk]), {"reason": "ended"})
    assert "still supported in this case by Brightwater Advocacy" in page.content.decode()
    with acting_as(cast.idva):
        assert Case.objects.get(pk=case.pk).is_open
        Episode.objects.filter(pk=episode.pk).update(closed_at=timezone.now(), closing_reason="needs_met")
    with acting_as(cast.social_worker):
        assert not close_case(case, reason="ended", actor=cast.social_worker).is_open


def test_access_ends_only_when_no_episode_of_that_agency_is_open(cast, case, sign_in):
    share(case, cast.social_worker.agency, actor=cast.idva)
    episode = begun(case, cast.idva_manager, cast.idva)
    own = cast.idva.agency
    with acting_as(cast.social_worker):
        grant = grants_on(case).get(group=own.group)
    with acting_as(cast.idva):
        for act in (
            lambda: end_access(case, agency=own, actor=cast.idva),
            lambda: end_grant(grant, actor=cast.idva),
        ):
            with pytest.raises(ValidationError, match="still supports somebody in this case"):
                act()
        assert not Event.objects.filter(verb="access_ended").exists()
        # The other agency has no work here and may leave, whatever ours does.
        end_access(case, agency=cast.social_worker.agency, actor=cast.idva)
    url = reverse("cases:grant_end", args=[case.pk, grant.pk])
    share(case, cast.social_worker.agency, actor=cast.idva)
    assert "Its episode has to be closed first" in sign_in(cast.idva).post(url).content.decode()
    assert fresh(episode, cast.idva).is_open
    with acting_as(cast.idva):
        Episode.objects.filter(pk=episode.pk).update(closed_at=timezone.now(), closing_reason="needs_met")
        assert end_access(case, agency=own, actor=cast.idva) == 1


def test_access_gets_no_earlier_end_while_an_episode_is_open(cast, case):
    begun(case, cast.idva_manager, cast.idva)
    own, soon = cast.idva.agency, timezone.now() + timedelta(days=3)
    with pytest.raises(ValidationError, match="still supports somebody"):
        share(case, own, actor=cast.idva, until=soon)
    share(case, own, actor=cast.idva)
    # Where it ends on a day already, a later one is no loss, and an agency without work may get any.
    share(case, cast.social_worker.agency, actor=cast.idva, until=soon)
    share(case, cast.social_worker.agency, actor=cast.idva, until=soon - timedelta(days=1))


def test_a_summary_that_ends_takes_no_episode_out_of_sight(cast, case):
    begun(case, cast.idva_manager, cast.idva)
    share(case, cast.idva.agency, actor=cast.idva, scope=Scope.SUMMARY)
    with acting_as(cast.idva):
        summary = [
            one for one in grants_on(case).filter(group=cast.idva.agency.group)
            if one.permission.codename == Scope.SUMMARY
        ]  # fmt: skip
        end_grant(summary[0], actor=cast.idva)
        assert Episode.objects.visible_to(cast.idva).filter(case=case).exists()


def test_only_a_manager_begins_and_allocates(cast, case):
    with pytest.raises(NotAllowed):
        begun(case, cast.idva, cast.idva)
    episode = begun(case, cast.idva_manager, cast.idva)
    with acting_as(cast.idva), pytest.raises(NotAllowed):
        services.allocate_episode(episode.pk, worker=cast.idva, version=1, actor=cast.idva)


def test_another_agency_reaches_no_episode_of_ours(cast, case):
    episode = begun(case, cast.idva_manager, cast.idva)
    with acting_as(cast.social_worker), pytest.raises(Episode.DoesNotExist):
        services.allocate_episode(episode.pk, worker=cast.social_worker, version=1, actor=cast.social_worker)


def test_allocating_names_the_worker_on_the_case(cast, case):
    episode = begun(case, cast.idva_manager, cast.idva)
    other = Membership.objects.get(user__email="advocacy.hazel@example.org")
    with acting_as(cast.idva_manager):
        services.allocate_episode(episode.pk, worker=other, version=1, actor=cast.idva_manager)
        assert Headline.objects.get(case=case).worker == other
        # Once more is no second act.
        services.allocate_episode(episode.pk, worker=other, version=1, actor=cast.idva_manager)
    assert verbs(cast.idva, case).count("episode_allocated") == 1


def test_a_stale_allocation_shows_who_was_first(cast, case):
    episode = begun(case, cast.idva_manager, None)
    second = Membership.objects.create(
        user=cast.barred_colleague.user, agency=cast.idva.agency, role="idva_manager"
    )
    with acting_as(second):
        services.allocate_episode(episode.pk, worker=cast.idva, version=1, actor=second)
    with acting_as(cast.idva_manager), pytest.raises(StaleVersion):
        services.allocate_episode(episode.pk, worker=cast.idva_manager, version=1, actor=cast.idva_manager)


def test_whom_the_case_bars_is_neither_offered_nor_given_it(cast, case):
    episode = begun(case, cast.idva_manager, cast.idva)
    with acting_as(cast.idva_manager):
        bar_from_case(case, group=cast.barred_colleague.user.group, reason="x", actor=cast.idva_manager)
        offered = workers_to_give(cast.idva_manager, [case.pk])
        assert cast.idva in offered
        assert cast.barred_colleague not in offered
        with pytest.raises(ValidationError, match="cannot be given"):
            services.allocate_episode(
                episode.pk, worker=cast.barred_colleague, version=1, actor=cast.idva_manager
            )


def test_a_team_that_is_barred_is_not_offered_either(cast, case):
    with acting_as(cast.idva_manager):
        bar_from_case(case, group=cast.barred_colleague.team.group, reason="x", actor=cast.idva_manager)
        assert {one.team for one in workers_to_give(cast.idva_manager, [case.pk])} == {cast.idva.team}


@pytest.mark.parametrize("key", ["social_worker", "auditor", "outsider"])
def test_who_does_not_do_this_work_here_is_not_given_it(cast, case, key):
    episode = begun(case, cast.idva_manager, cast.idva)
    with acting_as(cast.idva_manager), pytest.raises(ValidationError, match="Select a colleague"):
        services.allocate_episode(episode.pk, worker=getattr(cast, key), version=1, actor=cast.idva_manager)


def test_reallocating_is_all_or_nothing(cast, case):
    other_case = make_case(cast.idva)
    both = [begun(one, cast.idva_manager, cast.idva).pk for one in (case, other_case)]
    with acting_as(cast.idva_manager):
        bar_from_case(other_case, group=cast.barred_colleague.user.group, reason="x", actor=cast.idva_manager)
        with pytest.raises(ValidationError, match="cannot be given"):
            services.reallocate_episodes(both, worker=cast.barred_colleague, actor=cast.idva_manager)
        assert set(Episode.objects.values_list("worker", flat=True)) == {cast.idva.pk}
        given = services.reallocate_episodes(both, worker=cast.idva_manager, actor=cast.idva_manager)
        assert len(given) == 2
        assert set(Episode.objects.values_list("worker", flat=True)) == {cast.idva_manager.pk}
        with pytest.raises(ValidationError, match="at least one"):
            services.reallocate_episodes([], worker=cast.idva, actor=cast.idva_manager)


def test_work_of_somebody_who_has_left_is_nobodys_at_once(cast, case):
    leaver = Membership.objects.create(user=cast.auditor.user, agency=cast.idva.agency, role="idva")
    episode = begun(case, cast.idva_manager, leaver)
    with acting_as(cast.idva_manager):
        assert not stranded(cast.idva_manager).exists()
        Membership.objects.filter(pk=leaver.pk).update(ended_at=timezone.now())
        assert list(stranded(cast.idva_manager)) == [episode]
    assert fresh(episode, cast.idva_manager).worker == leaver

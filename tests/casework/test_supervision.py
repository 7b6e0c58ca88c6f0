"""Supervision: a manager and a worker talk a support through; inside the agency, never by oneself, by the clock."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.agencies.models import Membership
from dacase.audit.models import Event
from dacase.cases.models import Headline
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from referrals.casework.models import Episode, Supervision
from referrals.casework.rules.supervision import next_supervision_on
from referrals.casework.rules.tables import rows
from referrals.casework.selectors.supervision import MOST, due_on, supervision_due, supervision_on_day
from referrals.casework.services import supervision as services
from referrals.casework.services.closure import close_episode
from referrals.casework.services.supervision import Talk
from tests.casework.episodes import all_answers, begun, fresh
from tests.factories import make_case
from tests.times import days_ago

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def episode(cast, case):
    return begun(case, cast.idva_manager, cast.idva)


def talk(**changes):
    return Talk(
        **{"held_on": TODAY, "discussed": "Invented talk", "decisions": "Invented decision"} | changes
    )


def held(episode, actor, submission=None, **changes):
    with acting_as(actor):
        return services.record_supervision(
            episode.pk, talk=talk(**changes), submission=submission or uuid.uuid4(), actor=actor
        )


def aged(episode, actor, *, weeks, band=""):
    """The support began so many weeks ago, at that risk."""
    with acting_as(actor):
        Episode.objects.filter(pk=episode.pk).update(opened_at=days_ago(7 * weeks))
        Headline.objects.filter(case=episode.case_id).update(band=band)


def due(member, until=TODAY):
    with acting_as(member):
        return [(one.pk, due_on(one)) for one in supervision_due(member, until)]


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("line", rows("supervision"), ids=lambda line: line["band"] or "not assessed")
def test_each_risk_has_its_time_between_supervisions(line):
    assert next_supervision_on(line["band"], on=date(2026, 3, 2)) == date(2026, 3, 2) + timedelta(
        weeks=int(line["weeks"])
    )


def test_a_supervision_stays_inside_its_agency(cast, case, episode):
    made = held(episode, cast.idva_manager)
    assert (made.worker, made.next_due_on) == (cast.idva, TODAY + timedelta(weeks=4))
    with acting_as(cast.idva):
        assert Supervision.objects.get() == made
        assert Event.objects.filter(verb="supervision_recorded").count() == 1
    for member in (cast.social_worker, cast.outsider):
        with acting_as(member):
            assert not Supervision.objects.exists()
            assert not Supervision.history.exists()


def test_the_next_one_follows_the_risk_unless_a_day_is_chosen(cast, case, episode):
    aged(episode, cast.idva, weeks=1, band="standard")
    assert held(episode, cast.idva_manager).next_due_on == TODAY + timedelta(weeks=8)
    chosen = TODAY + timedelta(days=3)
    assert held(episode, cast.idva_manager, next_due_on=chosen).next_due_on == chosen


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"held_on": TODAY + timedelta(days=1)}, "held_on"),
        ({"held_on": TODAY - timedelta(days=1)}, "held_on"),
        ({"discussed": " "}, "discussed"),
        ({"decisions": ""}, "decisions"),
        ({"next_due_on": TODAY}, "next_due_on"),
    ],
)
def test_what_makes_no_record_is_refused_at_its_field(cast, episode, changes, field):
    with pytest.raises(ValidationError) as refused:
        held(episode, cast.idva_manager, **changes)
    assert list(refused.value.error_dict) == [field]


def test_nobody_supervises_herself_nor_without_the_right(cast, case, episode, hazel):
    with pytest.raises(NotAllowed):
        held(episode, cast.idva)
    own = begun(make_case(cast.idva), cast.idva_manager, cast.idva_manager)
    with pytest.raises(ValidationError):
        held(own, cast.idva_manager)
    with pytest.raises(Episode.DoesNotExist):
        held(episode, cast.social_worker)
    nobodys = begun(make_case(cast.idva), cast.idva_manager, None)
    with pytest.raises(ValidationError):
        held(nobodys, cast.idva_manager)
    with acting_as(cast.idva_manager):
        close_episode(
            episode.pk,
            reason="needs_met",
            answers=all_answers(),
            version=episode.version,
            actor=cast.idva_manager,
        )
    with pytest.raises(ValidationError):
        held(episode, cast.idva_manager)


def test_pressed_twice_it_is_one(cast, episode):
    submission = uuid.uuid4()
    first = held(episode, cast.idva_manager, submission)
    assert held(episode, cast.idva_manager, submission) == first


def test_a_manager_who_changed_it_meanwhile_is_not_written_over(cast, episode, hazel):
    made = held(episode, cast.idva_manager)
    Membership.objects.filter(pk=hazel.pk).update(role="idva_manager")
    hazel.refresh_from_db()
    with acting_as(hazel):
        services.change_supervision(made.pk, talk=talk(decisions="Theirs"), version=1, actor=hazel)
    with pytest.raises(StaleVersion) as stale, acting_as(cast.idva_manager):
        services.change_supervision(made.pk, talk=talk(decisions="Mine"), version=1, actor=cast.idva_manager)
    assert stale.value.current["decisions"] == "Theirs"


def test_it_falls_due_by_the_risk_from_the_beginning_on_and_then_from_the_last_one(cast, episode):
    aged(episode, cast.idva, weeks=5, band="medium")
    assert due(cast.idva_manager) == []
    aged(episode, cast.idva, weeks=5, band="high")
    assert due(cast.idva_manager) == [(episode.pk, TODAY - timedelta(weeks=1))]
    held(episode, cast.idva_manager, next_due_on=TODAY + timedelta(days=6))
    assert due(cast.idva_manager) == []
    assert due(cast.idva_manager, TODAY + timedelta(days=6)) == [(episode.pk, TODAY + timedelta(days=6))]
    assert due(cast.social_worker) == []


def test_it_is_on_the_day_of_the_worker_and_of_who_supervised_last(cast, episode, hazel, sign_in):
    soon = TODAY + timedelta(days=7)
    held(episode, cast.idva_manager, next_due_on=TODAY + timedelta(days=3))
    assert on_day(cast.idva, soon) == on_day(cast.idva_manager, soon) == [episode.pk]
    assert on_day(hazel, soon) == []
    day = reverse("casework:my_day")
    assert "Arrange supervision of this support" in text_of(sign_in(cast.idva).get(day))
    assert f"Talk this through with {cast.idva.user.name}" in text_of(sign_in(cast.idva_manager).get(day))


def on_day(member, until=TODAY):
    with acting_as(member):
        return [one.pk for one in supervision_on_day(member, [member.pk], until)]


def test_a_first_one_of_support_older_than_any_supervision_is_for_the_manager_to_arrange(cast, episode):
    aged(episode, cast.idva, weeks=9)
    assert on_day(cast.idva) == on_day(cast.idva_manager) == []
    held(begun(make_case(cast.idva), cast.idva_manager, cast.idva), cast.idva_manager)
    assert on_day(cast.idva) == on_day(cast.idva_manager) == [], "no day fills when an agency begins"
    assert [pk for pk, _ in due(cast.idva_manager)] == [episode.pk]


def test_a_first_one_is_on_the_workers_day_once_her_agency_records_them(cast, episode, sign_in):
    made = held(begun(make_case(cast.idva), cast.idva_manager, cast.idva), cast.idva_manager)
    aged(episode, cast.idva, weeks=3)
    with acting_as(cast.idva_manager):
        Supervision.objects.filter(pk=made.pk).update(made_at=timezone.now() - timedelta(weeks=10))
    assert on_day(cast.idva) == [], "it is not due before its time"
    assert on_day(cast.idva, TODAY + timedelta(weeks=1)) == [episode.pk]
    aged(episode, cast.idva, weeks=4)
    assert on_day(cast.idva) == [episode.pk]
    assert on_day(cast.idva_manager) == [], "she has it on the page of her team"
    day = reverse("casework:my_day")
    assert "Arrange the first supervision of this support" in text_of(sign_in(cast.idva).get(day))
    aged(episode, cast.idva, weeks=11)
    assert on_day(cast.idva) == []


def test_a_first_one_of_her_own_is_on_a_managers_day_where_another_can_supervise_her(cast, episode, hazel):
    made = held(episode, cast.idva_manager)
    with acting_as(cast.idva_manager):
        Supervision.objects.filter(pk=made.pk).update(made_at=timezone.now() - timedelta(weeks=10))
    own = begun(make_case(cast.idva), cast.idva_manager, cast.idva_manager)
    aged(own, cast.idva, weeks=5)
    assert on_day(cast.idva_manager) == []
    Membership.objects.filter(pk=hazel.pk).update(role="idva_manager")
    assert on_day(cast.idva_manager) == [own.pk]


def test_what_another_agency_records_begins_nothing(cast, case, episode):
    other = begun(case, cast.social_worker, cast.social_worker, kind="social_care")
    with acting_as(cast.social_worker):
        Supervision.objects.create(
            case=case, agency=cast.social_worker.agency, episode=other, worker=cast.social_worker,
            supervisor=cast.idva, discussed="Invented", decisions="Invented", next_due_on=TODAY,
            made_at=timezone.now() - timedelta(weeks=10),
        )  # fmt: skip
    aged(episode, cast.idva, weeks=5)
    assert on_day(cast.idva) == []


def test_the_managers_page_shows_what_is_due_for_the_same_queries(cast, hazel, sign_in):
    client, team, counts = sign_in(cast.idva_manager), reverse("casework:team"), []
    for _ in range(3):
        aged(begun(make_case(cast.idva), cast.idva_manager, cast.idva), cast.idva, weeks=9, band="high")
        client.get(team)
        with CaptureQueriesContext(connection) as captured:
            assert "Supervision is due" in text_of(client.get(team))
        counts.append(len(captured))
    assert counts[0] == counts[2] <= 14


def test_the_longest_waiting_come_first_and_no_more_than_a_page_holds(cast, sign_in):
    for _ in range(MOST + 1):
        aged(begun(make_case(cast.idva), cast.idva_manager, cast.idva), cast.idva, weeks=9, band="high")
    aged(begun(make_case(cast.idva), cast.idva_manager, cast.idva_manager), cast.idva, weeks=20)
    page = text_of(sign_in(cast.idva_manager).get(reverse("casework:team")))
    assert page.count("/supervision") == MOST
    assert "More are due" in page
    with acting_as(cast.idva_manager):
        due = supervision_due(cast.idva_manager, TODAY)
        assert len(due) == MOST + 1
        assert all(one.worker == cast.idva for one in due), "nobody supervises herself"


def test_it_is_written_read_and_changed_on_its_pages(cast, episode, sign_in):
    client, url = sign_in(cast.idva_manager), reverse("casework:supervisions", args=[episode.pk])
    assert "No supervision is recorded yet" in text_of(client.get(url))
    new = reverse("casework:supervision_create", args=[episode.pk])
    bad = text_of(client.post(new, {"discussed": "Typed words"}))
    assert "Enter what was decided" in bad or "Answer “What was decided?”" in bad
    assert "Typed words" in bad
    day = {f"held_on_{part}": getattr(TODAY, part) for part in ("day", "month", "year")}
    sent = day | {"discussed": "Typed words", "decisions": "Decided words", "submission": uuid.uuid4()}
    for _ in range(2):
        assert client.post(new, sent).status_code == 302
    page = text_of(client.get(url))
    assert page.count("Typed words") == 1
    with acting_as(cast.idva_manager):
        made = Supervision.objects.get()
    change = reverse("casework:supervision_change", args=[made.pk])
    assert client.post(change, sent | {"decisions": "Other words", "version": 1}).status_code == 302
    worker = text_of(sign_in(cast.idva).get(url))
    assert "Other words" in worker
    assert change not in worker
    assert "Record a supervision" not in worker
    assert url in text_of(sign_in(cast.idva).get(reverse("casework:episode", args=[episode.pk])))
    assert fresh(episode, cast.idva).pk == episode.pk

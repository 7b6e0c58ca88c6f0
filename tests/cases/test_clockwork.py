"""What the clock does, and what happens when two people do the same at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.urls import resolve
from django.utils import timezone

from dacase.cases import tasks
from dacase.cases.models import Case, Draft, Party, Person, SafeContactPlan
from dacase.cases.services.case import PersonDetails
from dacase.cases.services.closing import close_case
from dacase.cases.services.draft import save_draft
from dacase.cases.services.grant import end_access
from dacase.cases.services.person import add_person, edit_person, save_safe_contact_plan
from dacase.settings import CELERY_BEAT_SCHEDULE
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from tests.cast import Cast
from tests.factories import make_case, share


def test_every_scheduled_task_of_the_room_exists():
    scheduled = {
        row["task"] for row in CELERY_BEAT_SCHEDULE.values() if row["task"].startswith("dacase.cases.")
    }
    assert scheduled == {
        task.name for task in (tasks.end_expired_grants, tasks.forget_old_drafts, tasks.check_walls)
    }


def test_old_drafts_are_forgotten_and_new_ones_kept(cast):
    with acting_as(cast.idva):
        save_draft(cast.idva, path="/old/", data={"name": ["x"]})
        save_draft(cast.idva, path="/new/", data={"name": ["x"]})
        Draft.objects.filter(path="/old/").update(saved_at=timezone.now() - timedelta(days=15))
    assert tasks.forget_old_drafts() == 1
    with acting_as(cast.idva):
        assert [draft.path for draft in Draft.objects.all()] == ["/new/"]


def test_the_sweep_is_safe_to_run_at_any_time(cast, case):
    assert tasks.end_expired_grants() == 0
    assert tasks.end_expired_grants() == 0


def together(*acts):
    """Runs the acts at the same moment, each in a connection of its own; gives what each returned or raised."""
    gate = Barrier(len(acts))

    def run(act):
        try:
            gate.wait()
            return act()
        except Exception as error:  # noqa: BLE001 - the tests say which errors they want
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def within(member, act):
    def run():
        with acting_as(member):
            return act(member)

    return run


@pytest.fixture
def two(committed):
    """The IDVA and her manager, and a case with its victim-survivor's party."""
    cast = Cast()
    case = make_case(cast.idva)
    with acting_as(cast.idva):
        party = Party.objects.get(case=case, role="victim")
    return cast, case, party


class TestAtTheSameMoment:
    def test_of_two_edits_one_is_saved_and_the_other_sees_it(self, two):
        cast, _, party = two

        def edit(name):
            return lambda member: edit_person(
                party, details=PersonDetails(name), relationship="", version=1, actor=member
            )

        found = together(within(cast.idva, edit("Onename")), within(cast.idva_manager, edit("Twoname")))
        assert sorted(type(one) for one in found if isinstance(one, Exception)) == [StaleVersion]
        with acting_as(cast.idva):
            person = Person.objects.get(pk=party.person_id)
            stale = next(one for one in found if isinstance(one, StaleVersion))
            assert (person.version, stale.current["family_name"]) == (2, person.family_name)

    def test_of_two_first_plans_one_is_kept(self, two):
        cast, _, party = two
        answers = dict.fromkeys(
            ("safe_to_call", "safe_to_text", "safe_to_leave_message", "safe_to_write"), False
        )
        answers |= dict.fromkeys(("safe_times", "who_else_sees", "code_word"), "")
        act = lambda member: save_safe_contact_plan(party, version=0, actor=member, **answers)  # noqa: E731
        found = together(within(cast.idva, act), within(cast.idva_manager, act))
        assert [type(one) for one in found if isinstance(one, Exception)] == [StaleVersion]
        with acting_as(cast.idva):
            assert SafeContactPlan.objects.count() == 1

    def test_a_person_sent_twice_at_once_is_one(self, two):
        cast, case, _ = two
        act = lambda member: add_person(case, details=PersonDetails("Twin"), role="child", actor=member)  # noqa: E731
        first, second = together(within(cast.idva, act), within(cast.idva, act))
        assert first == second

    def test_a_draft_saved_twice_at_once_is_one(self, two):
        cast, _, _ = two
        act = lambda member: save_draft(member, path="/x/", data={"name": ["x"]})  # noqa: E731
        together(*[within(cast.idva, act)] * 4)
        with acting_as(cast.idva):
            assert Draft.objects.count() == 1

    def test_of_two_who_close_one_is_told(self, two):
        cast, case, _ = two
        act = lambda member: close_case(case, reason="ended", actor=member)  # noqa: E731
        found = together(within(cast.idva, act), within(cast.idva_manager, act))
        assert [type(one) for one in found if isinstance(one, Exception)] == [ValidationError]
        with acting_as(cast.idva):
            assert not Case.objects.get(pk=case.pk).is_open

    def test_two_agencies_that_leave_at_once_do_not_leave_the_case_alone(self, two):
        cast, case, _ = two
        share(case, cast.social_worker.agency, actor=cast.idva)
        leave = lambda member: end_access(case, agency=member.agency, actor=member)  # noqa: E731
        found = together(within(cast.idva, leave), within(cast.social_worker, leave))
        assert [type(one) for one in found if isinstance(one, Exception)] == [ValidationError]
        left = Case.objects.using("owner").get(pk=case.pk).viewer_groups
        assert len(left) == 1


def test_the_addresses_of_the_room_are_named():
    for path, name in {
        "/": "cases:home",
        "/cases/": "cases:list",
        "/record/looks/": "cases:read_log",
    }.items():
        assert resolve(path).view_name == name

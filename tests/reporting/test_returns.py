"""Asking for a return, and counting it once whatever happens to the worker."""

import os
import signal
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.jobs.models import JobState, OutboxMessage
from dacase.jobs.services.dispatch import redispatch_unfinished
from dacase.jobs.tasks_base import run_message
from dacase.walls.context import acting_as
from reporting.models import Figure, Return
from reporting.returns import KINDS
from reporting.services import request_return
from tests.cast import Cast, signed_in_client
from tests.jobs.conftest import broker, celery_app, relay, start, wait_for  # noqa: F401 - fixtures
from tests.reporting.asking import ask, fill, reread, rows_of, run_all

KEYS = KINDS["quarterly"].keys


def test_asking_makes_a_return_a_job_and_a_message(cast):
    made = ask(cast.commissioner)
    message = OutboxMessage.objects.get()
    assert (message.task, message.args) == ("reporting.count_return", {"return_id": str(made.pk)})
    with acting_as(cast.commissioner):
        assert (made.job.state, made.job.result_path) == (JobState.QUEUED, f"/returns/{made.pk}/")
        assert Event.objects.get().data == {"kind": "quarterly", "period": "2026-Q1"}


def test_the_same_submission_is_one_return(cast):
    number = uuid.uuid4()
    assert ask(cast.commissioner, submission=number) == ask(cast.commissioner, submission=number)
    assert OutboxMessage.objects.count() == 1
    with acting_as(cast.commissioner):
        assert Return.objects.count() == 1
        assert Event.objects.count() == 1


def test_who_may_not_ask_is_refused(cast):
    for member in cast.all():
        if member.role != "commissioner":
            with pytest.raises(NotAllowed):
                ask(member)


@pytest.mark.parametrize("period", ["2098-Q1", "nonsense", ""])
def test_a_period_that_cannot_be_counted_is_told_at_its_field(cast, period):
    with pytest.raises(ValidationError) as refused:
        ask(cast.commissioner, period)
    assert "period" in refused.value.message_dict
    assert not OutboxMessage.objects.exists()


def test_an_unknown_kind_is_refused(cast):
    with pytest.raises(ValueError, match="Choose from: quarterly"), acting_as(cast.commissioner):
        request_return(kind="x", period="2026-Q1", submission=uuid.uuid4(), actor=cast.commissioner)


# --- counting ---


def test_a_worker_counts_once_however_often_it_is_told(counted):
    commissioner, made = counted
    message = OutboxMessage.objects.get()
    run_message(message.pk)
    OutboxMessage.objects.update(done_at=None, dispatched_at=timezone.now())
    run_message(message.pk)  # as if the worker had died after its commit: the figures are there already
    message.refresh_from_db()
    with acting_as(commissioner):
        assert Figure.objects.filter(made_return=made, breakdown="").count() == len(KINDS["quarterly"].keys)
        assert list(Event.objects.filter(verb="return_counted").values_list("data", flat=True)) == [
            {"figures": made.figures.count()}
        ]
    assert message.failed_at  # and somebody is told that it was odd


def test_progress_is_seen_while_it_is_counted(world, monkeypatch):
    from reporting import tasks

    commissioner = Cast().commissioner
    made = ask(commissioner)
    browser, seen = signed_in_client(commissioner), []
    count = tasks.count_return

    def watched(kind, period, progress):
        def spy(place, measure):
            progress(place, measure)
            if measure.key == "marac_referrals":
                seen.append(in_another_session(lambda: page_of(browser, made)))

        return count(kind, period, spy)

    monkeypatch.setattr(tasks, "count_return", watched)
    run_all()
    place, every = KEYS.index("marac_referrals"), len(KEYS)
    assert f"Counting: Referrals to MARAC, {100 * place // every}% ({place} of {every})" in seen[0]


def page_of(browser, made):
    return browser.get(f"/returns/{made.pk}/").content.decode()


def in_another_session(function):
    """What `function` gives with database connections of its own."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    def run():
        try:
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_who_may_no_longer_ask_gets_no_figures(world):
    commissioner = Cast().commissioner
    made = ask(commissioner)
    type(commissioner).objects.filter(pk=commissioner.pk).update(role="referrer")
    try:
        run_all()
    finally:
        type(commissioner).objects.filter(pk=commissioner.pk).update(role="commissioner")
    made = reread(made, commissioner)
    assert (made.job.state, made.counted_at) == (JobState.FAILED, None)
    assert "could not be counted" in made.job.error
    page = signed_in_client(commissioner).get(f"/returns/{made.pk}/").content.decode()
    assert "Did not finish" in page
    assert "Ask for the return again" in page


def test_without_the_login_of_figures_the_page_says_so(world, monkeypatch):
    from django.db import connections
    from django.utils.connection import ConnectionDoesNotExist

    commissioner = Cast().commissioner
    made = ask(commissioner)
    whole = type(connections).__getitem__

    def without_figures(self, alias):
        if alias == "figures":
            raise ConnectionDoesNotExist
        return whole(self, alias)

    monkeypatch.setattr(type(connections), "__getitem__", without_figures)
    run_all()
    with pytest.raises(CommandError, match="DATABASE_FIGURES_URL"):
        call_command("make_return", "quarterly", period="2026-Q1", format="csv", output="-")
    monkeypatch.undo()
    assert "DATABASE_FIGURES_URL is not set" in reread(made, commissioner).job.error


@pytest.mark.slow
def test_a_worker_killed_in_mid_return_leaves_one_set_of_figures(world, start, relay, broker):  # noqa: F811
    from django.db import connections

    commissioner = Cast().commissioner
    fill(world)
    made = ask(commissioner)
    relay.turn()
    with connections["owner"].cursor() as cursor:
        # The count stops at the placements until this transaction ends.
        cursor.execute("BEGIN; LOCK TABLE refuge_placement IN ACCESS EXCLUSIVE MODE")
        worker = start("worker")
        wait_for(lambda: reread(made, commissioner).job.progress == KEYS.index("placements_started"))
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        broker.flushdb()
        cursor.execute("ROLLBACK")
    assert rows_of(made, commissioner) == []
    wait_for(lambda: redispatch_unfinished() == 1, seconds=5)
    relay.turn()
    start("worker")
    wait_for(lambda: reread(made, commissioner).counted_at)
    rows = rows_of(made, commissioner)
    assert len(rows) == len({(row.measure, row.breakdown) for row in rows})
    assert [row.value for row in rows if (row.measure, row.breakdown) == ("referrals_received", "")] == [13]
    assert reread(made, commissioner).job.state == JobState.DONE

"""The health check, the progress page and the command that lists what was not done."""

import socket
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from dacase.jobs.models import Job
from dacase.jobs.services import begin_job, enqueue, fail_job, finish_job, report_progress, start_job
from dacase.jobs.services.outbox import fail_message
from dacase.walls.context import acting_as
from tests.cast import Cast


def make_job(actor):
    with acting_as(actor):
        return start_job("return", result_path="/returns/", actor=actor)


# --- health ---


def test_healthy(db):
    response = Client().get("/health/")
    assert (response.status_code, response.content) == (200, b"ok")
    assert response["Cache-Control"] == "no-store, private"


def test_health_of_a_host_that_is_not_ours(db):
    assert Client(HTTP_HOST="10.0.0.7").get("/health/").status_code == 200


def test_without_a_broker_not_ready(db, settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    response = Client().get("/health/")
    assert (response.status_code, response.content) == (503, b"not ready")


@pytest.mark.usefixtures("committed")
def test_without_a_database_not_ready_and_ready_again_after():
    connection = connections["default"]
    connection.close()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    former = dict(connection.settings_dict)
    try:
        connection.settings_dict.update(HOST="127.0.0.1", PORT=port)
        response = Client().get("/health/")
        assert (response.status_code, response.content) == (503, b"not ready")
    finally:
        connection.close()
        connection.settings_dict.update(former)
    assert Client().get("/health/").status_code == 200


def test_health_takes_no_other_method(db):
    assert Client().post("/health/").status_code == 405


# --- the job page ---


def test_progress_from_waiting_to_done(cast, sign_in):
    job = make_job(cast.commissioner)
    browser = sign_in(cast.commissioner)
    url = f"/jobs/{job.pk}/"

    def page():
        return browser.get(url).content.decode()

    assert "Waiting to start" in page()
    with acting_as(cast.commissioner):
        begin_job(job, total=4)
        report_progress(job, done=1, doing="Counting placements")
    assert "Counting placements, 25% (1 of 4)" in page()
    assert f'hx-get="{url}"' in page()
    with acting_as(cast.commissioner):
        finish_job(job, doing="Counted 4 measures")
    assert "Counted 4 measures" in page()
    assert 'href="/returns/"' in page()
    assert "hx-get" not in page().partition('id="progress"')[2].partition(">")[0]


def test_the_page_says_why_a_job_did_not_finish(cast, sign_in):
    job = make_job(cast.commissioner)
    with acting_as(cast.commissioner):
        fail_job(job, error="The period has not begun yet.")
    assert (
        "The period has not begun yet." in sign_in(cast.commissioner).get(f"/jobs/{job.pk}/").content.decode()
    )


def test_htmx_gets_the_progress_and_nothing_else(cast, sign_in):
    job = make_job(cast.commissioner)
    headers = {"HX-Request": "true", "HX-Target": "progress"}
    content = sign_in(cast.commissioner).get(f"/jobs/{job.pk}/", headers=headers).content.decode()
    assert 'id="progress"' in content
    assert "<html" not in content


def test_another_agencys_job_is_as_if_it_were_not(cast, sign_in):
    job = make_job(cast.commissioner)
    browser = sign_in(cast.idva)
    theirs, absent = (
        browser.get(f"/jobs/{job.pk}/"),
        browser.get("/jobs/00000000-0000-4000-8000-000000000000/"),
    )
    assert theirs.status_code == absent.status_code == 404


@pytest.mark.usefixtures("committed")
def test_only_the_own_agencys_jobs_are_visible():
    cast = Cast()
    own, other = make_job(cast.idva), make_job(cast.police_officer)
    # As the owner, whom the walls let through: what is left is the query's own filter.
    everything = Job.objects.using("owner")
    assert set(everything) == {own, other}
    assert set(everything.visible_to(cast.idva)) == {own}
    with acting_as(cast.idva):
        assert set(Job.objects.all()) == {own}
    with acting_as(cast.police_officer):
        assert set(Job.objects.all()) == {other}
    assert not Job.objects.exists()


def test_progress_of_a_finished_job_cannot_move_and_failure_cannot_undo_it(cast):
    job = make_job(cast.idva)
    with acting_as(cast.idva):
        begin_job(job, total=2)
        finish_job(job, doing="Done")
        report_progress(job, done=1, doing="Late")
        fail_job(job, error="Late")
        job.refresh_from_db()
    assert (job.state, job.progress, job.doing, job.error) == ("done", 2, "Done", "")
    assert job.is_finished


# --- manage.py outbox ---


def test_nothing_to_say(db, capsys):
    call_command("outbox", "--check")
    assert "Nothing has failed and nothing is stuck." in capsys.readouterr().out


def test_dead_letters_and_stuck_messages_are_listed(db, capsys):
    failed = enqueue("tests.x", actor=None)
    fail_message(failed.pk, reason="KeyError at x.py:1")
    stuck = enqueue("tests.y", actor=None, due_at=timezone.now() - timedelta(minutes=6))
    call_command("outbox")
    out = capsys.readouterr().out
    assert f"{failed.pk}  tests.x, begun 0 times. KeyError at x.py:1" in out
    assert f"{stuck.pk}  tests.y" in out
    with pytest.raises(CommandError, match="1 unfinished for more than 5 minutes and 1 failed"):
        call_command("outbox", "--check")


def test_a_dead_letter_is_tried_again_on_demand(db, capsys):
    failed = enqueue("tests.x", actor=None)
    with pytest.raises(CommandError, match="No failed message"):
        call_command("outbox", "--retry", str(failed.pk))
    fail_message(failed.pk, reason="x")
    call_command("outbox", "--retry", str(failed.pk))
    failed.refresh_from_db()
    assert failed.failed_at is None

"""The pages of tasks: on the case, on one's day, on the managers' page."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.panels import draw
from dacase.walls.context import acting_as
from referrals.casework import task_panels
from referrals.casework.models import Task
from referrals.casework.services import task as services
from referrals.casework.services.cover import set_cover
from tests.casework.episodes import begun
from tests.casework.todo import added, what

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def address(name, thing):
    return reverse(f"casework:{name}", args=[thing.pk])


def answers(worker, **changes):
    day = {f"due_on_{part}": getattr(TODAY, part) for part in ("day", "month", "year")}
    return day | {"title": "Ring the surgery", "worker": worker.pk, "submission": uuid.uuid4()} | changes


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        text_of(client.get(url))
    return len(captured)


def test_a_task_is_added_done_and_put_back_on_its_pages(cast, case, sign_in):
    client, page = sign_in(cast.idva), address("tasks", case)
    assert "Nothing is left to do" in text_of(client.get(page))
    episode = begun(case, cast.idva_manager, cast.idva)
    sent = answers(cast.idva, episode=episode.pk, due_time="9:30am")
    for _ in range(2):
        assert client.post(address("task_create", case), sent).status_code == 302
    with acting_as(cast.idva):
        task = Task.objects.get()
    found = text_of(client.get(page))
    assert found.count("Ring the surgery") == 1
    detail = text_of(client.get(address("task", task)))
    assert "<title>Task – Case" in detail
    assert "Put it back" not in detail
    found = text_of(client.post(address("task_done", task), follow=True))
    assert "Put it back" in found
    assert "Done or dropped" in text_of(client.get(page))
    assert "It is done" in text_of(client.post(address("task_put_back", task), follow=True))


def test_bad_input_stands_beside_its_field_and_what_was_typed_stays(cast, case, sign_in):
    client, url = sign_in(cast.idva), address("task_create", case)
    page = text_of(client.post(url, {"detail": "Typed words"}))
    for words in (
        "Answer “What is to be done?”",
        "Answer “Who does it?”",
        "Typed words",
        "There is a problem",
    ):
        assert words in page
    page = text_of(client.post(url, answers(cast.idva, due_time="at noon")))
    assert "like 9:30am or 14:30" in page
    page = text_of(client.post(url, answers(cast.idva, due_on_year=2020)))
    assert "today or in the future" in page
    page = text_of(client.post(url, answers(cast.outsider)))
    assert "Who does it" in page
    page = text_of(client.post(url, answers(cast.idva, title="null\x00byte")))
    assert "There is a problem" in page
    with acting_as(cast.idva):
        assert not Task.objects.exists()


def test_a_stale_form_shows_both_and_then_saves(cast, case, hazel, sign_in):
    task = added(case, cast.idva)
    with acting_as(hazel):
        services.change_task(task.pk, what=what(title="Their words"), version=1, actor=hazel)
    client, url = sign_in(cast.idva), address("task_change", task)
    page = text_of(client.post(url, answers(cast.idva, title="My words", version=1)))
    assert "Their words" in page
    assert "My words" in page
    assert client.post(url, answers(cast.idva, title="My words", version=2)).status_code == 302
    assert "My words" in text_of(client.get(address("task", task)))


def test_it_is_dropped_with_a_reason_and_given_to_a_colleague(cast, case, hazel, sign_in):
    task, client = added(case, cast.idva), sign_in(cast.idva)
    assert hazel.user.name in text_of(client.get(address("task_give", task)))
    assert client.post(address("task_give", task), {"worker": hazel.pk, "version": 1}).status_code == 302
    assert "Give it to a colleague" not in text_of(client.get(address("task", task)))
    page = text_of(client.post(address("task_drop", task), {"reason": ""}))
    assert "There is a problem" in page
    assert client.post(address("task_drop", task), {"reason": "Not wanted"}).status_code == 302
    assert "Not wanted" in text_of(client.get(address("task", task)))
    page = text_of(client.post(address("task_done", task), follow=True))
    assert "Put it back first" in page


def test_who_holds_the_case_elsewhere_sees_no_task(cast, case, sign_in):
    task, client = added(case, cast.idva, title="Ring the surgery"), sign_in(cast.social_worker)
    assert "surgery" not in text_of(client.get(address("tasks", case)))
    assert "surgery" not in text_of(client.get(reverse("cases:detail", args=[case.pk])))
    assert client.get(address("task", task)).status_code == 404


def test_it_stands_on_the_day_of_its_worker_and_of_who_covers_her(cast, case, hazel, sign_in):
    added(case, cast.idva, title="Ring the surgery", due_on=TODAY)
    day = reverse("casework:my_day")
    assert "Ring the surgery" in text_of(sign_in(cast.idva).get(day))
    client = sign_in(hazel)
    assert "Ring the surgery" not in text_of(client.get(day))
    with acting_as(cast.idva):
        set_cover(cast.idva, colleague=hazel, from_on=TODAY, until_on=TODAY, reason="leave", actor=cast.idva)
    page = text_of(client.get(day))
    assert "Ring the surgery" in page
    assert f"for {cast.idva.user.name}" in page


def test_what_nobody_holds_stands_on_the_managers_page(cast, case, hazel, sign_in):
    added(case, hazel, title="Ring the surgery")
    client, team = sign_in(cast.idva_manager), reverse("casework:team")
    assert "Tasks that nobody holds" not in text_of(client.get(team))
    Membership.objects.filter(pk=hazel.pk).update(ended_at=timezone.now())
    page = text_of(client.get(team))
    assert "Tasks that nobody holds" in page
    assert f"Was with {hazel.user.name}" in page


def test_lists_take_the_same_queries_for_one_task_and_for_three(cast, case, sign_in):
    client, counts = sign_in(cast.idva), []
    pages = [address("tasks", case), reverse("casework:my_day"), reverse("cases:detail", args=[case.pk])]
    for number in range(3):
        added(case, cast.idva, due_on=TODAY)
        with acting_as(cast.idva):
            services.finish_task(added(case, cast.idva).pk, actor=cast.idva)
        if number != 1:
            counts.append([queries(client, page) for page in pages])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 16  # four of them are the test's own


def test_the_panel_shows_the_agencys_tasks_and_puts_ones_own_first(
    cast, case, hazel, django_assert_num_queries
):
    mine = added(case, cast.idva, title="Mine", due_on=TODAY)
    added(case, hazel, title="Hers", due_on=TODAY)
    with acting_as(cast.idva), django_assert_num_queries(1):
        panel = draw(task_panels.tasks_of_case, case, cast.idva)
    assert len(panel.context["table"].rows) == 2
    assert [(one.text, one.url, one.due_at) for one in panel.next_actions] == [
        ("Mine", address("task", mine), mine.due_at)
    ]
    with acting_as(cast.programme_worker):
        assert draw(task_panels.tasks_of_case, case, cast.programme_worker) is None


def test_what_is_typed_is_kept_as_a_draft(cast, case, sign_in):
    client, new = sign_in(cast.idva), address("task_create", case)
    client.post(f"{reverse('cases:draft_save')}?for={new}", {"detail": "Half a sentence"})
    assert "Half a sentence" in text_of(client.get(new))


def test_a_reminder_after_the_day_itself_is_refused(cast, case, sign_in):
    later = TODAY + timedelta(days=2)
    remind = {f"remind_on_{part}": getattr(later, part) for part in ("day", "month", "year")}
    page = text_of(sign_in(cast.idva).post(address("task_create", case), answers(cast.idva, **remind)))
    assert "must not be after the day on which it is due" in page

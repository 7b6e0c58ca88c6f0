"""The e-mail of a task: once at most for a day, to who can do it, and with nothing of the case."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.services.exclusion import bar_from_case
from dacase.jobs.models import OutboxMessage
from dacase.jobs.tasks_base import run_message
from dacase.walls.context import acting_as
from referrals.casework.models import Task, TaskReminder
from referrals.casework.services import task as services
from referrals.casework.services.cover import set_cover
from referrals.casework.services.task_reminder import claim_reminder, remind_of_tasks
from tests.casework.todo import added, what
from tests.factories import make_case

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


class Refusing(BaseEmailBackend):
    def send_messages(self, messages):
        raise SMTPRecipientsRefused({})


class Breaking(BaseEmailBackend):
    def send_messages(self, messages):
        raise SMTPServerDisconnected


@pytest.fixture(autouse=True)
def _post_box(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def case(cast):
    return make_case(cast.idva, victim="Secretname")


@pytest.fixture
def task(cast, case):
    return added(case, cast.idva, title="Ring the surgery", due_on=TODAY + timedelta(days=1), remind_on=TODAY)


def clock(**changes):
    """The clock, which acts for nobody, and then the worker takes what was put on its way."""
    with acting_as(None):
        count = remind_of_tasks(**changes)
    for message in OutboxMessage.objects.unfinished().filter(task="casework.send_reminder"):
        run_message(message.pk)
    return count


def sent():
    return [(message.to, message.subject) for message in mail.outbox]


def test_one_email_goes_with_a_link_and_nothing_of_the_case(cast, case, task):
    assert clock() == 1
    (message,) = mail.outbox
    assert message.to == [cast.idva.user.email]
    assert f"/tasks/{task.pk}/" in message.body
    for secret in ("Secretname", "surgery", case.reference, "abuse", "violence"):
        assert secret not in message.body + message.subject


def test_it_goes_once_however_often_the_clock_and_the_workers_run(cast, task):
    clock()
    clock()
    message = OutboxMessage.objects.get(task="casework.send_reminder")
    OutboxMessage.objects.update(done_at=None, dispatched_at=None, begun_at=None)
    run_message(message.pk)
    assert len(mail.outbox) == 1


def test_a_worker_that_died_while_sending_sends_no_second_one(cast, task):
    """The claim is committed before the e-mail leaves; what came of it nobody can know."""
    with acting_as(cast.idva):
        assert claim_reminder(task.pk, day=TODAY, actor=cast.idva)
        assert claim_reminder(task.pk, day=TODAY, actor=cast.idva) is None
    assert clock() == 0
    with acting_as(None):
        assert not mail.outbox


def test_what_the_server_certainly_refused_is_tried_again_and_what_broke_off_is_not(cast, task, settings):
    path = f"{__name__}.Refusing"
    settings.EMAIL_BACKEND = path
    clock()
    message = OutboxMessage.objects.get(task="casework.send_reminder")
    assert message.failed_at is None
    settings.EMAIL_BACKEND = f"{__name__}.Breaking"
    run_message(message.pk)
    with acting_as(cast.idva):
        assert TaskReminder.objects.get().state == "sending"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    OutboxMessage.objects.update(failed_at=None)
    run_message(message.pk)
    assert mail.outbox == []


def test_after_a_refusal_it_arrives_once(cast, task, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    clock()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    clock()
    clock()
    assert len(mail.outbox) == 1


def test_a_task_that_ended_or_moved_meanwhile_sends_none(cast, case, task):
    with acting_as(None):
        remind_of_tasks()
    with acting_as(cast.idva):
        services.finish_task(task.pk, actor=cast.idva)
    clock()
    assert mail.outbox == []
    with acting_as(cast.idva):
        services.put_back_task(task.pk, actor=cast.idva)
        later = what(due_on=TODAY + timedelta(days=9))
        services.change_task(task.pk, what=later, version=3, actor=cast.idva)
    clock()
    assert mail.outbox == []
    assert clock(on=TODAY + timedelta(days=7)) == 0
    assert clock(on=TODAY + timedelta(days=8)) == 1


def test_a_day_to_come_sends_none_and_a_day_missed_is_caught_up(cast, case):
    added(case, cast.idva, due_on=TODAY + timedelta(days=5), remind_on=TODAY + timedelta(days=3))
    assert clock() == 0
    assert clock(on=TODAY + timedelta(days=4)) == 1
    assert len(mail.outbox) == 1


def test_who_stands_in_gets_it_in_the_workers_place(cast, task, hazel):
    with acting_as(cast.idva):
        set_cover(cast.idva, colleague=hazel, from_on=TODAY, until_on=TODAY, reason="leave", actor=cast.idva)
    clock()
    assert [to for to, _ in sent()] == [[hazel.user.email]]


def test_who_stands_in_and_is_barred_is_told_of_nothing(cast, case, task):
    barred = cast.barred_colleague
    with acting_as(cast.idva):
        set_cover(cast.idva, colleague=barred, from_on=TODAY, until_on=TODAY, reason="leave", actor=cast.idva)
    with acting_as(cast.idva_manager):
        bar_from_case(case, group=barred.user.group, reason="Invented", actor=cast.idva_manager)
    clock()
    assert [to for to, _ in sent()] == [[cast.idva.user.email]]


def test_whose_work_has_ended_gets_none_until_a_colleague_has_it(cast, task, hazel):
    Membership.objects.filter(pk=cast.idva.pk).update(ended_at=timezone.now())
    assert clock() == 0
    with acting_as(cast.idva_manager):
        services.give_task(task.pk, worker=hazel, version=1, actor=cast.idva_manager)
    assert clock() == 1
    assert [to for to, _ in sent()] == [[hazel.user.email]]


def test_given_away_between_the_clock_and_the_worker_it_goes_to_who_has_it(cast, task, hazel):
    with acting_as(None):
        remind_of_tasks()
    with acting_as(cast.idva):
        services.give_task(task.pk, worker=hazel, version=1, actor=cast.idva)
    clock()
    assert [to for to, _ in sent()] == [[hazel.user.email]]


def test_the_clock_sees_no_task(cast, task):
    with acting_as(None):
        assert not Task.objects.exists()
        assert not TaskReminder.objects.exists()

"""E-mail: one recipient, neutral, at least once and known as one."""

from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from dacase.jobs.models import OutboxMessage
from dacase.jobs.services import queue_mail
from dacase.jobs.tasks_base import run_message


@pytest.fixture
def templates(settings, tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "greeting.subject.txt").write_text("Your account\nis ready\n")
    (folder / "greeting.txt").write_text("Go to {{ base_url }}{{ path }}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    settings.BASE_URL = "https://example.org"


@pytest.mark.usefixtures("templates")
def test_a_mail_is_sent_to_one_person(cast):
    message = queue_mail(to="a@example.org", template="greeting", context={"path": "/x/"}, actor=cast.idva)
    assert mail.outbox == []
    run_message(message.pk)
    run_message(message.pk)
    (sent,) = mail.outbox
    assert (sent.to, sent.cc, sent.bcc) == (["a@example.org"], [], [])
    assert sent.subject == "Your account is ready"
    assert sent.body == "Go to https://example.org/x/"
    assert sent.extra_headers["Message-ID"].endswith("@example.org>")


@pytest.mark.usefixtures("templates")
def test_a_second_delivery_has_the_same_number(cast, monkeypatch):
    """Sent, and then the worker died before it could say so."""
    message = queue_mail(to="a@example.org", template="greeting", actor=None)
    run_message(message.pk)
    OutboxMessage.objects.update(done_at=None)
    run_message(message.pk)
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


@pytest.mark.usefixtures("templates")
def test_a_mail_server_that_is_away_is_tried_again(cast, settings):
    settings.EMAIL_BACKEND = "tests.jobs.test_mail.Away"
    message = queue_mail(to="a@example.org", template="greeting", actor=None)
    run_message(message.pk)
    message.refresh_from_db()
    assert message.failed_at is None
    assert message.error.startswith("SMTPServerDisconnected")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    run_message(message.pk)
    assert len(mail.outbox) == 1


class Away:
    """A mail server that hangs up."""

    def __init__(self, **options):
        pass

    def send_messages(self, messages):
        raise SMTPServerDisconnected


def test_the_same_key_is_one_mail(cast):
    for _ in range(2):
        queue_mail(to="a@example.org", template="greeting", key="invitation-1", actor=cast.idva)
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    "to",
    [
        "a@example.org,b@example.org",
        "a@example.org;b@example.org",
        "A <a@example.org>",
        "nobody",
        "",
        "a@x\nb@y",
    ],
)
def test_anything_but_one_address_is_refused(cast, to):
    with pytest.raises(ValidationError):
        queue_mail(to=to, template="greeting", actor=cast.idva)
    assert not OutboxMessage.objects.exists()


def test_words_that_a_person_wrote_are_refused(cast):
    with pytest.raises(ValueError):
        queue_mail(to="a@example.org", template="greeting", context={"note": "He came back"}, actor=cast.idva)

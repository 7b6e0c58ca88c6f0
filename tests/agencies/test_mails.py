"""What our e-mails say: enough for whom they are, and nothing for whoever reads over her shoulder."""

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from dacase.agencies.services import invitation as services
from dacase.agencies.templatetags.mail_links import CHANGES, password_reset_link
from dacase.jobs.tasks import send_mail
from dacase.walls.context import acting_as

FORBIDDEN = (
    "abuse",
    "domestic",
    "victim",
    "survivor",
    "marac",
    "refuge",
    "idva",
    "case",
    "police",
    "brightwater",
)


def sent(template, **context):
    """The e-mail that the worker makes of a queued one."""
    import inspect

    function = getattr(send_mail, "__wrapped__", send_mail)
    values = {f"with_{name}": value for name, value in context.items()}
    known = inspect.signature(function).parameters
    extra = {name: "0" for name in ("mail_id", "message_id") if name in known}
    function(to="nora.new@example.org", template=template, actor=None, **extra, **values)
    return mail.outbox[-1]


@pytest.fixture
def row(cast):
    with acting_as(cast.administrator):
        return services.invite_colleague(
            name="Nora New", email="nora.new@example.org", role="idva", actor=cast.administrator
        )


def test_the_invitation_leads_to_its_page(row):
    message = sent("invitation", invitation=str(row.pk))
    assert message.subject == "Your invitation"
    assert message.to == ["nora.new@example.org"]
    address = next(line for line in message.body.splitlines() if line.startswith("http"))
    assert address == f"{settings.BASE_URL}/invitation/{services.token_of(row)}/"
    assert Client().get(address.removeprefix(settings.BASE_URL)).status_code == 200


def test_the_link_for_a_forgotten_password_leads_to_its_page(cast):
    message = sent("password_reset", user=cast.idva.user_id)
    address = next(line for line in message.body.splitlines() if line.startswith("http"))
    assert address.startswith(f"{settings.BASE_URL}/accounts/password/reset/key/")
    assert Client().get(address.removeprefix(settings.BASE_URL)).status_code == 302
    assert password_reset_link(cast.idva.user_id)


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_is_told_in_words(db, what):
    assert CHANGES[what] in sent("account_changed", what=what).body


def test_no_e_mail_names_the_subject_an_agency_or_a_role(row, cast):
    messages = [
        sent("invitation", invitation=str(row.pk)),
        sent("password_reset", user=cast.idva.user_id),
        *(sent("account_changed", what=what) for what in CHANGES),
    ]
    for message in messages:
        body = " ".join(line for line in message.body.splitlines() if not line.startswith("http"))
        said = f"{message.subject} {body} {message.from_email}".lower()
        assert [word for word in FORBIDDEN if word in said] == []
        assert "&" not in body

"""Letters and e-mails: once at most, to one person, with nothing of the case, and never against the plan."""

import uuid
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail.backends.base import BaseEmailBackend

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event, Read
from dacase.cases.models import Case, Location, Party
from dacase.cases.services.case import add_location
from dacase.cases.services.exclusion import bar_from_case
from dacase.cases.services.location import end_location
from dacase.cases.services.person import PLAN_FIELDS, save_safe_contact_plan
from dacase.cases.services.safe_contact import ContactRefusedError
from dacase.jobs.models import OutboxMessage
from dacase.jobs.tasks_base import run_message
from dacase.walls.context import acting_as
from referrals.casework.models import Letter
from referrals.casework.rules.letter import FILLED, VICTIM, letter_templates
from referrals.casework.rules.tables import rows
from referrals.casework.selectors.letter import colleagues_with_the_file
from referrals.casework.services import letter as services
from tests.factories import make_case, share

pytestmark = pytest.mark.django_db
EMAIL, HOME = "vera.testcase@example.org", "4 Invented Street, Northmoor"


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
    """A case whose victim-survivor may be written to, by e-mail and by post."""
    case = make_case(cast.idva)
    with acting_as(cast.idva):
        victim = Party.objects.get(case=case, role="victim")
        add_location(victim, kind="email", value=EMAIL, actor=cast.idva)
        add_location(victim, kind="address", value=HOME, actor=cast.idva)
    plan(case, cast.idva, safe_to_write=True)
    return case


def plan(case, actor, version=0, **answers):
    texts = dict.fromkeys(("safe_times", "who_else_sees", "code_word"), "")
    values = dict.fromkeys(PLAN_FIELDS, False) | texts | answers
    with acting_as(actor):
        victim = Party.objects.get(case=case, role="victim")
        return save_safe_contact_plan(victim, version=version, actor=actor, **values)


def write(case, actor, **changes):
    values = {"template": "please_call", "way": "email", "submission": uuid.uuid4()} | changes
    with acting_as(actor):
        return services.write_letter(case.pk, actor=actor, **values)


def send(letter, actor):
    with acting_as(actor):
        return services.send_letter(letter.pk, actor=actor)


def run(letter):
    message = OutboxMessage.objects.get(key=f"letter:{letter.pk}")
    run_message(message.pk)
    return message


def state(letter, actor):
    with acting_as(actor):
        return Letter.objects.get(pk=letter.pk).state


def test_a_template_is_filled_with_nothing_that_a_person_wrote():
    for row in rows("letter_templates"):
        template = letter_templates()[row["template"]]
        filled = template.text(**dict.fromkeys(FILLED[template.recipient], "X"))
        assert "{" not in filled
        words = f"{template.subject} {filled}".lower()
        for told in ("abuse", "domestic", "violence", "victim", "idva", "refuge", "case", "marac", "police"):
            assert told not in words, f"{template.code} tells what it is about: {told}"


def test_an_email_goes_once_to_one_person_and_says_nothing(cast, case):
    letter = write(case, cast.idva)
    assert mail.outbox == []
    send(letter, cast.idva)
    send(letter, cast.idva)
    message = run(letter)
    run_message(message.pk)
    (sent,) = mail.outbox
    assert (sent.to, sent.cc, sent.bcc) == ([EMAIL], [], [])
    assert sent.subject == "Hello"
    for told in ("Testcase", "Vera", case.reference, "Brightwater", "Fictional"):
        assert told not in sent.body
    assert "Ida" in sent.body
    assert state(letter, cast.idva) == "sent"
    with acting_as(cast.idva):
        assert Event.objects.filter(verb="letter_sent").count() == 1
        assert Read.objects.filter(page="cases:locations_read", purpose="contact").exists()


def test_a_worker_that_dies_while_sending_leaves_a_doubt_and_no_second_email(cast, case):
    letter = write(case, cast.idva)
    send(letter, cast.idva)
    with acting_as(cast.idva):
        assert services.begin_sending(letter.pk, actor=cast.idva) is not None  # and dies here
    run(letter)
    assert mail.outbox == []
    assert state(letter, cast.idva) == "in_doubt"
    with acting_as(cast.idva):
        services.settle_letter(letter.pk, was_sent=True, actor=cast.idva)
        services.settle_letter(letter.pk, was_sent=False, actor=cast.idva)
    assert state(letter, cast.idva) == "sent"


@pytest.mark.parametrize(("backend", "expected"), [("Refusing", "refused"), ("Breaking", "in_doubt")])
def test_what_the_mail_server_did_not_take_is_told_apart_from_a_doubt(
    cast, case, settings, backend, expected
):
    settings.EMAIL_BACKEND = f"{__name__}.{backend}"
    letter = write(case, cast.idva)
    send(letter, cast.idva)
    run(letter)
    assert state(letter, cast.idva) == expected


def test_no_plan_no_letter(cast):
    case = make_case(cast.idva)
    with pytest.raises(ContactRefusedError):
        write(case, cast.idva)


def test_a_plan_that_changed_since_stops_what_is_on_its_way(cast, case):
    letter = write(case, cast.idva)
    send(letter, cast.idva)
    plan(case, cast.idva, version=1)
    run(letter)
    assert mail.outbox == []
    assert state(letter, cast.idva) == "refused"
    with pytest.raises(ContactRefusedError):
        write(case, cast.idva)


def test_a_letter_goes_to_the_one_current_place(cast, case):
    letter = write(case, cast.idva, way="letter")
    with acting_as(cast.idva):
        assert services.place_for(letter, actor=cast.idva).value == HOME
        victim = Party.objects.get(case=case, role="victim")
        add_location(victim, kind="address", value="9 Invented Close", actor=cast.idva)
        with pytest.raises(ContactRefusedError):
            services.print_letter(letter.pk, actor=cast.idva)
        end_location(Location.objects.get(value=HOME), actor=cast.idva)
        assert services.place_for(letter, actor=cast.idva).value == "9 Invented Close"
        assert services.print_letter(letter.pk, actor=cast.idva).state == "printed"
        end_location(Location.objects.get(value="9 Invented Close"), actor=cast.idva)
        with pytest.raises(ContactRefusedError):
            services.place_for(letter, actor=cast.idva)


def test_a_place_that_is_the_perpetrators_too_is_never_written_to(cast, case):
    with acting_as(cast.idva):
        perpetrator = Party.objects.get(case=case, role="perpetrator")
        add_location(perpetrator, kind="address", value="4 invented street NORTHMOOR", actor=cast.idva)
        letter = services.write_letter(
            case.pk, template="please_call", way="letter", submission=uuid.uuid4(), actor=cast.idva
        )
        with pytest.raises(ContactRefusedError):
            services.print_letter(letter.pk, actor=cast.idva)


def test_a_colleague_gets_a_link_and_no_more(cast, case):
    share(case, cast.social_worker.agency, actor=cast.idva)
    letter = write(case, cast.idva, template="please_look", colleague=cast.social_worker.pk)
    send(letter, cast.idva)
    send(letter, cast.idva)
    run(letter)
    (sent,) = mail.outbox
    assert sent.to == [cast.social_worker.user.email]
    assert f"/cases/{case.pk}/" in sent.body
    assert case.reference not in sent.body
    assert "Testcase" not in sent.body


def test_only_who_holds_the_file_and_is_not_barred_is_a_colleague(cast, case):
    share(case, cast.social_worker.agency, actor=cast.idva)
    with acting_as(cast.idva):
        found = set(colleagues_with_the_file(case, cast.idva))
        assert cast.social_worker in found
        assert cast.idva_manager in found
        assert not {cast.idva, cast.auditor, cast.outsider, cast.police_officer, cast.refuge_worker} & found
    with acting_as(cast.idva_manager):
        bar_from_case(case, group=cast.social_worker.user.group, reason="Invented", actor=cast.idva_manager)
    with acting_as(cast.idva):
        assert cast.social_worker not in set(colleagues_with_the_file(case, cast.idva))
    for nobody in (cast.social_worker, cast.outsider):
        with pytest.raises(ValidationError):
            write(case, cast.idva, template="please_look", colleague=nobody.pk)


def test_who_may_not_write_and_who_may_not_see_are_refused(cast, case):
    share(case, cast.refuge_worker.agency, actor=cast.idva)
    with pytest.raises(NotAllowed):
        write(case, cast.refuge_worker)
    with pytest.raises(Case.DoesNotExist):
        write(case, cast.outsider)
    share(case, cast.social_worker.agency, actor=cast.idva)
    letter = write(case, cast.idva)
    with acting_as(cast.social_worker), pytest.raises(Letter.DoesNotExist):
        services.send_letter(letter.pk, actor=cast.social_worker)
    with pytest.raises(ValidationError):
        write(case, cast.idva, template="no such letter")


def test_the_same_page_sent_twice_writes_one(cast, case):
    submission = uuid.uuid4()
    assert write(case, cast.idva, submission=submission) == write(case, cast.idva, submission=submission)


def test_only_a_template_to_the_victim_survivor_goes_to_her(cast, case):
    assert {one.recipient for one in letter_templates().values()} == set(FILLED)
    assert write(case, cast.idva).party.role == VICTIM

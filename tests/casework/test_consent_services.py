"""Consent: each answer with what it needs, nothing ever changed, the newest of each person and purpose stands."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.choices import LawfulBasis
from dacase.cases.models import Case, Party
from dacase.cases.services.case import PersonDetails
from dacase.cases.services.person import add_person
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from referrals.casework.models import ConsentRecord
from referrals.casework.rules.consent import purpose_label, purposes, review_due_on
from referrals.casework.rules.tables import rows
from referrals.casework.selectors.consent import consents_due, consents_of, earlier_consents
from referrals.casework.services import consent as services
from tests.casework.consents import party, record, said, without
from tests.casework.episodes import begun
from tests.factories import share

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def follow(service, before, actor, what=None, **changes):
    with acting_as(actor):
        values = {
            "said": what or said(answer="refused"),
            "version": before.version,
            "submission": uuid.uuid4(),
        }
        return service(before.pk, actor=actor, **values | changes)


def standing(case, actor):
    with acting_as(actor):
        return {(one.purpose, one.party.role, one.answer) for one in consents_of(case, actor)}


@pytest.mark.parametrize("line", rows("consent_purposes"), ids=lambda line: line["purpose"])
def test_each_purpose_can_be_recorded_and_comes_up_again_by_its_line(cast, case, line):
    names = {"with_whom": "Northmoor Housing"} if line["names_agencies"] else {}
    made = record(case, cast.idva, said(**names), purpose=line["purpose"])
    assert made.review_on == timezone.localdate() + int(line["review_weeks"]) * WEEK
    assert (made.service_id == cast.idva.agency_id) is (line["by_service"] == "yes")
    assert line["label"] in made.label
    assert purpose_label(line["purpose"]) == line["label"]


def test_a_policy_table_holds_from_its_first_day_on():
    first = min(date.fromisoformat(line["from_date"]) for line in rows("consent_purposes"))
    assert purposes(first)
    assert not purposes(first - timedelta(days=1))


@pytest.mark.parametrize(
    ("answer", "goes_on", "until", "due"),
    [
        ("given", False, None, date(2026, 7, 2)),
        ("given", False, date(2026, 3, 1), date(2026, 3, 1)),
        ("not_asked", False, None, date(2026, 7, 2)),
        ("refused", False, None, None),
        ("withdrawn", False, None, None),
        ("refused", True, None, date(2026, 7, 2)),
    ],
)  # fmt: skip
def test_what_was_refused_and_stopped_does_not_come_up_again(answer, goes_on, until, due):
    purpose = purposes(date(2026, 1, 1))["gp"]
    assert review_due_on(purpose, answer, goes_on=goes_on, on=date(2026, 1, 1), until=until) == due


TOMORROW = timezone.localdate() + timedelta(days=1)
YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"answer": "maybe"}, "answer"),
        ({"way": ""}, "way"),
        ({"answer": "not_asked", "reason": " "}, "reason"),
        ({"answer": "not_safe"}, "reason"),
        ({"is_informed": False}, "why_not_informed"),
        ({"answered_on": TOMORROW}, "answered_on"),
        ({"until_on": YESTERDAY}, "until_on"),
        ({"review_on": YESTERDAY}, "review_on"),
        ({"until_on": TOMORROW, "review_on": TOMORROW + WEEK}, "review_on"),
        ({"goes_on": True, "lawful_basis": "public_task"}, "goes_on"),
    ],
)  # fmt: skip
def test_an_answer_without_what_it_needs_is_refused_at_its_field(cast, case, changes, field):
    with pytest.raises(ValidationError) as refused:
        record(case, cast.idva, said(**changes))
    assert field in refused.value.error_dict
    with acting_as(cast.idva):
        assert not ConsentRecord.objects.exists()


@pytest.mark.parametrize("field", ["lawful_basis", "necessity", "proportionality", "decided_by"])
def test_nothing_goes_on_without_consent_unless_all_four_are_said(cast, case, field):
    assert record(case, cast.idva, without(cast.idva), purpose="marac").goes_on
    with pytest.raises(ValidationError) as refused:
        record(case, cast.idva, without(cast.idva, **{field: None if field == "decided_by" else " "}))
    assert list(refused.value.error_dict) == [field]


def test_consent_is_no_basis_without_consent_and_a_stranger_decides_nothing(cast, case):
    for changes in ({"lawful_basis": LawfulBasis.CONSENT}, {"decided_by": cast.social_worker}):
        with pytest.raises(ValidationError):
            record(case, cast.idva, without(cast.idva, **changes))


def test_a_purpose_that_names_agencies_needs_their_names(cast, case):
    with pytest.raises(ValidationError) as refused:
        record(case, cast.idva, purpose="sharing")
    assert list(refused.value.error_dict) == ["with_whom"]


def test_the_newest_stands_and_what_was_before_stays(cast, case):
    first = record(case, cast.idva)
    record(case, cast.idva, role="child")
    record(case, cast.idva, purpose="marac")
    second = follow(services.change_consent, first, cast.social_worker)
    assert standing(case, cast.idva) == {
        ("gp", "victim", "refused"), ("gp", "child", "given"), ("marac", "victim", "given"),
    }  # fmt: skip
    with acting_as(cast.idva):
        assert [one.pk for one in earlier_consents(case, cast.idva)] == [first.pk]
        assert (second.version, second.agency) == (2, cast.social_worker.agency)


def test_each_service_asks_for_its_own_support(cast, case):
    record(case, cast.idva, purpose="support")
    record(case, cast.social_worker, said(answer="refused"), purpose="support")
    assert standing(case, cast.idva) == {("support", "victim", "given"), ("support", "victim", "refused")}
    record(case, cast.idva, purpose="gp")
    with pytest.raises(ValidationError):
        record(case, cast.social_worker, purpose="gp")


def test_withdrawing_is_an_act_of_its_own_with_its_day(cast, case):
    given = record(
        case,
        cast.idva,
        said(answered_on=timezone.localdate() - WEEK, with_whom="Northmoor Housing"),
        purpose="sharing",
    )
    with pytest.raises(ValidationError):
        follow(services.change_consent, given, cast.idva, said(answer="withdrawn"))
    with pytest.raises(ValidationError):
        follow(services.withdraw_consent, given, cast.idva, said(answered_on=timezone.localdate() - 2 * WEEK))
    withdrawn = follow(services.withdraw_consent, given, cast.social_worker, said(answered_on=YESTERDAY))
    assert (withdrawn.answer, withdrawn.answered_on) == ("withdrawn", YESTERDAY)
    assert (withdrawn.with_whom, withdrawn.review_on) == ("Northmoor Housing", None)
    with pytest.raises(ValidationError):
        follow(services.withdraw_consent, withdrawn, cast.idva, said())
    with acting_as(cast.idva):
        assert Event.objects.get(verb="consent_withdrawn").data["kind"] == "sharing"


def test_a_colleague_who_recorded_meanwhile_is_not_recorded_over(cast, case):
    first = record(case, cast.idva)
    follow(services.change_consent, first, cast.social_worker)
    for service in (services.change_consent, services.withdraw_consent):
        with pytest.raises(StaleVersion) as stale:
            follow(service, first, cast.idva)
        assert stale.value.current["answer"] == "refused"
        assert stale.value.saved_by == cast.social_worker.user.name


def test_pressed_twice_it_is_one(cast, case):
    submission = uuid.uuid4()
    first = record(case, cast.idva, submission=submission)
    assert record(case, cast.idva, submission=submission) == first
    submission = uuid.uuid4()
    second = follow(services.withdraw_consent, first, cast.idva, submission=submission)
    assert follow(services.withdraw_consent, first, cast.idva, submission=submission) == second
    with acting_as(cast.idva):
        assert ConsentRecord.objects.count() == 2


def test_who_may_not_and_whom_the_case_is_closed_to_record_nothing(cast, case):
    victim = party(case, cast.idva)
    with pytest.raises(Party.DoesNotExist), acting_as(cast.outsider):
        services.record_consent(
            victim.pk, purpose="gp", said=said(), submission=uuid.uuid4(), actor=cast.outsider
        )
    share(case, cast.marac_coordinator.agency, actor=cast.idva, purpose="marac")
    with pytest.raises(NotAllowed):
        record(case, cast.marac_coordinator)
    with acting_as(cast.idva):
        add_person(case, details=PersonDetails("Aside"), role="connected", actor=cast.idva)
    for role in ("perpetrator", "connected"):
        with pytest.raises(ValidationError, match="victim-survivor or a child"):
            record(case, cast.idva, role=role)
    with pytest.raises(ValidationError):
        record(case, cast.idva, purpose="anything")


@pytest.mark.parametrize("changes", [{"answer": "refused"}, {"reason": "Other words"}])
def test_the_database_changes_no_record(cast, case, changes):
    made = record(case, cast.idva)
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(cast.idva):
        ConsentRecord.objects.filter(pk=made.pk).update(**changes)
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(cast.idva):
        ConsentRecord.objects.filter(pk=made.pk).delete()


def test_the_database_takes_no_record_in_another_agencys_name(cast, case):
    made = record(case, cast.idva)
    made.pk = made.id = uuid.uuid4()
    made.version, made.submission, made.agency = 2, uuid.uuid4(), cast.social_worker.agency
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(cast.idva):
        made.save(force_insert=True)


def test_what_ends_holds_until_its_last_day(cast, case):
    made = record(
        case, cast.idva, said(answered_on=timezone.localdate() - WEEK, until_on=timezone.localdate())
    )
    assert made.is_given
    assert made.is_due
    made.until_on = YESTERDAY
    assert not made.is_given


def test_what_is_due_comes_to_who_works_in_the_case_and_to_nobody_else(cast, case):
    today = timezone.localdate()
    begun(case, cast.idva_manager, cast.idva)
    first = record(case, cast.idva, said(review_on=today))
    record(case, cast.social_worker, said(review_on=today), purpose="support")
    record(case, cast.idva, said(review_on=today + WEEK), purpose="school")

    def due(member, workers):
        with acting_as(member):
            return [
                (one.pk, one.worker_name) for one in consents_due(member, [one.pk for one in workers], today)
            ]

    assert due(cast.idva, [cast.idva]) == [(first.pk, cast.idva.user.name)]
    assert due(cast.idva_manager, [cast.idva_manager]) == []
    assert due(cast.idva_manager, [cast.idva_manager, cast.idva]) == [(first.pk, cast.idva.user.name)]
    follow(services.change_consent, first, cast.idva)
    assert due(cast.idva, [cast.idva]) == []


def test_a_closed_case_is_still_read(cast, case):
    record(case, cast.idva)
    with acting_as(cast.idva):
        Case.objects.filter(pk=case.pk).update(closed_at=timezone.now())
    assert standing(case, cast.social_worker) == {("gp", "victim", "given")}

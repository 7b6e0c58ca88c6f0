import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event, Read
from dacase.cases.choices import ContactMethod
from dacase.cases.models import Party
from dacase.cases.services.case import add_location
from dacase.cases.services.safe_contact import ContactRefusedError, check_contact_is_allowed
from dacase.walls.context import acting_as
from referrals.casework.choices import EpisodeState
from referrals.casework.models import ContactAttempt
from referrals.casework.rules.episode import quiet_until
from referrals.casework.selectors.day import unseen_against_plan
from referrals.casework.services.contact import Contact, numbers_to_use, record_attempt, see_attempt
from tests.casework.episodes import begun, fresh, plan, spoke, tried
from tests.factories import make_case


@pytest.fixture
def case(cast):
    return make_case(cast.idva)


@pytest.fixture
def episode(cast, case):
    return begun(case, cast.idva_manager, cast.idva)


def refusal(episode, actor, **changes):
    with pytest.raises(ContactRefusedError) as refused:
        tried(episode, actor, **changes)
    return str(refused.value)


def test_without_a_plan_nobody_makes_contact(cast, episode):
    assert "Record the safe-contact plan first" in refusal(episode, cast.idva)
    with acting_as(cast.idva):
        assert not ContactAttempt.objects.exists()


def test_a_plan_that_was_not_checked_lately_lets_nobody_make_contact(cast, case, episode):
    plan(case, cast.idva, safe_to_call=True, days_old=57)
    assert "Check it and renew it first" in refusal(episode, cast.idva)


@pytest.mark.parametrize(
    ("method", "field"),
    [("phone", "safe_to_call"), ("video", "safe_to_call"), ("text", "safe_to_text"), ("email", "safe_to_write"),
     ("letter", "safe_to_write")],
)  # fmt: skip
def test_a_way_needs_the_plans_word(cast, case, method, field):
    allowed = dict.fromkeys(["safe_to_call", "safe_to_text", "safe_to_write"], True)
    plan(case, cast.idva, **allowed | {field: False})
    with acting_as(cast.idva):
        victim = Party.objects.get(case=case, role="victim")
        with pytest.raises(ContactRefusedError):
            check_contact_is_allowed(victim, method=method)
        others = {"phone": "text", "video": "text", "text": "phone", "email": "phone", "letter": "phone"}
        assert check_contact_is_allowed(victim, method=others[method]).party_id == victim.pk


@pytest.mark.parametrize("method", [ContactMethod.VISIT, ContactMethod.THIRD_PARTY])
def test_what_the_plan_does_not_cover_must_have_been_agreed(cast, case, episode, method):
    plan(case, cast.idva, safe_to_call=True, safe_to_text=True, safe_to_write=True)
    assert "agreed with the person beforehand" in refusal(episode, cast.idva, method=method)
    assert not tried(episode, cast.idva, method=method, was_agreed=True, outcome="not_there").against_plan


def test_a_message_is_left_only_where_the_plan_says_so(cast, case, episode):
    plan(case, cast.idva, safe_to_call=True)
    assert "no message may be left" in refusal(episode, cast.idva, outcome="message_left")


def test_what_happened_against_the_plan_is_kept_flagged_and_told(cast, case, episode):
    plan(case, cast.idva, safe_to_text=True)
    attempt = tried(episode, cast.idva, against_plan=True)
    assert attempt.against_plan
    with acting_as(cast.idva_manager):
        assert list(unseen_against_plan(cast.idva_manager)) == [attempt]
        see_attempt(attempt.pk, actor=cast.idva_manager)
        see_attempt(attempt.pk, actor=cast.idva_manager)
        assert not unseen_against_plan(cast.idva_manager).exists()
        assert Event.objects.filter(verb="contact_against_plan_seen").count() == 1


def test_nobody_sees_to_her_own_and_only_a_manager_does(cast, case, episode):
    attempt = tried(episode, cast.idva_manager, against_plan=True)
    with acting_as(cast.idva_manager), pytest.raises(ValidationError, match="Somebody else"):
        see_attempt(attempt.pk, actor=cast.idva_manager)
    with acting_as(cast.idva), pytest.raises(NotAllowed):
        see_attempt(attempt.pk, actor=cast.idva)


def test_the_flag_does_not_stain_what_the_plan_allows(cast, case, episode):
    plan(case, cast.idva, safe_to_call=True)
    assert not tried(episode, cast.idva, against_plan=True).against_plan


def test_who_makes_contact_with_us_needs_no_plan(cast, episode):
    attempt = spoke(episode, cast.idva, direction="incoming")
    assert not attempt.against_plan
    assert fresh(episode, cast.idva).state == EpisodeState.IN_SUPPORT


def test_the_first_try_stops_the_clock_and_the_next_is_due_when_said(cast, case, episode):
    plan(case, cast.idva, safe_to_call=True)
    again = timezone.now() + timedelta(hours=30)
    attempt = tried(episode, cast.idva, next_try_at=again)
    now = fresh(episode, cast.idva)
    assert (now.first_tried_at, now.next_contact_at) == (attempt.made_at, again)
    assert now.state == EpisodeState.FIRST_CONTACT
    spoke(episode, cast.idva)
    now = fresh(episode, cast.idva)
    assert now.first_tried_at == attempt.made_at
    assert now.next_contact_at == quiet_until(now.contacted_at, priority="standard", band="")
    assert now.state == EpisodeState.IN_SUPPORT


def test_nobody_reached_and_no_next_try_would_lose_her(cast, case, episode):
    plan(case, cast.idva, safe_to_call=True)
    for changes in ({}, {"outcome": "wrong_number"}, {"outcome": "stopped_unsafe"}):
        with pytest.raises(ValidationError, match="when you will try again"):
            tried(episode, cast.idva, next_try_at=None, **changes)


def test_times_that_make_no_sense(cast, case, episode):
    plan(case, cast.idva, safe_to_call=True)
    with pytest.raises(ValidationError, match="in the past"):
        tried(episode, cast.idva, made_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(ValidationError, match="in the future"):
        tried(episode, cast.idva, next_try_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(ValidationError, match="does not fit"):
        tried(episode, cast.idva, outcome="message_received")


@pytest.mark.parametrize("with_whom", ["professional", "family_or_friend", "somebody_else", "nobody"])
def test_a_talk_with_somebody_else_does_not_end_the_tries_to_reach_her(cast, case, episode, with_whom):
    plan(case, cast.idva, safe_to_call=True)
    with pytest.raises(ValidationError) as refused:
        spoke(episode, cast.idva, with_whom=with_whom)
    assert set(refused.value.message_dict) == {"with_whom"}
    now = fresh(episode, cast.idva)
    assert (now.first_tried_at, now.next_contact_at) == (None, episode.first_contact_due_at)


def test_a_contact_of_before_the_case_stops_no_clock(cast, case, episode):
    plan(case, cast.idva, safe_to_call=True)
    with pytest.raises(ValidationError, match="on which the case was opened"):
        tried(episode, cast.idva, made_at=case.opened_at - timedelta(days=1))
    assert fresh(episode, cast.idva).first_tried_at is None


def test_a_double_click_records_one(cast, case, episode):
    plan(case, cast.idva, safe_to_call=True)
    contact = Contact("outgoing", "phone", "spoke", with_whom="person")
    key = uuid.uuid4()
    with acting_as(cast.idva):
        one, two = (
            record_attempt(episode.pk, contact=contact, submission=key, actor=cast.idva) for _ in "ab"
        )
    assert one.pk == two.pk


def test_the_number_is_shown_only_where_the_plan_allows_it_and_the_look_is_logged(cast, case, episode):
    plan(case, cast.idva, safe_to_text=True)
    with acting_as(cast.idva):
        victim = Party.objects.get(case=case, role="victim")
        add_location(victim, kind="phone", value="07700 900123", actor=cast.idva)
        add_location(victim, kind="address", value="1 Invented Row", actor=cast.idva)
        with pytest.raises(ContactRefusedError):
            numbers_to_use(episode, method="phone", actor=cast.idva)
        assert not Read.objects.filter(page="cases:locations_read").exists()
        places = numbers_to_use(episode, method="text", actor=cast.idva)
        assert [one.value for one in places] == ["07700 900123"]
        assert Read.objects.get(page="cases:locations_read").purpose == "contact"


def test_a_colleagues_attempts_stay_with_the_agency(cast, case, episode):
    plan(case, cast.idva, safe_to_call=True)
    tried(episode, cast.idva)
    from tests.factories import share

    share(case, cast.social_worker.agency, actor=cast.idva)
    with acting_as(cast.social_worker):
        assert not ContactAttempt.objects.exists()

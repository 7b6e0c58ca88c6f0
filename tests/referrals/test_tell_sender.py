"""An outside sender reads nothing here: somebody calls, and it is written down; until then it is asked for."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.agencies.services.agency import public_door_of
from dacase.audit.models import Event
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from referrals import front_door_panels as panels
from referrals.models import OutsideSender, Referral
from referrals.selectors.triage import senders_to_tell, taken_in
from referrals.services import triage
from referrals.services.outside_sender import record_call_back, record_told
from referrals.services.referral import OutsideDetails
from tests.referrals.builders import send

OUTSIDE = OutsideDetails("Gale Invented", "Nurse", "Moorside Surgery", "primary_care", "07700 900555")


@pytest.fixture
def referral(cast):
    return send(public_door_of(cast.front_door_worker.agency), door="professional", outside=OUTSIDE)


def decline(referral, worker, outcome="confirmed"):
    with acting_as(worker):
        said = {"number_found": "Its website", "outcome": outcome, "version": 1}
        record_call_back(referral.pk, **said, actor=worker)
        triage.decline_referral(referral.pk, version=1, code="outside_area", actor=worker)


def tell(referral, worker, **changes):
    with acting_as(worker):
        said = {"told": "spoke", "version": 2} | changes
        return record_told(referral.pk, **said, actor=worker)


def to_tell(worker):
    with acting_as(worker):
        found = list(senders_to_tell(worker))
        outside = taken_in(worker).filter(outside_sender__isnull=False).select_related("outside_sender")
        assert set(found) == {one for one in outside if one.outside_sender.is_to_be_told}
        panel = panels.senders(worker)
        asked = [action.url for action in panel.next_actions] if panel else []
        assert asked == [reverse("referrals:tell_sender", args=[one.pk]) for one in found]
        return [one.pk for one in found]


def test_asked_for_from_the_decision_until_she_was_told(cast, referral):
    worker = cast.front_door_worker
    assert to_tell(worker) == []
    decline(referral, worker)
    assert to_tell(worker) == [referral.pk]
    tell(referral, worker, told="left_word", told_note="With the receptionist, no names.")
    assert to_tell(worker) == [referral.pk]
    tell(referral, worker, version=3)
    assert to_tell(worker) == []
    with acting_as(worker):
        sender = OutsideSender.objects.get(referral=referral)
        assert (sender.told, sender.told_by, sender.history.count()) == ("spoke", worker, 4)
        assert Event.objects.filter(verb="sender_told", subject_id=referral.pk).count() == 2


def test_a_second_click_is_one_call_and_a_stale_page_overwrites_nothing(cast, referral):
    worker = cast.front_door_worker
    decline(referral, worker)
    assert tell(referral, worker).version == tell(referral, worker).version == 3
    with pytest.raises(StaleVersion):
        tell(referral, worker, told="left_word")


def test_what_is_decided_anew_is_to_be_told_anew(cast, referral):
    worker = cast.front_door_worker
    decline(referral, worker)
    tell(referral, worker)
    with acting_as(worker):
        Referral.objects.filter(pk=referral.pk).update(decided_at=timezone.now() + timedelta(minutes=1))
    assert to_tell(worker) == [referral.pk]


def test_an_organisation_that_does_not_know_the_sender_is_told_nothing(cast, referral):
    decline(referral, cast.front_door_worker, outcome="not_known")
    assert to_tell(cast.front_door_worker) == []


def test_who_has_an_account_is_not_called(cast):
    worker, sent = cast.front_door_worker, send(cast.police_officer)
    with acting_as(worker):
        triage.decline_referral(sent.pk, version=1, code="outside_area", actor=worker)
    assert to_tell(worker) == []
    with pytest.raises(ValidationError, match="outside professional"):
        tell(sent, worker)


@pytest.mark.parametrize(
    ("changes", "field"), [({"told": "invented"}, "told"), ({"told": "gave_up"}, "told_note")]
)
def test_what_came_of_it_is_said_and_why_nobody_tries_again(cast, referral, changes, field):
    decline(referral, cast.front_door_worker)
    with pytest.raises(ValidationError) as refusal:
        tell(referral, cast.front_door_worker, **changes)
    assert set(refusal.value.message_dict) == {field}


def test_before_the_decision_and_by_others_nothing_is_recorded(cast, referral):
    with pytest.raises(ValidationError, match="Nothing is decided yet"):
        tell(referral, cast.front_door_worker, version=1)
    decline(referral, cast.front_door_worker)
    with pytest.raises(NotAllowed):
        tell(referral, cast.idva)
    with acting_as(cast.idva):
        assert panels.senders(cast.idva) is None
        assert list(senders_to_tell(cast.idva)) == []


def test_the_page_leads_to_it_and_shows_what_came_of_it(cast, referral, sign_in):
    worker = cast.front_door_worker
    decline(referral, worker)
    client, page = sign_in(worker), reverse("referrals:triage", args=[referral.pk])
    url = reverse("referrals:tell_sender", args=[referral.pk])
    assert url in client.get(page).content.decode()
    assert f"Tell the sender of referral {referral.reference}" in client.get("/").content.decode()
    html = client.get(url).content.decode()
    assert "Its website" in html
    assert "Testcase" not in html.split("<title>")[1].split("</title>")[0]
    wrong = client.post(url, {"told": "gave_up", "told_note": "", "version": "2"}).content.decode()
    assert "Say when you tried" in wrong
    assert client.post(url, {"told": "spoke", "told_note": "Thanked us.", "version": "2"}).status_code == 302
    html = client.get(page).content.decode()
    assert "I spoke with the sender" in html
    assert "Record another call" in html

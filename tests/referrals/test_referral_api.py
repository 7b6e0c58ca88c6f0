import json
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dacase.walls.context import acting_as
from referrals.models import Referral
from tests.referrals.builders import accepted, send

URL = reverse("referrals:api_referrals")


def body(**changes):
    return {
        "submission": str(uuid.uuid4()),
        "contact": {"phone": "07700 900123", "safe_to_text": True},
        "people": [
            {
                "role": "victim",
                "family_name": "Testcase",
                "given_name": "Vera",
                "date_of_birth": "1990-03-04",
            },
            {"role": "perpetrator", "family_name": "Testcase", "relationship": "Ex-partner"},
        ],
        "what_happened": "Shouting and a broken door.",
        "priority": "high",
        "victim_aware": "yes",
        "consent": "given",
    } | changes


def post(client, data):
    return client.post(URL, json.dumps(data), content_type="application/json")


@pytest.fixture
def officer(cast, sign_in):
    return sign_in(cast.police_officer)


def test_the_same_service_makes_the_same_referral(cast, officer):
    response = post(officer, body())
    assert response.status_code == 201
    sent = response.json()
    with acting_as(cast.police_officer):
        referral = Referral.objects.get()
        assert (sent["id"], sent["reference"]) == (str(referral.pk), referral.reference)
        assert referral.contact.has_safe_way
        assert referral.people.count() == 2
    assert sent["state"] == "received"
    assert sent["has_safe_way"] is True
    assert sent["outcomes"] == []
    assert sent["people"][0]["family_name"] == "Testcase"


def test_the_same_submission_answers_with_the_same_referral(cast, officer):
    data = body()
    assert post(officer, data).json() == post(officer, data).json()
    with acting_as(cast.police_officer):
        assert Referral.objects.count() == 1


TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()
VICTIM = {"role": "victim", "family_name": "Testcase"}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"submission": "x"}, ["submission"]),
        ({"what_happened": ""}, ["what_happened"]),
        ({"what_happened": "a\x00b"}, ["what_happened"]),
        ({"priority": "whenever"}, ["priority"]),
        ({"people": []}, ["people", "non_field_errors"]),
        ({"people": [VICTIM | {"family_name": "N" * 1_000_000}]}, ["people", 0, "family_name"]),
        ({"people": [VICTIM | {"date_of_birth": TOMORROW}]}, ["people", 0, "date_of_birth"]),
        ({"people": [VICTIM | {"date_of_birth": "2026-02-31"}]}, ["people", 0, "date_of_birth"]),
        ({"people": [VICTIM | {"date_of_birth": "1880-01-01"}]}, ["people", 0, "date_of_birth"]),
        ({"people": [{"role": "perpetrator", "family_name": "Testcase"}]}, ["people"]),
        ({"people": [VICTIM, {"role": "connected", "family_name": "Aside"}]}, ["people", 1, "role"]),
        ({"contact": {"email": "nonsense"}}, ["contact", "email"]),
        ({"contact": {"phone": "07700 900123", "safe_to_leave_message": True}}, ["ways"]),
        ({"victim_aware": "no"}, ["not_aware_reason"]),
        ({"receiver": str(uuid.uuid4())}, ["receiver"]),
    ],
)
def test_errors_by_field(cast, officer, changes, path):
    response = post(officer, body(**changes))
    assert response.status_code == 400
    errors = response.json()
    for part in path:
        errors = errors[str(part) if isinstance(errors, dict) else part]
    assert errors
    with acting_as(cast.police_officer):
        assert not Referral.objects.exists()


def test_what_is_no_json_is_refused(officer):
    assert officer.post(URL, "{", content_type="application/json").status_code == 400
    assert officer.post(URL, {"a": "b"}).status_code == 415
    assert officer.get(URL).status_code == 405


def test_a_named_front_door(cast, officer):
    assert post(officer, body(receiver=str(cast.front_door_worker.agency_id))).status_code == 201


def test_following_it_needs_the_same_rights_as_the_page(
    cast, officer, sign_in, django_assert_max_num_queries
):
    referral = send(cast.police_officer)
    accepted(referral, cast.front_door_worker, cast.idva)
    url = reverse("referrals:api_referral", args=[referral.pk])
    officer.get(url)  # fills what a process reads once
    with django_assert_max_num_queries(12):
        shown = officer.get(url).json()
    assert shown["state"] == "routed"
    assert shown["outcomes"][-1]["text"].startswith(f"{cast.idva.agency.name}: accepted by")
    assert shown["contact"]["phone"] == "07700 900123"
    assert "contact" not in sign_in(cast.police_alder).get(url).json()
    assert sign_in(cast.front_door_worker).get(url).json()["contact"]["code_word"] == "Kestrel"
    absent = reverse("referrals:api_referral", args=[uuid.uuid4()])
    for membership in (cast.outsider, cast.idva, cast.hospital_umber):
        assert sign_in(membership).get(url).status_code == 404
        assert sign_in(membership).get(absent).status_code == 404
    for membership in (cast.commissioner, cast.auditor):
        assert sign_in(membership).get(url).status_code == 403
        assert post(sign_in(membership), body()).status_code == 403


def test_nobody_signed_in_gets_nothing(client, db):
    assert client.post(URL, "{}", content_type="application/json").status_code in (302, 401, 403)
    assert client.get(reverse("referrals:api_referral", args=[uuid.uuid4()])).status_code in (302, 401, 403)

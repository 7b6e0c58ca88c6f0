"""The pages of letters and e-mails."""

import uuid

import pytest
from django.urls import reverse

from dacase.walls.context import acting_as
from referrals.casework.models import Letter
from tests.casework.test_letter_services import EMAIL, HOME, case, plan, write  # noqa: F401 - a fixture
from tests.factories import share

pytestmark = pytest.mark.django_db


def address(name, case):  # noqa: F811
    return reverse(f"casework:{name}", args=[case.pk])


def answers(**changes):
    return {"to": "victim", "to_victim": "please_call", "way": "letter", "submission": uuid.uuid4()} | changes


def test_a_letter_is_written_read_and_printed(cast, case, sign_in, django_assert_max_num_queries):  # noqa: F811
    client = sign_in(cast.idva)
    response = client.post(address("letter_create", case), answers())
    with acting_as(cast.idva):
        letter = Letter.objects.get()
    detail = reverse("casework:letter", args=[letter.pk])
    assert response["Location"] == detail
    page = client.get(detail).content.decode()
    assert "Please call" in page
    assert "Before you call, write or visit" in page  # the plan, with who else opens her post
    assert HOME not in page
    assert client.get(reverse("casework:letter_paper", args=[letter.pk])).status_code == 404
    response = client.post(reverse("casework:letter_print", args=[letter.pk]))
    paper = client.get(response["Location"]).content.decode()
    assert HOME in paper
    assert "<title>Letter" in paper
    with django_assert_max_num_queries(12):
        page = client.get(address("letters", case)).content.decode()
    assert "Printed" in page
    assert HOME not in page


def test_what_is_missing_is_said_beside_its_field(cast, case, sign_in):  # noqa: F811
    client = sign_in(cast.idva)
    page = client.post(address("letter_create", case), {"to": "victim"}).content.decode()
    assert "Select what it is for" in page
    assert "Select how it goes" in page
    page = client.post(address("letter_create", case), answers(to="professional")).content.decode()
    assert "Select a colleague" in page
    plan(case, cast.idva, version=1)
    page = client.post(address("letter_create", case), answers()).content.decode()
    assert "writing is not safe" in page
    with acting_as(cast.idva):
        assert not Letter.objects.exists()


def test_a_letter_that_may_not_go_any_more_says_why(cast, case, sign_in):  # noqa: F811
    client, letter = sign_in(cast.idva), write(case, cast.idva)
    plan(case, cast.idva, version=1)
    page = client.post(reverse("casework:letter_send", args=[letter.pk]), follow=True).content.decode()
    assert "writing is not safe" in page
    assert EMAIL not in page


def test_a_doubt_is_settled_on_the_page(cast, case, sign_in):  # noqa: F811
    client, letter = sign_in(cast.idva), write(case, cast.idva)
    with acting_as(cast.idva):
        Letter.objects.filter(pk=letter.pk).update(state="in_doubt")
    page = client.get(reverse("casework:letter", args=[letter.pk])).content.decode()
    assert "Did it arrive?" in page
    client.post(reverse("casework:letter_settle", args=[letter.pk]), {"was_sent": "no"})
    with acting_as(cast.idva):
        assert Letter.objects.get().state == "refused"


def test_another_agency_reads_no_letter(cast, case, sign_in):  # noqa: F811
    share(case, cast.social_worker.agency, actor=cast.idva)
    letter = write(case, cast.idva)
    client = sign_in(cast.social_worker)
    assert client.get(reverse("casework:letter", args=[letter.pk])).status_code == 404
    assert "Ask to be called" not in client.get(address("letters", case)).content.decode()

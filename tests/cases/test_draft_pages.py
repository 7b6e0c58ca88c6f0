"""The two addresses of drafts."""

import pytest

from dacase.cases.models import Draft
from dacase.cases.selectors.draft import draft_for
from dacase.walls.context import acting_as

FOR = "/drafts/save/?for=/drafts/discard/"


def test_what_is_typed_is_kept_and_the_answer_says_when(cast, sign_in):
    client = sign_in(cast.idva)
    response = client.post(FOR, {"name": "Invented", "csrfmiddlewaretoken": "x"})
    assert response.status_code == 200
    assert response.content.decode().strip().startswith("Kept at ")
    with acting_as(cast.idva):
        assert draft_for(cast.idva, "/drafts/discard/").data == {"name": ["Invented"]}


def test_too_long_is_answered_in_words(cast, sign_in):
    response = sign_in(cast.idva).post(FOR, {"name": "x" * 300_000})
    assert response.status_code == 200
    assert "too long to keep" in response.content.decode()
    with acting_as(cast.idva):
        assert not Draft.objects.kept().exists()


def test_a_null_byte_is_no_error(cast, sign_in):
    assert sign_in(cast.idva).post(FOR, {"name": "a\x00b"}).status_code == 200


@pytest.mark.parametrize(
    "path", ["", "//example.org/", "https://example.org/", "/no-such-page/", "drafts/save/", "/\x00"]
)
def test_a_draft_of_no_page_of_ours_is_not_found(cast, sign_in, path):
    client = sign_in(cast.idva)
    for name in ("save", "discard"):
        assert client.post(f"/drafts/{name}/", query_params={"for": path}).status_code == 404


def test_discarding_goes_back_to_the_empty_form(cast, sign_in):
    client = sign_in(cast.idva)
    client.post(FOR, {"name": "Invented"})
    response = client.post("/drafts/discard/?for=/drafts/discard/")
    assert (response.status_code, response["Location"]) == (302, "/drafts/discard/")
    with acting_as(cast.idva):
        assert not Draft.objects.kept().exists()


def test_drafts_are_for_people_signed_in_and_by_post_only(cast, client, sign_in):
    assert client.post(FOR, {"name": "x"}).status_code in (302, 401, 403)
    assert sign_in(cast.idva).get(FOR).status_code == 405


def test_keeping_costs_few_queries(cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.idva)
    client.post(FOR, {"name": "x"})
    with django_assert_max_num_queries(16):
        client.post(FOR, {"name": "y"})


def test_what_was_typed_before_the_form_was_sent_is_too_late_afterwards(cast, sign_in):
    """The page keeps what is typed while it is typed; the last of it may reach us after the form itself."""
    client = sign_in(cast.idva)
    client.post(f"{FOR}&round=0", {"name": "Invented"})
    client.post("/drafts/discard/?for=/drafts/discard/")
    late = client.post(f"{FOR}&round=0", {"name": "Invented"})
    assert "Not kept" in late.content.decode()
    with acting_as(cast.idva):
        assert not draft_for(cast.idva, "/drafts/discard/").data
    assert "Kept at" in client.post(f"{FOR}&round=1", {"name": "The next"}).content.decode()


@pytest.mark.parametrize("number", ["-1", "x", "", "\u0661", "9" * 10])
def test_a_number_that_is_none_is_not_found(cast, sign_in, number):
    assert (
        sign_in(cast.idva).post("/drafts/save/", query_params={"for": "/", "round": number}).status_code
        == 404
    )

"""The first agency of an installation."""

import re
from io import StringIO

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from dacase.agencies.models import Agency, Membership
from dacase.agencies.services.agency import open_agency
from dacase.audit.models import Event
from dacase.walls.context import acting_as

FIRST = {
    "name": "First Made-Up Service",
    "kind": "specialist",
    "services": "advocacy refuge",
    "administrator": "Anna First",
    "email": "Anna.First@example.org",
}


def test_the_command_makes_an_agency_whose_administrator_chooses_her_password(db, browser):
    out = StringIO()
    call_command("make_agency", stdout=out, **FIRST)
    membership = Membership.objects.select_related("user", "agency", "team").get(
        user__email="anna.first@example.org"
    )
    assert (membership.role, membership.agency.name) == ("administrator", FIRST["name"])
    assert membership.agency.services == ["advocacy", "refuge"]
    link = re.search(settings.BASE_URL + r"(\S+)", out.getvalue())[1]
    form = browser.get(link)["Location"]
    password = {"password1": "three-random-words-here", "password2": "three-random-words-here"}
    assert browser.post(form, password).status_code == 302
    assert browser.get(link).status_code == 200
    answer = browser.post(
        "/accounts/login/", {"login": "anna.first@example.org", "password": password["password1"]}
    )
    assert answer["Location"] == "/"
    with acting_as(membership):
        assert "agency_opened" in Event.objects.values_list("verb", flat=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Brightwater Advocacy"},
        {"email": "idva@example.org"},
        {"email": "nonsense"},
        {"services": "advocacy nonsense"},
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_leaves_nothing(cast, changes):
    before = Agency.objects.count()
    with pytest.raises(CommandError):
        call_command("make_agency", **(FIRST | changes))
    assert Agency.objects.count() == before


def test_an_unknown_kind_is_refused(db):
    with pytest.raises(ValidationError):
        open_agency(
            name="X",
            kind="nonsense",
            services=[],
            administrator_name="A",
            administrator_email="a@example.org",
        )

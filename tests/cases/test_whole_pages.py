"""The case page and the home page with every room's panel on them."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.module_loading import import_string

from dacase.audit.models import Read
from dacase.cases.models import Case
from dacase.cases.panels import NextAction, Panel, next_actions
from dacase.walls.context import acting_as
from tests.factories import make_case, share
from tests.referrals.builders import accepted, send

# What a page may ask: session, user, membership, context and all that it shows.
MOST = 12
# A test runs inside a transaction of its own: its savepoint and the context given back are no part of a page.
OF_THE_TEST = 4
# Session, user, membership and context of any request.
OVERHEAD, EACH_PANEL = 6, 2


@pytest.mark.parametrize("key", ["idva", "idva_manager", "front_door_worker", "social_worker", "marac_coordinator", "refuge_worker", "programme_worker"])  # fmt: skip
def test_the_case_page_opens_for_every_role_with_few_queries(cast, sign_in, key):
    """Of a case that came by a referral, with something of every room on its page."""
    case = accepted(send(cast.police_officer), cast.front_door_worker, cast.idva)
    member = getattr(cast, key)
    if member.agency not in (cast.idva.agency, cast.front_door_worker.agency):
        share(case, member.agency, actor=cast.idva)
    client, url = sign_in(member), reverse("cases:detail", args=[case.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    assert len(queries) - OF_THE_TEST <= MOST, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize("key", ["police_officer", "front_door_worker", "idva", "idva_manager", "social_worker", "marac_coordinator", "marac_chair", "housing_representative", "refuge_worker", "programme_worker", "commissioner", "auditor", "administrator", "outsider"])  # fmt: skip
def test_the_home_page_opens_for_every_role_with_few_queries(cast, case, sign_in, key):
    client = sign_in(getattr(cast, key))
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/").status_code == 200
    assert len(queries) <= OVERHEAD + EACH_PANEL * len(settings.HOME_PANELS)


def test_panels_cost_the_same_for_one_case_and_for_four(cast, case, sign_in):
    client = sign_in(cast.idva)
    client.get("/")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counts.append(len(queries))
        for _ in range(3):
            make_case(cast.idva)
    assert counts[0] == counts[1]


def test_every_panel_that_the_settings_name_is_there():
    for path in (*settings.CASE_PANELS, *settings.HOME_PANELS):
        assert callable(import_string(path))


def test_the_most_urgent_action_of_all_panels_stands_first():
    from datetime import timedelta

    from django.utils import timezone

    now = timezone.now()
    soon, late, whenever = (
        NextAction("soon", "/", now), NextAction("late", "/", now + timedelta(days=1)), NextAction("whenever", "/"),
    )  # fmt: skip
    panels = [Panel("", "", next_actions=[whenever, late]), Panel("", "", next_actions=[soon])]
    assert next_actions(panels) == [soon, late, whenever]


def test_no_row_in_the_log_no_page(cast, case, sign_in, monkeypatch):
    def full(*args, **kwargs):
        raise OSError("the log is full")

    monkeypatch.setattr("dacase.cases.access.record_read", full)
    client = sign_in(cast.idva)
    client.raise_request_exception = False
    response = client.get(reverse("cases:detail", args=[case.pk]))
    assert response.status_code == 500
    assert "Testcase" not in response.content.decode()


def test_a_page_that_fails_leaves_no_look_behind(cast, case, sign_in, monkeypatch):
    def broken(*args):
        raise OSError("broken")

    monkeypatch.setattr("dacase.cases.views.case.victim_of", broken)
    client = sign_in(cast.idva)
    client.raise_request_exception = False
    assert client.get(reverse("cases:detail", args=[case.pk])).status_code == 500
    with acting_as(cast.idva):
        assert not Read.objects.exists()
        assert Case.objects.exists()

"""Several querysets by one statement give what each gives alone."""

import pytest
from django.db import connection
from django.db.models import Count, F
from django.test.utils import CaptureQueriesContext

from dacase.audit.models import Event
from dacase.cases.models import Case, Grant, Party
from dacase.cases.selectors.together import together
from dacase.jobs.models import OutboxMessage
from dacase.walls.context import acting_as
from tests.factories import make_case

pytestmark = pytest.mark.django_db


def asked(membership):
    return {
        "cases": Case.objects.visible_to(membership).order_by("-opened_at", "id"),
        "parties": Party.objects.select_related("person", "safe_contact_plan", "case__headline").order_by(
            "id"
        ),
        "grants": Grant.objects.select_related("group", "granted_by__user").order_by("id"),
        "events": Event.objects.order_by("-at", "id")[:2],
        "values": Party.objects.values("role").annotate(number=Count("id")).order_by("role"),
        "pairs": Party.objects.annotate(family=F("person__family_name"))
        .values_list("role", "family")
        .order_by("id"),
        "nothing": Party.objects.none(),
        "unfound": Party.objects.filter(role="x"),
    }


def test_each_gives_what_it_gives_alone(cast):
    for family in ("Firsttest", "Secondtest", "Thirdtest"):
        make_case(cast.idva, victim=family)
    with acting_as(cast.idva):
        alone = {name: list(queryset) for name, queryset in asked(cast.idva).items()}
        with CaptureQueriesContext(connection) as queries:
            found = together(asked(cast.idva))
        assert len(queries) == 1
        for name, rows in alone.items():
            assert [type(one) for one in found[name]] == [type(one) for one in rows], name
            for one, other in zip(found[name], rows, strict=True):
                if hasattr(one, "_meta"):
                    fields = [field.attname for field in one._meta.concrete_fields]
                    assert [getattr(one, at) for at in fields] == [getattr(other, at) for at in fields], name
                else:
                    assert one == other, name
        assert len(alone["cases"]) == 3
        with CaptureQueriesContext(connection) as queries:
            assert {party.person.family_name for party in found["parties"]} >= {"Firsttest"}
            assert {grant.granted_by.user.name for grant in found["grants"]} == {cast.idva.user.name}
        assert len(queries) == 0


def test_columns_of_json_come_as_the_field_gives_them(cast):
    with acting_as(cast.idva):
        make_case(cast.idva)
        events = together({"events": Event.objects.filter(verb="party_added").order_by("at")})["events"]
    assert {"role": "victim"} in [event.data for event in events]


def test_what_is_asked_twice_is_read_once(cast):
    with acting_as(cast.idva):
        make_case(cast.idva)
        with CaptureQueriesContext(connection) as queries:
            found = together({"one": Party.objects.order_by("id"), "other": Party.objects.order_by("id")})
    assert queries[0]["sql"].count('FROM "cases_party"') == 1
    assert found["one"] == found["other"] != []
    assert found["one"][0] is not found["other"][0]


def test_row_security_binds_each(cast):
    make_case(cast.idva)
    with acting_as(cast.outsider):
        found = together({"cases": Case.objects.all(), "parties": Party.objects.all()})
    assert found == {"cases": [], "parties": []}


def test_nothing_asked_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert together({}) == {}
        assert together({"none": OutboxMessage.objects.none()}) == {"none": []}

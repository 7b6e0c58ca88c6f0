"""The shapes that were measured: a list reads the grants by their index and sorts nothing; so does a search."""

import re

import psycopg2
import pytest

from dacase.cases.models import Grant, Person
from dacase.cases.selectors.case import NEWEST_FIRST, case_grants, find_grants
from dacase.walls.context import acting_as
from tests.cast import Cast
from tests.walls.database import APP, acting, administrator, undone

# 6,000 cases, each with a person; the IDVA's agency holds all of them, another agency every tenth.
MANY = """
SET LOCAL session_replication_role = replica;
INSERT INTO cases_case (id, reference, opened_at, closed_at, version, viewer_groups, summary_groups)
  SELECT md5(n::text)::uuid, 'C-' || n, now() - n * interval '1 hour', CASE WHEN n > 600 THEN now() END, 1,
         CASE WHEN n % 10 = 0 THEN ARRAY[{big}, {small}] ELSE ARRAY[{big}] END, '{{}}' FROM generate_series(1, 6000) n;
INSERT INTO cases_person (id, given_name, family_name, also_known_as, nhs_number, pnc_id, other_names_key, sex,
                          family_name_key, given_name_key, also_born_on, is_party, version, created_at)
  SELECT md5('p' || n)::uuid, 'Invented', 'x', '', '', '', '', 'female', upper(left(md5('s' || n), 8)), 'INVENTED',
         '{{}}', true, 1, now()
    FROM generate_series(1, 6000) n;
INSERT INTO cases_party (id, case_id, person_id, role, relationship, taken_out_reason, created_at)
  SELECT gen_random_uuid(), md5(n::text)::uuid, md5('p' || n)::uuid, 'victim', '', '', now()
    FROM generate_series(1, 6000) n;
INSERT INTO cases_headline (case_id, victim_id, band)
  SELECT md5(n::text)::uuid, md5('p' || n)::uuid, '' FROM generate_series(1, 6000) n;
INSERT INTO cases_grant (id, group_id, permission_id, content_object_id, purpose, lawful_basis, reason, valid_from,
                         case_open, case_opened_at)
  SELECT gen_random_uuid(), g, (SELECT id FROM auth_permission WHERE codename = 'view_case'), md5(n::text)::uuid, 'support',
         'public_task', '', now() - interval '1 day', n <= 600, now() - n * interval '1 hour'
    FROM generate_series(1, 6000) n, unnest(ARRAY[{big}, {small}]) g WHERE g = {big} OR n % 10 = 0;
SET LOCAL session_replication_role = origin;
ANALYZE cases_case, cases_person, cases_party, cases_headline, cases_grant;
"""


@pytest.fixture(scope="module")
def many(django_db_setup, django_db_blocker):
    """A cursor on a database with many cases, taken back at the end, and the cast."""
    with django_db_blocker.unblock():
        cast = Cast()
        groups = {"big": cast.idva.agency.group_id, "small": cast.social_worker.agency.group_id}
        with administrator() as cursor:
            cursor.execute(MANY.format(**groups))
            yield cursor, cast


def plan(many, member, queryset):
    """The plan of `queryset` as the application's login under the member's context, and the row count it gives."""
    cursor, _ = many
    sql, params = queryset.query.sql_with_params()
    with acting(cursor, APP, member):
        cursor.execute(f"EXPLAIN ANALYZE {sql}", params)
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize("key", ["idva", "social_worker"])
@pytest.mark.parametrize(("state", "index"), [("open", "grant_open_newest"), ("all", "grant_newest")])
def test_the_newest_come_from_the_index_without_a_sort(many, key, state, index):
    member = getattr(many[1], key)
    text = plan(many, member, case_grants(member, state=state).order_by(*NEWEST_FIRST)[:51])
    assert f"using {index} on" in text
    assert "Sort" not in text


@pytest.mark.parametrize("key", ["idva", "social_worker"])
def test_a_surname_is_looked_up_in_its_index_under_row_security(many, key):
    text = plan(many, getattr(many[1], key), Person.objects.filter(family_name_key__prefix="A1"))
    assert "using person_family_name on" in text
    assert re.search(r"Index Cond: .*>= 'A1'.*< 'A2'", text)


@pytest.mark.parametrize("key", ["idva", "social_worker"])
def test_a_search_starts_from_the_few_people_of_that_name(many, key):
    member = getattr(many[1], key)
    text = plan(many, member, find_grants(member, "A1B").order_by(*NEWEST_FIRST)[:51])
    assert "person_family_name" in text


REFUSE = """
CREATE OR REPLACE FUNCTION app_opens_case(case_id uuid) RETURNS boolean LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'asked row by row'; END $$
"""


@pytest.mark.parametrize("state", ["open", "all"])
def test_no_list_asks_for_a_permission_row_by_row(many, state):
    """The policy of grants is answered from the row itself; nobody asks for the case of an own grant."""
    cursor, cast = many
    grants = case_grants(cast.idva, state=state).order_by(*NEWEST_FIRST)[:51]
    with undone(cursor):
        cursor.execute(REFUSE)
        assert "rows=51" in plan(many, cast.idva, grants)
        with pytest.raises(psycopg2.errors.RaiseException):
            plan(many, cast.social_worker, Grant.objects.filter(group_id=cast.idva.agency.group_id))


def test_nothing_of_it_stays(django_db_setup, db):
    cast = Cast()
    with acting_as(cast.idva):
        assert not Person.objects.filter(given_name="Invented").exists()

"""Paging by key, on the real database: every row once, whatever the order."""

import base64
import random
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dacase.jobs.models import OutboxMessage
from dacase.ui.sealed import seal, unseal
from dacase.ui.tables import CappedCount, capped_count, keyset_page, sorting

START = datetime(2026, 1, 1, tzinfo=UTC)
NEWEST = ("-created_at", "-id")


@pytest.fixture
def lines(db):
    """57 rows with many ties, of a table that the application's login may write."""
    chance = random.Random(7)
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            created_at=START + timedelta(minutes=chance.randrange(12), microseconds=chance.randrange(3)),
            task=chance.choice(["Example", "Sample", "O’Test", "Testcase, 100%", ""]),
            attempts=chance.randrange(4),
        )
        for _ in range(57)
    )
    return OutboxMessage.objects.filter(created_at__lt=START + timedelta(days=1))


def walk(queryset, order, size):
    """Every page's rows, in the order met, and how many pages there were."""
    found, after, pages = [], None, 0
    while True:
        page = keyset_page(queryset, order=order, after=after, size=size)
        assert page.is_first == (pages == 0)
        assert len(page) <= size
        found += page.items
        pages += 1
        if not page.has_next:
            return found, pages
        after = page.next_cursor


@pytest.mark.parametrize(
    "order",
    [
        ("-created_at", "-id"),
        ("created_at", "id"),
        ("-attempts", "-created_at", "-id"),
        ("task", "id"),
        ("-attempts", "task", "id"),
        ("attempts", "-created_at", "task", "-id"),
        ("id",),
        ("-id",),
    ],
)
@pytest.mark.parametrize("size", [1, 10, 56, 57, 100])
def test_every_row_once_and_in_order(lines, order, size):
    found, pages = walk(lines, order, size)

    assert found == list(lines.order_by(*order))
    assert pages == max(1, -(-57 // size))


def test_pages_of_nothing(lines):
    page = keyset_page(lines.none(), order=NEWEST, after=None)
    assert (page.items, page.next_cursor, page.has_previous) == ([], None, False)


def test_rows_that_come_and_go_are_neither_missed_nor_doubled(lines):
    order = ("-created_at", "-id")
    expected = list(lines.order_by(*order))
    first = keyset_page(lines, order=order, after=None, size=20)
    moved = first.items[-1]  # the very row that the cursor points at
    OutboxMessage.objects.filter(pk=moved.pk).update(created_at=START + timedelta(hours=9))
    OutboxMessage.objects.create(created_at=START + timedelta(hours=10), task="Newer")

    second = keyset_page(lines, order=order, after=first.next_cursor, size=20)

    assert second.items == expected[20:40]


def test_values_page_too(lines):
    rows = lines.values("id", "attempts")
    page = keyset_page(rows, order=("attempts", "id"), after=None, size=30)
    rest = keyset_page(rows, order=("attempts", "id"), after=page.next_cursor, size=30)
    assert [*page, *rest] == list(rows.order_by("attempts", "id"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c[:-2],
        lambda c: c[:20] + ("B" if c[20] == "A" else "A") + c[21:],
        lambda c: "x",
        lambda c: c * 200,
        lambda c: "é",
    ],
)
def test_a_cursor_that_was_changed_gives_the_first_page(lines, spoil):
    cursor = keyset_page(lines, order=NEWEST, after=None, size=5).next_cursor
    page = keyset_page(lines, order=NEWEST, after=spoil(cursor), size=5)
    assert page.is_first
    assert page.items == list(lines.order_by("-created_at", "-id")[:5])


def test_a_cursor_of_another_order_or_purpose_gives_the_first_page(lines):
    cursor = keyset_page(lines, order=("task", "id"), after=None, size=5).next_cursor
    assert keyset_page(lines, order=("-task", "-id"), after=cursor, size=5).is_first
    assert keyset_page(lines, order=NEWEST, after=seal(["-created_at"], purpose="page"), size=5).is_first
    assert keyset_page(
        lines, order=NEWEST, after=seal([["-created_at", "-id"], 1, 2], purpose="search"), size=5
    ).is_first


def test_a_cursor_a_day_old_gives_the_first_page(lines, monkeypatch):
    cursor = keyset_page(lines, order=NEWEST, after=None, size=5).next_cursor
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 25 * 3600)
    assert keyset_page(lines, order=NEWEST, after=cursor, size=5).is_first


def test_a_cursor_shows_no_name(lines):
    cursor = keyset_page(lines.filter(task="Example"), order=("task", "id"), after=None, size=1).next_cursor
    assert b"Example" not in base64.urlsafe_b64decode(cursor)


def test_one_direction_is_one_comparison_that_an_index_can_answer(lines):
    first = keyset_page(lines, order=NEWEST, after=None, size=10)
    with CaptureQueriesContext(connection) as queries:
        keyset_page(lines, order=NEWEST, after=first.next_cursor, size=10)
    (sql,) = [query["sql"] for query in queries]
    assert '("jobs_outboxmessage"."created_at", "jobs_outboxmessage"."id") < (' in sql
    assert " OR " not in sql


def test_a_page_is_one_query(lines, django_assert_num_queries):
    with django_assert_num_queries(1):
        keyset_page(lines, order=NEWEST, after=None, size=10)


def test_capped_count(lines):
    assert str(capped_count(lines, cap=1000)) == "57"
    assert str(capped_count(lines, cap=57)) == "57"
    assert str(capped_count(lines, cap=56)) == "56+"
    assert not capped_count(lines.none())


def test_a_thousand_and_more_has_a_comma():
    assert str(CappedCount(1000, True)) == "1,000+"


def test_sorting_turns_every_column():
    columns = {"due": ("due_at", "id"), "name": ("task", "forename", "id")}
    assert sorting("-name", columns, default="due").order == ("-task", "-forename", "-id")
    assert sorting("name", columns, default="due").order == ("task", "forename", "id")
    for odd in (None, "", "-", "password", "--due"):
        assert sorting(odd, columns, default="-due").current == "-due"


def test_sealed_words_come_back_only_as_they_went():
    day = START.date()
    values = ["Müller", 3, 1.5, None, True, START, day, uuid.UUID(int=5)]
    token = seal(values, purpose="search")
    assert unseal(token, purpose="search") == values
    assert unseal(token, purpose="page") is None
    assert unseal(None, purpose="search") is None
    with pytest.raises(TypeError):
        seal(object(), purpose="search")

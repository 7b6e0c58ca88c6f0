"""Severity grids: one beside the other, never one over the other, with every silence kept apart."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.models import Case
from dacase.walls.context import acting_as
from referrals.casework.models import Episode, SeverityGrid, SeverityLine
from referrals.casework.rules.severity import type_label, types
from referrals.casework.rules.tables import rows
from referrals.casework.selectors.severity import COLUMNS, comparison, has_exit_grid
from referrals.casework.services.severity import Rating, record_severity
from referrals.casework.views.severity import severity_chart
from tests.casework.episodes import all_answers, begun, spoke
from tests.factories import make_case, share

pytestmark = pytest.mark.django_db
TYPES = ["physical", "sexual", "stalking", "controlling"]
MODERATE = Rating("moderate", "worse", "same")
# A test runs inside a transaction of its own: its savepoint and the context given back are no part of a page.
MOST, OF_THE_TEST = 12, 4


@pytest.fixture
def case(cast):
    return make_case(cast.idva)


@pytest.fixture
def idva(cast, sign_in):
    return sign_in(cast.idva)


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


def rated(case, actor, **changes):
    values = {"stage": "intake", "ratings": dict.fromkeys(TYPES, MODERATE), "submission": uuid.uuid4()}
    with acting_as(actor):
        return record_severity(case.pk, actor=actor, **values | changes)


def compared(case, actor):
    with acting_as(actor):
        return comparison(case, actor, on=timezone.localdate())


def answers(**changes):
    sent = {"stage": "intake", "submission": uuid.uuid4(), "note": "Said with care."}
    sent |= {f"assessed_on_{part}": getattr(timezone.localdate(), part) for part in ("day", "month", "year")}
    for code, severity in zip(TYPES, ("high", "not_asked", "not_known", "none"), strict=True):
        sent[f"{code}_severity"] = severity
    return sent | {"physical_severity_change": "worse", "physical_frequency_change": "reduced"} | changes


def text_of(response):
    return response.content.decode()


def list_url(case):
    return reverse("casework:severity", args=[case.pk])


def new_url(case):
    return reverse("casework:severity_create", args=[case.pk])


def test_every_type_of_every_line_has_its_words():
    for row in rows("severity_types"):
        day = date.fromisoformat(row["from_date"])
        one = types(day)[row["type"]]
        assert (one.label, one.hint) == (row["label"], row["hint"])
        assert one.label
        assert not one.hint.endswith(".")
        assert type_label(row["type"])
    assert list(types(date(2026, 11, 28))) == TYPES
    assert type_label("no_type") == "no_type"


def test_a_newer_grid_stands_beside_the_older_for_everybody_who_holds_the_file(cast, case):
    share(case, cast.social_worker.agency, actor=cast.idva)
    rated(
        case, cast.idva, stage="review", assessed_on=days_ago(1), ratings=dict.fromkeys(TYPES, Rating("none"))
    )
    rated(case, cast.idva, assessed_on=days_ago(60))
    for reader in (cast.idva, cast.social_worker):
        found = compared(case, reader)
        assert [grid.stage for grid in found.grids] == ["intake", "review"]
        assert [label for label, _ in found.rows] == [one.label for one in types(days_ago(0)).values()]
        assert [line.severity for line in found.rows[0][1]] == ["moderate", "none"]
        assert found.rows[0][1][1].severity_change == "not_applicable"
    assert compared(case, cast.outsider).grids == []


def test_nobody_changes_or_deletes_what_was_recorded(cast, case):
    grid = rated(case, cast.idva)
    for rows_of, change in (
        (SeverityGrid.objects.filter(pk=grid.pk), {"note": "x"}),
        (SeverityLine.objects.filter(grid=grid), {"severity": "none"}),
    ):
        with acting_as(cast.idva), pytest.raises(DatabaseError), transaction.atomic():
            rows_of.update(**change)
        with acting_as(cast.idva), pytest.raises(DatabaseError), transaction.atomic():
            rows_of.delete()


def test_the_same_submission_is_one_grid_and_one_event(cast, case):
    submission = uuid.uuid4()
    assert rated(case, cast.idva, submission=submission) == rated(case, cast.idva, submission=submission)
    with acting_as(cast.idva):
        assert SeverityLine.objects.count() == len(TYPES)
        assert [event.data for event in Event.objects.filter(verb="severity_recorded")] == [
            {"stage": "intake"}
        ]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("__all__", {"ratings": dict.fromkeys(TYPES[:3], MODERATE)}),
        ("__all__", {"ratings": dict.fromkeys([*TYPES, "no_type"], MODERATE)}),
        ("assessed_on", {"assessed_on": days_ago(-1)}),
        (
            "sexual_frequency_change",
            {"ratings": dict.fromkeys(TYPES, MODERATE) | {"sexual": Rating("standard", "same")}},
        ),
        (
            "sexual_severity_change",
            {"ratings": dict.fromkeys(TYPES, MODERATE) | {"sexual": Rating("high", "", "same")}},
        ),
    ],
)
def test_what_is_incomplete_is_refused(cast, case, field, changes):
    with pytest.raises(ValidationError) as refused:
        rated(case, cast.idva, **changes)
    assert set(getattr(refused.value, "error_dict", {"__all__": 1})) == {field}
    with acting_as(cast.idva):
        assert not SeverityGrid.objects.exists()


def test_who_may_not_assess_or_open_the_case_records_nothing(cast, case):
    share(case, cast.programme_worker.agency, actor=cast.idva)
    with pytest.raises(NotAllowed):
        rated(case, cast.programme_worker)
    with pytest.raises(Case.DoesNotExist):
        rated(case, cast.outsider)


def test_of_many_grids_the_first_and_the_newest_are_shown_at_the_same_cost(cast, case, idva):
    rated(case, cast.idva, assessed_on=days_ago(400))
    idva.get(list_url(case))
    with CaptureQueriesContext(connection) as few:
        idva.get(list_url(case))
    for days in range(COLUMNS + 1):
        rated(case, cast.idva, stage="review", assessed_on=days_ago(days))
    found = compared(case, cast.idva)
    assert (len(found.grids), found.left_out) == (COLUMNS, 2)
    assert (found.grids[0].assessed_on, found.grids[-1].assessed_on) == (days_ago(400), days_ago(0))
    with CaptureQueriesContext(connection) as many:
        page = text_of(idva.get(list_url(case)))
    assert len(many) == len(few) <= MOST + OF_THE_TEST
    assert "2 between them are not" in page


def test_a_type_that_is_asked_about_no_more_keeps_its_row(cast, case):
    grid = rated(case, cast.idva)
    with acting_as(cast.idva):
        SeverityLine.objects.create(
            grid=grid, abuse_type="economic", severity="high", severity_change="same", frequency_change="same"
        )
    assert [label for label, _ in compared(case, cast.idva).rows][-1] == "economic"


def test_the_page_shows_every_answer_in_words_and_charts_no_silence(cast, case, idva):
    assert "Nobody has recorded yet how severe the abuse is" in text_of(idva.get(list_url(case)))
    assert idva.post(new_url(case), sent := answers()).url == list_url(case)
    assert idva.post(new_url(case), sent).url == list_url(case)
    page = text_of(idva.get(list_url(case)))
    for words in ("High\nMore severe\nLess often", "Not asked", "Not known", "None"):
        assert words in page
    assert page.count("Said with care.") == 1
    assert "How many types of abuse were how severe" not in page
    rated(case, cast.idva, assessed_on=days_ago(50))
    page = text_of(idva.get(list_url(case)))
    assert "How many types of abuse were how severe" in page
    assert page.index(f"{days_ago(50):%-d %B %Y}, intake") < page.index(f"{days_ago(0):%-d %B %Y}, intake")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stage": ""}, "When in the support is this?"),
        ({"assessed_on_year": "2099"}, "Date of the conversation must be today or in the past"),
        ({"sexual_severity": ""}, "Say how severe it is: sexual abuse. “Not asked” is an answer"),
        ({"sexual_severity": "dreadful"}, "select one of the answers"),
        ({"physical_severity_change": ""}, "Say how it has changed: physical abuse"),
        ({"note": "null\x00byte"}, "has a character that cannot be stored"),
        ({"submission": "no"}, "There is a problem"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_question_and_the_rest_stays(cast, case, idva, changes, words):
    page = text_of(idva.post(new_url(case), answers(**changes)))
    assert "There is a problem" in page
    assert words in page
    assert 'name="controlling_severity" value="none" id="id_controlling_severity_0" checked' in page
    with acting_as(cast.idva):
        assert not SeverityGrid.objects.exists()


def test_the_chart_counts_each_silence_by_itself(cast, case):
    rated(case, cast.idva, assessed_on=days_ago(9))
    given = dict(zip(TYPES, map(Rating, ("not_known", "not_asked", "none", "none")), strict=True))
    rated(case, cast.idva, ratings=given)
    _, second = severity_chart(compared(case, cast.idva)).table.lines
    figures = [(column.label, str(cell)) for column, cell in second[1:]]
    assert figures == [
        ("High", "0"), ("Moderate", "0"), ("Standard", "0"), ("None", "2"), ("Not known", "1"), ("Not asked", "1"),
    ]  # fmt: skip


def test_what_is_chosen_is_kept_as_a_draft(case, idva):
    idva.post(f"{reverse('cases:draft_save')}?for={new_url(case)}", {"sexual_severity": "not_asked"})
    page = text_of(idva.get(new_url(case)))
    assert 'name="sexual_severity" value="not_asked" id="id_sexual_severity_5" checked' in page


def test_ending_support_asks_for_the_exit_grid_until_there_is_one(cast, case, idva):
    episode = begun(case, cast.idva_manager, cast.idva)
    close = reverse("casework:episode_close", args=[episode.pk])
    wanted = f"{new_url(case)}?stage=exit"
    rated(case, cast.idva, stage="review")
    assert wanted in text_of(idva.get(close))
    assert 'value="exit" id="id_stage_2" checked' in text_of(idva.get(wanted))
    rated(case, cast.idva, stage="exit")
    assert wanted not in text_of(idva.get(close))


def test_the_exit_grid_of_earlier_support_or_of_another_agency_is_none_of_this(cast, case):
    share(case, cast.social_worker.agency, actor=cast.idva)
    rated(case, cast.idva, stage="exit")
    episode = begun(case, cast.idva_manager, cast.idva)
    rated(case, cast.social_worker, stage="exit")
    with acting_as(cast.idva):
        assert not has_exit_grid(episode, cast.idva)


def test_a_support_that_began_asks_for_its_first_record_and_a_step_takes_the_last_one_over(
    cast, case, sign_in
):
    episode = begun(case, cast.idva_manager, cast.idva)
    client, asked = sign_in(cast.idva_manager), "Record how severe the abuse is as this support begins"

    def page(one):
        return client.get(reverse("casework:episode", args=[one.pk])).content.decode()

    assert asked not in page(episode), "nobody was spoken with"
    spoke(episode, cast.idva, direction="incoming")
    assert f"{new_url(case)}?stage=intake" in page(episode)
    rated(case, cast.idva)
    assert asked not in page(episode)
    step = reverse("casework:episode_step", args=[episode.pk])
    assert f"{new_url(case)}?stage=exit" in client.get(step).content.decode()
    sent = all_answers() | {"way": "down", "kind": "outreach", "worker": cast.idva.pk, "version": 2}
    first = client.post(step, sent)
    following = Episode(pk=first.url.split("/")[-2])
    assert asked in page(following), "what was recorded at intake says nothing of today"
    with acting_as(cast.idva):
        SeverityGrid.objects.create(
            case=case,
            stage="exit",
            agency=cast.idva.agency,
            assessed_by=cast.idva,
            recorded_at=episode.opened_at,
        )
    assert asked not in page(following), "the end of the one is the beginning of the other"
    assert (
        f"{new_url(case)}?stage=exit"
        in client.get(reverse("casework:episode_close", args=[following.pk])).content.decode()
    )

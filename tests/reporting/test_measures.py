"""Every measure against records made by hand, with rows on both sides of every edge."""

from datetime import date

import pytest
from django.db import ProgrammingError, connections
from django.utils import timezone

from marac.choices import Criterion, HearingState
from refuge.choices import PlacementState, TurnAwayCause
from reporting.measures import BY_KEY, MEASURES
from reporting.periods import parse_quarter
from reporting.returns import KINDS, count_return
from tests.reporting.world import NAME, at, known_columns

QUARTER = parse_quarter("2026-Q1")


def counted(key, period=QUARTER):
    """What a measure counts, noughts left out; the whole stands under the empty code."""
    return {code: number for code, number in BY_KEY[key].values(period) if number}


# Both sides of both edges, local time in summer; the UTC day of each is another.
OUTSIDE = ["2026-03-31 23:59", "2026-07-01 00:00"]
INSIDE = ["2026-04-01 00:00", "2026-06-30 23:59"]
DAYS_OUTSIDE = [date(2026, 3, 31), date(2026, 7, 1)]
DAYS_INSIDE = [date(2026, 4, 1), date(2026, 6, 30)]


def test_referrals_received(world):
    for moment in [*OUTSIDE, *INSIDE]:
        world.referral(at(moment), "police")
    world.referral(at("2026-05-10 12:00"), "housing")
    assert counted("referrals_received") == {"": 3, "police": 2, "housing": 1}


def test_individuals_are_not_contacts(world):
    for moment in [*OUTSIDE, *INSIDE]:
        world.referral(at(moment))
    case = world.case_about()
    for day in ("2026-04-03 10:00", "2026-05-03 10:00", "2026-08-03 10:00"):
        world.put_into(world.referral(at(day)), case)
    same_person = world.case_about(case.headline.victim)
    world.put_into(world.referral(at("2026-06-03 10:00")), same_person)
    assert counted("individuals_referred") == {"": 3}
    assert counted("referrals_received")[""] == 5


def test_referrals_accepted_by_their_first_acceptance(world):
    early = world.referral(at("2026-03-01 09:00"), "police")
    world.route(early, at("2026-03-01 10:00"), accepted_at=at("2026-03-31 23:59"))
    world.route(early, at("2026-04-02 10:00"), world.refuge, accepted_at=at("2026-04-03 10:00"))
    twice = world.referral(at("2026-03-30 09:00"), "police")
    world.route(twice, at("2026-03-30 10:00"), accepted_at=at("2026-04-01 00:00"))
    world.route(twice, at("2026-03-30 10:00"), world.refuge, accepted_at=at("2026-05-01 10:00"))
    last = world.referral(at("2026-06-30 09:00"), "acute")
    world.route(last, at("2026-06-30 10:00"), accepted_at=at("2026-06-30 23:59"))
    late = world.referral(at("2026-06-30 09:00"), "acute")
    world.route(late, at("2026-06-30 10:00"), accepted_at=at("2026-07-01 00:00"))
    world.route(world.referral(at("2026-05-01 09:00")), at("2026-05-01 10:00"))
    assert counted("referrals_accepted") == {"": 2, "police": 1, "acute": 1}


def test_referrals_to_the_advocacy_service(world):
    for moment in [*OUTSIDE, *INSIDE]:
        world.route(world.referral(at("2026-01-01 09:00"), "housing"), at(moment))
    world.route(world.referral(at("2026-05-01 09:00")), at("2026-05-01 10:00"), world.refuge)
    back_and_forth = world.referral(at("2026-05-01 09:00"), "police")
    world.route(back_and_forth, at("2026-05-02 10:00"), state="returned", sent_back_at=at("2026-05-03 10:00"))
    world.route(back_and_forth, at("2026-05-04 10:00"))
    before = world.referral(at("2026-03-01 09:00"), "police")
    world.route(before, at("2026-03-02 10:00"), state="returned", sent_back_at=at("2026-03-03 10:00"))
    world.route(before, at("2026-04-04 10:00"))
    assert counted("advocacy_referrals") == {"": 3, "housing": 2, "police": 1}


def test_dash_assessments_by_band_the_highest_first(world):
    for moment in [*OUTSIDE, *INSIDE]:
        world.assessment(at(moment), "high")
    world.assessment(at("2026-05-01 10:00"), "standard")
    world.assessment(None, "medium")
    assert counted("dash_assessments") == {"": 3, "high": 2, "standard": 1}
    assert [code for code, _ in BY_KEY["dash_assessments"].values(QUARTER)] == [
        "",
        "high",
        "medium",
        "standard",
    ]


def test_an_assessment_without_a_band_is_not_lost(world):
    world.assessment(at("2026-05-01 10:00"), "")
    assert BY_KEY["dash_assessments"].values(QUARTER)[-1] == ("not_recorded", 1)
    assert BY_KEY["dash_assessments"].label("not_recorded") == "Not recorded"
    assert counted("dash_assessments") == {"": 1, "not_recorded": 1}


def test_marac_referrals_that_stand(world):
    for moment in [*OUTSIDE, *INSIDE]:
        world.marac_referral(at(moment), "police")
    world.marac_referral(at("2026-05-01 10:00"), withdrawn_at=at("2026-05-02 10:00"))
    world.marac_referral(at("2026-05-01 10:00"), "mental_health")
    assert counted("marac_referrals") == {"": 3, "police": 2, "mental_health": 1}


def test_cases_heard_and_repeats(world):
    for day in [*DAYS_OUTSIDE, *DAYS_INSIDE]:
        world.hearing(day)
    world.hearing(date(2026, 5, 7), criterion=Criterion.REPEAT, is_repeat=True)
    world.hearing(date(2026, 7, 1), criterion=Criterion.REPEAT, is_repeat=True)
    world.hearing(date(2026, 5, 7), state=HearingState.DEFERRED, is_repeat=True)
    world.hearing(date(2026, 5, 7), state=HearingState.LISTED)
    assert counted("marac_cases_heard") == {"": 3, "visible_high_risk": 2, "repeat": 1}
    assert counted("marac_repeats") == {"": 1}


def test_placements_started(world):
    for day in [*DAYS_OUTSIDE, *DAYS_INSIDE]:
        world.placement(day)
    world.placement(date(2026, 5, 1), date(2026, 5, 1), state=PlacementState.CANCELLED)
    assert counted("placements_started") == {"": 2}


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "state", "nights"),
    [
        (date(2026, 4, 10), date(2026, 4, 13), "ended", 3),
        (date(2026, 4, 10), date(2026, 4, 10), "ended", 0),
        (date(2026, 3, 30), date(2026, 4, 1), "ended", 0),  # the last night was 31 March
        (date(2026, 3, 30), date(2026, 4, 2), "ended", 1),
        (date(2026, 6, 30), date(2026, 7, 5), "ended", 1),
        (date(2026, 7, 1), date(2026, 7, 5), "ended", 0),
        (date(2025, 1, 1), date(2027, 1, 1), "ended", 91),
        (date(2025, 1, 1), None, "placed", 91),
        (date(2026, 6, 29), None, "placed", 2),
        (date(2026, 7, 1), None, "placed", 0),
        (date(2026, 4, 10), date(2026, 4, 13), "cancelled", 0),
    ],
)
def test_nights_inside_the_quarter(world, starts_on, ends_on, state, nights):
    world.placement(starts_on, ends_on, state=state)
    assert counted("placement_nights") == ({"": nights} if nights else {})


@pytest.mark.parametrize(("ends_on", "nights"), [(None, 9), (date(2026, 4, 15), 5), (date(2026, 6, 1), 9)])
def test_nights_that_have_not_passed_yet_do_not_count(world, monkeypatch, ends_on, nights):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 4, 19))
    world.placement(date(2026, 4, 10), ends_on)
    assert counted("placement_nights") == {"": nights}


def test_no_night_of_a_quarter_to_come_counts(world, monkeypatch):
    world.placement(date(2026, 3, 1))
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 3, 19))
    assert counted("placement_nights") == {}


def test_turn_aways_by_cause(world):
    for day in [*DAYS_OUTSIDE, *DAYS_INSIDE]:
        world.turn_away(day)
    world.turn_away(date(2026, 5, 1), TurnAwayCause.OLDER_SON)
    assert counted("turn_aways") == {"": 3, "no_capacity": 2, "older_son": 1}


def a_bit_of_everything(world):
    """Rows on every edge of the year's months and in their middles."""
    days = [
        date(2026 + (month > 12), (month - 1) % 12 + 1, day)
        for month in range(3, 18)
        for day in (1, 2, 15, 28)
    ]
    for place, day in enumerate(days):
        for clock in ("00:00", "23:59"):
            moment = at(f"{day} {clock}")
            referral = world.referral(moment, ["police", "housing", "other"][place % 3])
            world.route(referral, moment, accepted_at=moment if place % 2 else None)
            if place % 3 == 0:
                world.route(referral, moment, world.refuge, accepted_at=at(f"{days[-1]} 12:00"))
            world.assessment(moment, ["high", "medium", "standard"][place % 3])
            world.marac_referral(moment)
        world.hearing(day, is_repeat=place % 5 == 0)
        world.placement(day, days[place + 6] if place + 6 < len(days) else None)
        world.turn_away(day)


def test_months_sum_to_quarters_and_no_row_is_lost_between_two(world, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2028, 1, 1))
    a_bit_of_everything(world)
    for measure in MEASURES:
        for code in ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"):
            quarter = parse_quarter(code)
            months = [dict(measure.values(month)) for month in quarter.months]
            total = dict(measure.values(quarter))
            assert total == {key: sum(month.get(key, 0) for month in months) for key in total}, (
                measure.key,
                code,
            )
            assert total[""] > 0


def test_the_parts_make_the_whole_in_every_measure(world, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2028, 1, 1))
    a_bit_of_everything(world)
    for measure in MEASURES:
        (_, whole), *parts = measure.values(QUARTER)
        if measure.breakdown:
            assert sum(number for _, number in parts) == whole
            assert all(measure.label(code) for code, _ in parts)
        else:
            assert parts == []


# --- one picture of the records, and no names ---


def test_what_is_saved_meanwhile_is_in_no_figure(world):
    world.referral(at("2026-05-01 10:00"))

    def progress(place, measure):
        world.route(
            world.referral(at("2026-05-02 10:00")), at("2026-05-02 10:00"), accepted_at=at("2026-05-02 11:00")
        )

    # The picture is taken at the first question, so one is asked before anything is added.
    rows = {
        (row.measure, row.breakdown): row.value for row in count_return("quarterly", QUARTER, lambda *_: None)
    }
    assert rows["referrals_received", ""] == 1
    during = {}
    for row in count_return("quarterly", QUARTER, lambda place, measure: place and progress(place, measure)):
        during[row.measure, row.breakdown] = row.value
    assert (during["referrals_received", ""], during["referrals_accepted", ""]) == (1, 0)


def test_counting_writes_nothing(world):
    def progress(place, measure):
        with connections["figures"].cursor() as cursor:
            cursor.execute("SHOW transaction_read_only")
            assert cursor.fetchone() == ("on",)
            cursor.execute("SHOW transaction_isolation")
            assert cursor.fetchone() == ("repeatable read",)

    count_return("quarterly", QUARTER, progress)


def test_every_measure_asks_once_or_so(world, django_assert_max_num_queries):
    a_bit_of_everything(world)
    with django_assert_max_num_queries(len(MEASURES) + 3, connection=connections["figures"]):
        count_return("quarterly", QUARTER)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("cases_person", "family_name"),
        ("cases_location", "value"),
        ("cases_safecontactplan", "id"),
        ("referrals_referralperson", "family_name"),
        ("referrals_referral", "what_happened"),
        ("referrals_referral", "reference"),
        ("casework_riskassessment", "judgement_reason"),
        ("marac_hearing", "outcome"),
        ("marac_hearingpaper", "body"),
        ("refuge_unit", "name"),
        ("refuge_refugeservice", "address"),
        ("agencies_user", "email"),
        ("referrals_historicalreferralperson", "family_name"),
        ("audit_read", "id"),
    ],
)
def test_the_login_of_figures_can_read_no_name_place_or_free_text(world, table, column):
    world.referral(at("2026-05-01 10:00"))
    with (
        connections["figures"].cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        cursor.execute(f"SELECT {column} FROM {table}")


def test_the_columns_of_figures_are_codes_numbers_and_dates(world):
    allowed = ("id", "_id", "_at", "_on", "_count", "_repeat")
    codes = {
        "source", "state", "criterion", "tool", "band", "cause", "decided_by", "adults", "children", "kind", "services",
        "closing_reason",
    }  # fmt: skip
    columns = known_columns("dacase_figures")
    assert columns
    assert [pair for pair in columns if not pair[1].endswith(allowed) and pair[1] not in codes] == []


def test_the_login_of_figures_can_write_nothing(world):
    with (
        connections["figures"].cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        cursor.execute("UPDATE refuge_placement SET state = 'ended'")


def test_every_measure_says_what_it_counts():
    keys = [measure.key for measure in MEASURES]
    assert keys == list(KINDS["quarterly"].keys)
    for measure in MEASURES:
        for words in (measure.title, measure.definition, measure.unit, measure.counted, measure.source):
            assert words
            assert NAME not in words

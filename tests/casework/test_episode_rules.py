"""Every line of the casework's policy tables that belong to episodes, contact and closing."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dacase.agencies.choices import AgencyKind, Service
from dacase.agencies.models import Agency
from dacase.cases.choices import Band, ContactMethod
from dacase.cases.models import SafeContactPlan
from dacase.cases.rules import contact_method, is_current_plan, plan_review_due_on, policy
from referrals.casework.choices import Direction, EpisodeKind
from referrals.casework.rules import caseload, closure
from referrals.casework.rules.contact import outcomes
from referrals.casework.rules.episode import (
    assessing_kinds,
    assessment_due_at,
    first_contact_due_at,
    kind_of,
    kinds_given_by,
    quiet_until,
    tries_at_varied_times,
    tries_before_closing,
    urgency_of,
)
from referrals.casework.rules.tables import rows

LONDON = ZoneInfo("Europe/London")
DAY = date(2026, 11, 27)
FRIDAY = datetime(2026, 11, 27, 16, 0, tzinfo=LONDON)


@pytest.mark.parametrize("line", rows("contact_clocks"), ids=lambda line: line["urgency"])
def test_each_first_contact_clock(line):
    priority = "high" if line["urgency"] == "high" else "standard"
    due = first_contact_due_at(FRIDAY, priority=priority, band="medium")
    if line["counting"] == "calendar":
        assert due == FRIDAY + timedelta(hours=float(line["hours"]))
    else:  # an hour of Friday, Monday's eight, seven of Tuesday
        assert due == datetime(2026, 12, 1, 16, 0, tzinfo=LONDON)
    assert tries_before_closing(priority, "medium", FRIDAY) == int(line["attempts"])
    again = quiet_until(FRIDAY, priority=priority, band="medium")
    assert again == FRIDAY + timedelta(days=int(line["quiet_days"])) > due


@pytest.mark.parametrize(
    ("times", "count"),
    [
        ([], 0),
        (["27 09:00", "27 11:59"], 1),
        (["27 11:59", "27 12:00", "27 16:59"], 2),
        (["27 16:59", "27 17:00", "27 21:00"], 2),
        (["27 09:00", "28 09:00"], 2),
    ],
)
def test_tries_of_one_part_of_a_day_are_one(times, count):
    made = [datetime.strptime(f"2026-11-{at}", "%Y-%m-%d %H:%M").replace(tzinfo=LONDON) for at in times]
    assert tries_at_varied_times(made) == count


@pytest.mark.parametrize("line", rows("assessment_clocks"), ids=lambda line: line["kind"])
def test_each_clock_of_the_first_assessment(line):
    assert line["kind"] in EpisodeKind.values
    assert line["kind"] in assessing_kinds()
    due = {  # an hour of Friday, then eight of each working day
        "hospital_idva": datetime(2026, 11, 30, 16, 0, tzinfo=LONDON),
        "idva": datetime(2026, 12, 1, 16, 0, tzinfo=LONDON),
        "outreach": datetime(2026, 12, 4, 16, 0, tzinfo=LONDON),
    }
    assert assessment_due_at(FRIDAY, line["kind"]) == due[line["kind"]]


def test_support_that_does_not_begin_with_an_assessment_has_no_clock_for_one():
    for kind in ("iris", "childrens_worker", "refuge_support", "social_care"):
        assert kind not in assessing_kinds()
        with pytest.raises(KeyError):
            assessment_due_at(FRIDAY, kind)


def test_a_high_band_is_as_urgent_as_a_high_priority():
    assert (
        urgency_of("standard", Band.HIGH) == urgency_of("high", "") == urgency_of("immediate", "") == "high"
    )
    assert (
        urgency_of("medium", "")
        == urgency_of("standard", "")
        == urgency_of("standard", Band.MEDIUM)
        == "standard"
    )


@pytest.mark.parametrize(
    ("agency", "kind"),
    [
        (Agency(kind=AgencyKind.SPECIALIST, services=[Service.ADVOCACY]), "idva"),
        (Agency(kind=AgencyKind.ACUTE, services=[Service.ADVOCACY]), "idva"),
        (Agency(kind=AgencyKind.SPECIALIST, services=[Service.REFUGE]), "refuge_support"),
        (Agency(kind=AgencyKind.CHILDRENS, services=[]), "social_care"),
        (Agency(kind=AgencyKind.ADULTS, services=[]), "social_care"),
        (Agency(kind=AgencyKind.ACUTE, services=[]), "hospital_idva"),
        (Agency(kind=AgencyKind.PRIMARY_CARE, services=[]), "iris"),
        (Agency(kind=AgencyKind.HOUSING, services=[]), "outreach"),
    ],
)
def test_what_kind_of_support_a_service_gives(agency, kind):
    assert kind_of(agency) == kind


def test_every_kind_of_the_table_is_one():
    assert {row["kind"] for row in rows("episode_kinds")} <= set(EpisodeKind.values)
    assert {row["kind"] for row in rows("kinds_given")} == set(EpisodeKind.values)


@pytest.mark.parametrize("line", rows("kinds_given"), ids=lambda line: "-".join(line.values()))
def test_an_agency_of_each_line_may_begin_that_support(line):
    kind = AgencyKind.OTHER if line["value"] == "*" or line["test"] == "service" else line["value"]
    agency = Agency(kind=AgencyKind(kind), services=[])
    if line["test"] == "service":
        assert line["kind"] not in kinds_given_by(agency)
        agency.services = [Service(line["value"])]
    assert line["kind"] in kinds_given_by(agency)


@pytest.mark.parametrize("kind", AgencyKind)
@pytest.mark.parametrize("service", [None, *Service])
def test_what_begins_with_a_referral_may_be_begun_by_hand_too(kind, service):
    agency = Agency(kind=kind, services=[service] if service else [])
    assert kind_of(agency) in kinds_given_by(agency)


def test_a_refuge_begins_no_idva_support_and_social_care_no_counselling():
    refuge = Agency(kind=AgencyKind.SPECIALIST, services=[Service.REFUGE])
    assert kinds_given_by(refuge) == [
        "outreach",
        "childrens_worker",
        "group_work",
        "counselling",
        "refuge_support",
    ]
    childrens = Agency(kind=AgencyKind.CHILDRENS, services=[])
    assert kinds_given_by(childrens) == ["outreach", "childrens_worker", "group_work", "social_care"]


@pytest.mark.parametrize("method", ContactMethod.values)
def test_every_way_of_contact_has_its_rule(method):
    row = contact_method(method)
    assert row["plan_field"] or row["needs_agreement"] == "yes"
    assert not row["plan_field"] or hasattr(SafeContactPlan(), row["plan_field"])


@pytest.mark.parametrize("line", policy("plan_review"), ids=lambda line: line["from_date"])
def test_a_plan_is_current_for_as_long_as_the_table_says(line):
    last = plan_review_due_on(DAY)
    assert last == DAY + timedelta(days=int(line["days"]))
    assert is_current_plan(DAY, on=last)
    assert not is_current_plan(DAY, on=last + timedelta(days=1))


def test_no_plan_is_older_than_the_first_rule():
    with pytest.raises(ValueError, match="2001"):
        plan_review_due_on(date(2001, 1, 1))


@pytest.mark.parametrize("outcome", outcomes().values(), ids=lambda one: one.code)
def test_each_outcome_of_a_contact(outcome):
    assert outcome.directions <= set(Direction.values)
    assert not (outcome.spoke and outcome.tries_again)
    assert not outcome.leaves_message or "outgoing" in outcome.directions


@pytest.mark.parametrize("line", rows("closure_reasons"), ids=lambda line: line["reason"])
def test_each_closure_reason(line):
    reason = closure.reasons(DAY)[line["reason"]]
    assert reason.label == line["label"] == closure.reason_label(line["reason"])
    assert reason.retention in {"support", "short", "death"}
    assert not (reason.is_step and reason.needs_sign_off)


@pytest.mark.parametrize("line", rows("outcomes"), ids=lambda line: line["item"])
def test_each_outcome_at_exit_can_be_answered_and_left_unasked(line):
    item = closure.items(DAY)[line["item"]]
    answers = dict(item.answers)
    assert item.rater in {"worker", "client"}
    assert {"not_asked", "not_known"} <= answers.keys()
    assert closure.answer_label(line["item"], "not_asked") == (line["label"], "Not asked")


def test_no_words_say_that_somebody_is_safe():
    words = [
        row["label"].lower()
        for name in ("outcomes", "outcome_scales", "closure_reasons")
        for row in rows(name)
    ]
    assert not [line for line in words if "safe" in line.replace("not safe", "").replace("safety", "")]


@pytest.mark.parametrize("line", rows("caseload_weights"), ids=lambda line: line["band"] or "none")
def test_each_weight(line):
    assert caseload.weight_of({line["band"]: 4}, DAY) == 4 * float(line["weight"])


@pytest.mark.parametrize("line", rows("caseload_guide"), ids=lambda line: line["guide"])
def test_each_guide(line):
    guide = caseload.guide(line["guide"], DAY)
    assert (guide.low, guide.high) == (int(line["low"]), int(line["high"]))
    assert guide.meaning_of(guide.low - 1) == "neutral"
    assert guide.meaning_of(guide.low) == guide.meaning_of(guide.high) == "info"
    assert guide.meaning_of(guide.high + 1) == "warning"


def test_what_is_in_no_table_is_refused():
    for ask in (
        lambda: caseload.guide("month", DAY),
        lambda: contact_method("pigeon"),
        lambda: tries_before_closing("standard", "", datetime(2001, 1, 1, tzinfo=LONDON)),
    ):
        with pytest.raises(KeyError):
            ask()
    assert closure.answer_label("x", "y") == ("x", "y")
    assert closure.reason_label("x") == "x"

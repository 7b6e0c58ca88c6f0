"""How long records are kept: every line of the tables, every model, and what a closed case says."""

from datetime import date

import pytest
from django.utils import timezone

from dacase.cases.panels import draw
from dacase.cases.rules.people import rows
from dacase.cases.rules.retention import case_kept_until, class_of, retention_classes
from dacase.cases.services.closing import close_case
from dacase.walls.context import acting_as
from referrals.casework.retention_panels import retention_of_case
from referrals.casework.rules.tables import rows as casework_rows
from tests.factories import make_case

DAY = date(2026, 11, 28)


@pytest.mark.parametrize("line", rows("retention"), ids=lambda line: line["model"])
def test_each_model_has_a_class_in_force(line):
    assert class_of(line["model"]) == line["retention_class"]
    assert line["retention_class"] in retention_classes(DAY)


@pytest.mark.parametrize("line", rows("retention_classes"), ids=lambda line: line["retention_class"])
def test_each_class_counts_from_something(line):
    one = retention_classes(date.fromisoformat(line["from_date"]))[line["retention_class"]]
    assert one.meaning
    assert one.unit in {"years", "days"}
    assert (one.counts_from == "none") == (one.number == 0)
    assert one.counts_from in {"none", "case_closed", "youngest_birth", "made"}
    used = {row["retention_class"] for row in rows("retention")}
    used |= {row["retention"] for row in casework_rows("closure_reasons")}
    assert one.name in used


@pytest.mark.parametrize("line", casework_rows("closure_reasons"), ids=lambda line: line["reason"])
def test_each_closure_reason_has_a_class_that_counts_from_the_end(line):
    assert retention_classes(DAY)[line["retention"]].counts_from == "case_closed"


def test_classes_are_dated():
    assert retention_classes(date(2001, 1, 1)) == {}


@pytest.mark.parametrize(
    ("classes", "births", "until"),
    [
        ((), (), date(2033, 11, 28)),
        (("short",), (), date(2028, 11, 28)),
        (("short", "support"), (), date(2033, 11, 28)),
        (("support", "death"), (), date(2056, 11, 28)),
        (("short",), (date(2020, 5, 4), date(2024, 2, 29)), date(2049, 3, 1)),
    ],
)
def test_a_closed_case_is_kept_as_long_as_its_longest_part(classes, births, until):
    assert case_kept_until(DAY, classes=classes, births=births) == until


def test_a_closed_case_says_until_when_it_is_kept_and_an_open_one_nothing(cast):
    case = make_case(cast.idva)
    with acting_as(cast.idva):
        assert draw(retention_of_case, case, cast.idva) is None
        closed = close_case(case, reason="ended", actor=cast.idva)
        panel = draw(retention_of_case, closed, cast.idva)
    assert panel.context["until"].year == timezone.localdate().year + 7

"""Records that come to published counts, counted by the measures that returns use."""

from datetime import date
from pathlib import Path

import pytest
from django.db import connections, transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dacase.demo.published import PublishedError, fill_to_published
from dacase.demo.published.recorded import counts
from dacase.demo.published.table import Counted, add, read_table
from dacase.demo.world import make_world
from marac.models import Hearing
from marac.rules import is_repeat
from reporting.periods import Quarter
from reporting.returns import count_return
from tests.cast import empty_database

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("opened")]

REAL = Path(__file__).parent.parent / "data" / "partner_measures_2019_20.csv"
REFERRALS, REPEATS, ADVOCACY = Counted
COUNTED = {"marac_referrals": REFERRALS, "marac_repeats": REPEATS, "advocacy_referrals": ADVOCACY}


@pytest.fixture(autouse=True)
def _empty(opened):
    empty_database()


def recorded() -> dict[tuple[Counted, date], int]:
    with connections["owner"].cursor() as cursor:
        return counts(cursor)


def write(path: Path, values: dict[tuple[Counted, date], int]) -> Path:
    lines = [f"{measure.value},somebody,{month:%Y-%m},{value}" for (measure, month), value in values.items()]
    path.write_text("\n".join(["measure,agency,month,value", *lines]), encoding="utf-8")
    return path


def assert_consistent(ask) -> None:
    """Everything of a case is there and in order, and the walls hold."""
    heard: dict[object, list[date]] = {}
    for hearing in Hearing.objects.using("owner").filter(state="heard").order_by("heard_on"):
        before = heard.setdefault(hearing.case_id, [])
        assert hearing.is_repeat == is_repeat(hearing.heard_on, before)
        assert hearing.heard_on.replace(day=1) not in [day.replace(day=1) for day in before]
        before.append(hearing.heard_on)
    for broken in (
        (
            "SELECT 1 FROM marac_maracreferral m WHERE NOT EXISTS (SELECT 1 FROM marac_hearing h WHERE h.marac_referral_id = m.id"
            " AND h.state = 'heard' AND date_trunc('month', h.heard_on) ="
            " date_trunc('month', (m.referred_at AT TIME ZONE 'Europe/London')::date))"
        ),
        (
            "SELECT 1 FROM marac_hearing h JOIN marac_maracreferral m ON m.id = h.marac_referral_id WHERE h.case_id <> m.case_id"
            " OR h.heard_on <= m.referred_at::date OR m.listed_at < m.referred_at"
        ),
        "SELECT 1 FROM marac_hearing h JOIN marac_meeting t ON t.id = h.meeting_id WHERE t.held_on <> h.heard_on",
        (
            "SELECT 1 FROM cases_case c WHERE NOT EXISTS (SELECT 1 FROM referrals_referral r WHERE r.case_id = c.id"
            " AND r.received_at < c.opened_at)"
        ),
        (
            "SELECT 1 FROM cases_case c JOIN marac_maracreferral m ON m.case_id = c.id WHERE m.referred_at < c.opened_at"
            " OR m.referred_at > c.closed_at"
        ),
        "SELECT 1 FROM cases_case c WHERE (SELECT count(*) FROM cases_party y WHERE y.case_id = c.id) < 2",
        "SELECT 1 FROM marac_hearing h WHERE (SELECT count(*) FROM marac_hearingpaper p WHERE p.hearing_id = h.id) <> 3",
        "SELECT 1 FROM agencies_membership m JOIN referrals_referral r ON r.sender_id = m.id WHERE r.received_at < m.starts_on",
        "SELECT 1 WHERE count_viewer_drift() > 0",
    ):
        assert ask(broken) == [], broken


def test_the_real_year_is_printed_back_by_the_quarterly_return(ask):
    fill_to_published(REAL)
    published = read_table(REAL, date(2026, 5, 20)).targets
    for number in range(1, 5):
        quarter = Quarter.of(2019, number)
        figures = {row.measure: row.value for row in count_return("quarterly", quarter) if not row.breakdown}
        months = [add(quarter.starts_on, more) for more in range(3)]
        for measure, counted in COUNTED.items():
            assert figures[measure] == sum(published[counted, month].value for month in months), (
                quarter,
                measure,
            )
        assert figures["marac_cases_heard"] == figures["marac_referrals"]
    assert_consistent(ask)


def test_twice_adds_nothing_and_says_so(ask):
    fill_to_published(REAL)
    rows = "SELECT (SELECT count(*) FROM cases_case), (SELECT count(*) FROM marac_hearing), (SELECT count(*) FROM marac_meeting), (SELECT count(*) FROM audit_event)"
    before = ask(rows)
    assert fill_to_published(REAL)[-1] == "Everything in the file is recorded already. Nothing was changed."
    assert ask(rows) == before


def test_beside_the_demos_partnership(ask):
    """Months that the demo fills as well are topped up; its people and meetings are used."""
    make_world(until=date(2026, 3, 2), cases=300)
    have = recorded()
    months = [date(2025, 9, 1), date(2025, 10, 1), date(2026, 1, 1)]
    wanted = {
        (measure, month): have.get((measure, month), 0) + more
        for month in months
        for measure, more in ((REFERRALS, 5), (REPEATS, 2), (ADVOCACY, 11))
    }
    with NamedFile() as path:
        fill_to_published(write(path, wanted))
    now = recorded()
    assert {key: now[key] for key in wanted} == wanted
    untouched = [date(2025, month, 1) for month in (11, 12)]
    for measure in (REPEATS, ADVOCACY):
        assert all(now.get((measure, month), 0) == have.get((measure, month), 0) for month in untouched)
    assert ask("SELECT count_viewer_drift()") == [0]


class NamedFile:
    """A path for one test's table."""

    def __enter__(self) -> Path:
        from tempfile import mkdtemp

        self.path = Path(mkdtemp()) / "table.csv"
        return self.path

    def __exit__(self, *args: object) -> None:
        self.path.unlink()
        self.path.parent.rmdir()


values = st.dictionaries(
    st.tuples(
        st.sampled_from(list(Counted)), st.sampled_from([add(date(2021, 11, 1), n) for n in range(14)])
    ),
    st.integers(0, 6),
    min_size=1,
    max_size=14,
)


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(values, values)
def test_any_tables_one_after_the_other(ask, one, two):
    """Whatever is accepted comes out exactly; whatever is refused leaves nothing behind."""
    with transaction.atomic(using="owner"), NamedFile() as path:
        for table in (one, two):
            before = recorded()
            try:
                fill_to_published(write(path, table))
            except PublishedError:
                assert recorded() == before
            else:
                after = recorded()
                assert {key: after.get(key, 0) for key in table} == table
        assert_consistent(ask)
        transaction.set_rollback(True, using="owner")


def test_more_recorded_than_published_is_an_error_and_changes_nothing(tmp_path):
    may, june = date(2021, 5, 1), date(2021, 6, 1)
    fill_to_published(write(tmp_path / "a.csv", {(REFERRALS, may): 4, (ADVOCACY, may): 2}))
    before = recorded()
    with pytest.raises(
        PublishedError, match=r"Line 3: Referrals to MARAC in 2021-05: the file says 3, and 4 are recorded"
    ):
        fill_to_published(write(tmp_path / "b.csv", {(REFERRALS, june): 5, (REFERRALS, may): 3}))
    assert recorded() == before


def test_an_impossible_table_leaves_not_even_the_people(tmp_path, ask):
    with pytest.raises(PublishedError, match="only 1 referrals"):
        fill_to_published(
            write(tmp_path / "a.csv", {(REFERRALS, date(2021, 5, 1)): 1, (REPEATS, date(2021, 5, 1)): 2})
        )
    assert ask("SELECT count(*) FROM cases_case") == [0]


def test_a_later_table_finds_its_repeats_among_what_an_earlier_one_made(tmp_path, ask):
    fill_to_published(write(tmp_path / "a.csv", {(REFERRALS, date(2021, 5, 1)): 6}))
    told = fill_to_published(
        write(tmp_path / "b.csv", {(REFERRALS, date(2021, 9, 1)): 3, (REPEATS, date(2021, 9, 1)): 3})
    )
    assert told[0] == "Made 0 invented cases: 3 hearings at MARAC, 3 of them repeats."
    assert_consistent(ask)


def test_before_the_invented_colleagues_began(tmp_path, ask):
    fill_to_published(
        write(tmp_path / "a.csv", {(REFERRALS, date(2012, 2, 1)): 2, (REPEATS, date(2012, 2, 1)): 1})
    )
    assert recorded()[REFERRALS, date(2012, 2, 1)] == 2
    assert_consistent(ask)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE agencies_membership SET starts_on = '2018-04-01' WHERE starts_on < '2018-04-01'"
        )


def test_a_table_of_other_measures_changes_nothing(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "measure,agency,month,value\nReferrals to IRIS programme,iris,2019-04,6\n", encoding="utf-8"
    )
    assert fill_to_published(path) == [
        "Left out, because it is not made here: Referrals to IRIS programme",
        "The file has no count that is made here. Nothing was changed.",
    ]
    assert recorded() == {}

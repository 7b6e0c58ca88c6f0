"""manage.py make_demo_data: what it says, and when it does nothing."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dacase.cases.models import Case
from tests.cast import empty_database

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("opened")]


@pytest.fixture(autouse=True)
def _empty(opened):
    empty_database()


def run(*args: object) -> str:
    out = StringIO()
    call_command("make_demo_data", *map(str, args), stdout=out)
    return out.getvalue()


def cases() -> int:
    return Case.objects.using("owner").count()


def test_fills_an_empty_database_once():
    assert "Made " in run("--cases", 20)
    made = cases()
    assert 10 <= made <= 40
    assert run("--cases", 20) == "The database holds cases already. Nothing was changed.\n"
    assert cases() == made


def test_who_comes_second_is_told(monkeypatch):
    run("--cases", 5)
    made = cases()
    answers = iter([False, True])  # empty when asked, filled by somebody else before the tables are locked
    monkeypatch.setattr("dacase.demo.world.is_filled", lambda using="owner": next(answers))
    assert run("--cases", 5).endswith(
        "Somebody else has filled the database meanwhile. Nothing was changed.\n"
    )
    assert cases() == made


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--cases", 0], "--cases must be from 1 to 250,000"),
        (["--cases", 250_001], "--cases must be from 1 to 250,000"),
        (["--until", timezone.localdate() + timedelta(days=1)], "nobody has worked in the future"),
        (["--until", "1980-01-01"], "--until must be from 2010-01-01"),
        (["--until", "31 February"], "invalid day value"),
        (["--published", "none.csv"], "none.csv cannot be read"),
        (["--published", "none.csv", "--cases", 5], "Leave out --cases"),
    ],
)
def test_what_it_refuses(args, words):
    with pytest.raises(CommandError, match=words):
        run(*args)
    assert cases() == 0


def test_never_in_production(settings, tmp_path):
    settings.PRODUCTION = True
    for args in ([], ["--published", tmp_path / "a.csv"]):
        with pytest.raises(CommandError, match="do not belong in a real installation"):
            run(*args)
    assert cases() == 0


def test_published_counts(tmp_path):
    path = tmp_path / "published.csv"
    path.write_text(
        "measure,agency,month,value\nReferrals to MARAC,marac,2020-02,2\nOther,x,2020-02,9\n",
        encoding="utf-8",
    )
    assert run("--published", path).splitlines() == [
        "Left out, because it is not made here: Other",
        "Made 2 invented cases: 2 hearings at MARAC, 0 of them repeats.",
        "All 1 counts of the file are now what the records come to.",
    ]
    assert cases() == 2

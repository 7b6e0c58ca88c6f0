"""The command: any quarter that has begun, a plain sentence otherwise, and never half a file."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.jobs.conftest import broker, celery_app, relay, start, wait_for  # noqa: F401 - fixtures
from tests.reporting.test_files import figures_of_csv
from tests.reporting.world import at


def test_the_command_counts_years_long_past(world, capfdbinary):
    world.referral(at("2019-04-01 00:00"))
    world.referral(at("2019-03-31 23:59"))
    call_command("make_return", "quarterly", period="2019-Q1", format="csv", output="-")
    assert ("referrals_received", "Total", 1) in figures_of_csv(capfdbinary.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"period": "2026"}, "Write a quarter as 2026-Q1"),
        ({"period": "2098-Q1"}, "has not begun yet"),
        ({"period": "1066-Q1"}, "from 2000 to 2099"),
        ({"format": "pdf"}, "no format “pdf”"),
        ({"kind": "yearly"}, "no return called “yearly”"),
    ],
)
def test_the_command_refuses_in_one_sentence(db, tmp_path, arguments, words):
    path = tmp_path / "return.csv"
    values = {"kind": "quarterly", "period": "2026-Q1", "format": "csv", "output": str(path)} | arguments
    with pytest.raises(CommandError, match=words) as refused:
        call_command("make_return", values.pop("kind"), **values)
    assert refused.value.returncode
    assert not path.exists()


def test_a_file_that_cannot_be_written_leaves_the_former_one(world, tmp_path, monkeypatch):
    path = tmp_path / "return.csv"
    path.write_text("former")
    monkeypatch.setattr(
        os, "fdopen", lambda *args: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(CommandError, match="No space left"):
        call_command("make_return", "quarterly", period="2026-Q1", format="csv", output=str(path))
    assert path.read_text() == "former"
    assert list(tmp_path.iterdir()) == [path]


def test_no_folder_no_file(world, tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command(
            "make_return", "quarterly", period="2026-Q1", format="csv", output=str(tmp_path / "no" / "x")
        )


def test_a_link_stays_a_link_and_a_pipe_a_pipe(world, tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("former")
    link.symlink_to(real)
    call_command("make_return", "quarterly", period="2026-Q1", format="csv", output=str(link))
    assert link.is_symlink()
    assert real.read_bytes().startswith(b"\xef\xbb\xbfperiod")
    call_command("make_return", "quarterly", period="2026-Q1", format="csv", output="/dev/null")
    assert Path("/dev/null").stat().st_rdev


def test_tomorrows_quarter_is_refused_and_todays_counted():
    from reporting.periods import PeriodError
    from reporting.rules import check_quarter

    first = date(2026, 4, 1)
    assert check_quarter("2026-Q1", first).code == "2026-Q1"
    with pytest.raises(PeriodError, match="April to June 2026 has not begun yet"):
        check_quarter("2026-Q1", first - timedelta(days=1))

"""Reads the policy tables of referrals/data, which a practitioner can read and a partnership can change."""

import csv
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.csv`, read once per process."""
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def in_force(name: str, on: str, **keys: str) -> list[dict[str, str]]:
    """The rows of a dated table with `keys` that hold on the ISO day `on`: those of its newest `from_date`."""
    begun = [
        row for row in rows(name) if row["from_date"] <= on and all(row[key] == keys[key] for key in keys)
    ]
    newest = max((row["from_date"] for row in begun), default="")
    return [row for row in begun if row["from_date"] == newest]

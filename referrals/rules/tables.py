"""Reads policy tables, which a practitioner can read and a partnership can change: data/*.csv of a wing."""

import csv
from functools import cache
from pathlib import Path

FRONT_DOOR = Path(__file__).parent.parent / "data"
CASEWORK = Path(__file__).parent.parent / "casework" / "data"


@cache
def rows(name: str, folder: Path = FRONT_DOOR) -> tuple[dict[str, str], ...]:
    """The rows of `folder/<name>.csv`, read once per process."""
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def in_force(name: str, on: str, folder: Path = FRONT_DOOR, **keys: str) -> list[dict[str, str]]:
    """The rows of a dated table with `keys` that hold on the ISO day `on`: those of its newest `from_date`."""
    begun = [
        row
        for row in rows(name, folder)
        if row["from_date"] <= on and all(row[key] == keys[key] for key in keys)
    ]
    newest = max((row["from_date"] for row in begun), default="")
    return [row for row in begun if row["from_date"] == newest]

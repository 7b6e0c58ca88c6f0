"""The verbs that the timeline can put into words."""

import csv
from pathlib import Path

import dacase.audit


def worded() -> set[str]:
    path = Path(dacase.audit.__file__).with_name("verbs.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {row["verb"] for row in csv.DictReader(file) if row["sentence"]}

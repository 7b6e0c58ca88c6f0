"""Why an episode closes and what must be said then: data/closure_reasons.csv, outcomes.csv, outcome_scales.csv."""

from dataclasses import dataclass
from datetime import date

from referrals.casework.rules.tables import in_force, rows


@dataclass(frozen=True)
class Reason:
    """A closure reason. `retention` is the class that decides how long the record is kept."""

    code: str
    label: str
    needs_outcomes: bool
    needs_sign_off: bool
    retention: str
    is_step: bool


@dataclass(frozen=True)
class Item:
    """Something that may have changed, rated by the worker or by the client, with the answers of its scale."""

    code: str
    label: str
    rater: str
    answers: tuple[tuple[str, str], ...]


def reasons(on: date) -> dict[str, Reason]:
    """The closure reasons in force on a day, by code, in the order shown."""
    return {
        row["reason"]: Reason(
            row["reason"],
            row["label"],
            row["outcomes"] == "yes",
            row["sign_off"] == "yes",
            row["retention"],
            row["steps"] == "yes",
        )
        for row in in_force("closure_reasons", on.isoformat())
    }


def reason_label(code: str) -> str:
    """The words for a reason, also for one that is no longer in force; the code for an unknown one."""
    labels = [row["label"] for row in rows("closure_reasons") if row["reason"] == code]
    return labels[-1] if labels else code


def items(on: date) -> dict[str, Item]:
    """What is asked when an episode closes on a day, by code, in the order shown."""
    return {
        row["item"]: Item(row["item"], row["label"], row["rater"], _answers(row["scale"]))
        for row in in_force("outcomes", on.isoformat())
    }


def answer_label(item: str, answer: str) -> tuple[str, str]:
    """The words for an item and for the answer to it; the codes for unknown ones."""
    for row in reversed(rows("outcomes")):
        if row["item"] == item:
            return row["label"], dict(_answers(row["scale"])).get(answer, answer)
    return item, answer


def _answers(scale: str) -> tuple[tuple[str, str], ...]:
    return tuple((row["answer"], row["label"]) for row in rows("outcome_scales") if row["scale"] == scale)

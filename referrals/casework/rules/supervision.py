"""How often a support is talked through with a manager: data/supervision.csv."""

from datetime import date, timedelta

from referrals.casework.rules.tables import in_force


def weeks_between(on: date) -> dict[str, int]:
    """Band (cases.choices.Band, empty for not assessed) -> weeks until the next supervision, on a day."""
    return {row["band"]: int(row["weeks"]) for row in in_force("supervision", on.isoformat())}


def next_supervision_on(band: str, *, on: date) -> date:
    """The last day for the next supervision after one, or after the beginning of support, on the day `on`.

    Raises KeyError for a band without a line.
    """
    return on + timedelta(weeks=weeks_between(on)[band])

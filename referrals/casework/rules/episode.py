"""Which kind of support a service gives, until when it makes contact, and until when it assesses the risk."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils import timezone

from dacase.agencies.models import Agency
from dacase.cases.choices import Band
from referrals.casework.choices import EpisodeKind
from referrals.casework.rules.tables import in_force, rows
from referrals.choices import Priority
from referrals.rules.clock import WORKING, add_working_time

NOON, EVENING = time(12), time(17)
HIGH, STANDARD = "high", "standard"


def kind_of(agency: Agency) -> str:
    """The kind of episode (choices.EpisodeKind) that begins when `agency` accepts a referral: episode_kinds.csv."""
    for row in rows("episode_kinds"):
        if is_for(row, agency):
            return row["kind"]
    raise KeyError(agency.kind)


def kinds_given_by(agency: Agency) -> list[EpisodeKind]:
    """The kinds of support that `agency` may begin by hand: kinds_given.csv, in the order of choices.EpisodeKind."""
    given = {row["kind"] for row in rows("kinds_given") if is_for(row, agency)}
    return [kind for kind in EpisodeKind if kind in given]


def is_for(row: dict[str, str], agency: Agency) -> bool:
    """Whether a line about agencies speaks of this one: by a service that it offers, by its kind, or of all (`*`)."""
    if row["test"] == "service":
        return agency.offers(row["value"])
    return row["value"] in (agency.kind, "*")


def urgency_of(priority: str, band: str) -> str:
    """HIGH where the referral's priority is high or immediate, or the band of risk is high, else STANDARD."""
    urgent = (Priority.IMMEDIATE, Priority.HIGH)
    return HIGH if priority in urgent or band == Band.HIGH else STANDARD


def contact_clock(urgency: str, at: datetime) -> dict[str, str]:
    """The line of contact_clocks.csv in force at `at`. Raises KeyError where there is none."""
    found = in_force("contact_clocks", timezone.localdate(at).isoformat(), urgency=urgency)
    if not found:
        raise KeyError((urgency, at))
    return found[0]


def first_contact_due_at(start: datetime, *, priority: str, band: str) -> datetime:
    """Until when first contact must be tried in what begins at `start` (aware)."""
    row = contact_clock(urgency_of(priority, band), start)
    span = timedelta(hours=float(row["hours"]))
    return add_working_time(start, span) if row["counting"] == WORKING else start + span


def assessing_kinds() -> list[str]:
    """The kinds of episode whose work begins with a risk assessment: those with a line in assessment_clocks.csv."""
    return sorted({row["kind"] for row in rows("assessment_clocks")})


def assessment_due_at(contacted_at: datetime, kind: str) -> datetime:
    """Until when the risk is assessed for the first time in an episode of a kind: so many working hours after the
    first contact (aware), by the line of assessment_clocks.csv then in force. Raises KeyError where there is none.
    """
    found = in_force("assessment_clocks", timezone.localdate(contacted_at).isoformat(), kind=kind)
    if not found:
        raise KeyError((kind, contacted_at))
    return add_working_time(contacted_at, timedelta(hours=float(found[0]["hours"])))


def quiet_until(contact_at: datetime, *, priority: str, band: str) -> datetime:
    """When the worker hears of an episode again after a contact (aware), where she said nothing of the next one."""
    row = contact_clock(urgency_of(priority, band), contact_at)
    return contact_at + timedelta(days=int(row["quiet_days"]))


def tries_before_closing(priority: str, band: str, at: datetime) -> int:
    """How many tries at varied times the service makes before it closes because it cannot reach somebody."""
    return int(contact_clock(urgency_of(priority, band), at)["attempts"])


def tries_at_varied_times(made: Iterable[datetime]) -> int:
    """How many tries count: those of one morning, one afternoon or one evening are one, however many."""
    moments = [timezone.localtime(at) for at in made]
    return len({(at.date(), at.time() >= NOON, at.time() >= EVENING) for at in moments})

"""What the system has recorded so far, by the definitions of reporting/measures, month by month in London."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dacase.demo.published.table import Counted

MONTH = "date_trunc('month', {at} AT TIME ZONE 'Europe/London')::date"

COUNTS = {
    Counted.REFERRALS: (
        f"SELECT {MONTH.format(at='referred_at')} AS month, count(*) FROM marac_maracreferral"
        " WHERE withdrawn_at IS NULL GROUP BY 1"
    ),
    Counted.REPEATS: (
        "SELECT date_trunc('month', heard_on)::date, count(*) FROM marac_hearing"
        " WHERE state = 'heard' AND is_repeat GROUP BY 1"
    ),
    # A referral counts once, when it is first sent on to a service that offers advocacy.
    Counted.ADVOCACY: (
        f"SELECT {MONTH.format(at='first_at')}, count(*) FROM (SELECT min(r.routed_at) AS first_at"
        " FROM referrals_route r JOIN agencies_agency a ON a.id = r.to_agency_id"
        " WHERE 'advocacy' = ANY (a.services) GROUP BY r.referral_id) x GROUP BY 1"
    ),
}

# Cases with every day on which they were heard, and whether each was a repeat. Only such as a new hearing
# can join: nothing waits for an agenda, and one victim-survivor is on file.
HEARD = """
SELECT c.id, c.opened_at, c.closed_at, array_agg(h.heard_on ORDER BY h.heard_on),
       array_agg(h.is_repeat ORDER BY h.heard_on)
  FROM cases_case c JOIN marac_hearing h ON h.case_id = c.id AND h.state = 'heard'
 WHERE EXISTS (SELECT 1 FROM cases_headline l WHERE l.case_id = c.id)
   AND NOT EXISTS (SELECT 1 FROM marac_maracreferral m
                    WHERE m.case_id = c.id AND m.listed_at IS NULL AND m.withdrawn_at IS NULL)
   AND NOT EXISTS (SELECT 1 FROM marac_hearing l WHERE l.case_id = c.id AND l.state = 'listed')
 GROUP BY c.id ORDER BY c.opened_at, c.id"""


@dataclass
class HeardCase:
    """A case that has been heard at MARAC, recorded already or planned. `id` is empty for a planned one."""

    id: str
    opened_on: date
    closed_at: datetime | None
    heard_on: list[date]
    repeats: list[bool] = field(default_factory=list)


def counts(cursor: Any) -> dict[tuple[Counted, date], int]:
    """How many are recorded, by measure and month; months with none are left out."""
    found = {}
    for measure, query in COUNTS.items():
        cursor.execute(query)
        found.update({(measure, month): number for month, number in cursor.fetchall()})
    return found


def heard_cases(cursor: Any) -> list[HeardCase]:
    """The recorded cases that have been heard, oldest first."""
    cursor.execute(HEARD)
    return [
        HeardCase(case_id.hex, opened_at.date(), closed_at, days, repeats)
        for case_id, opened_at, closed_at, days, repeats in cursor.fetchall()
    ]


def meetings_held(cursor: Any, coordinator: str) -> dict[date, tuple[str, int, str]]:
    """The coordinator's meetings by day: key, the last number on the agenda, state."""
    cursor.execute(
        "SELECT m.held_on, m.id, coalesce(max(h.number), 0), m.state FROM marac_meeting m"
        " LEFT JOIN marac_hearing h ON h.meeting_id = m.id"
        " WHERE m.coordinator_agency_id = %s GROUP BY m.held_on, m.id",
        [coordinator],
    )
    return {held_on: (key.hex, number, state) for held_on, key, number, state in cursor.fetchall()}

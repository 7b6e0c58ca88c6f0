"""The numbers that clocks, bands and reminders follow, as one page shows them: dated lines of policy tables.

How a partnership changes one: docs/rules.md.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dacase.cases.rules.people import rows as case_rows
from referrals.casework.rules.tables import rows
from referrals.rules.tables import rows as front_door_rows


@dataclass(frozen=True)
class HouseRule:
    """A table of rules: what it decides, and its columns in words, in the order shown."""

    title: str
    table: str
    columns: dict[str, str]
    read: Callable[[str], Iterable[dict[str, str]]] = field(default=rows)

    @property
    def lines(self) -> list[dict[str, str]]:
        return list(self.read(self.table))


RULES = (
    HouseRule(
        "The front door decides, and a service accepts",
        "clocks",
        {"clock": "Who", "priority": "Priority", "hours": "Within hours", "counting": "Hours of"},
        front_door_rows,
    ),
    HouseRule(
        "Who is told when that limit has passed",
        "escalations",
        {
            "clock": "Who",
            "priority": "Priority",
            "step": "Step",
            "minutes_late": "Minutes late",
            "told": "Told",
        },
        front_door_rows,
    ),
    HouseRule(
        "First contact, tries and quiet support",
        "contact_clocks",
        {
            "urgency": "Urgency",
            "hours": "Hours",
            "counting": "Hours of",
            "attempts": "Tries",
            "quiet_days": "Quiet days",
        },
    ),
    HouseRule("First risk assessment", "assessment_clocks", {"kind": "Support", "hours": "Working hours"}),
    HouseRule(
        "Ages for which a tool is made", "tools", {"tool": "Tool", "from_age": "From", "until_age": "To"}
    ),
    HouseRule(
        "Band of a count of yes answers",
        "thresholds",
        {"tool": "Tool", "band": "Band", "from_score": "From how many"},
    ),
    HouseRule(
        "Risk is assessed again", "review_intervals", {"tool": "Tool", "band": "Band", "weeks": "After weeks"}
    ),
    HouseRule("Potential escalation", "escalation", {"incidents": "Incidents", "months": "Within months"}),
    HouseRule(
        "Two records that may be one incident",
        "same_incident",
        {"precision": "Day known", "days": "Days either side"},
    ),
    HouseRule("Supervision", "supervision", {"band": "Band", "weeks": "At least every weeks"}),
    HouseRule(
        "Consent is looked at again", "consent_purposes", {"purpose": "For", "review_weeks": "After weeks"}
    ),
    HouseRule("What one worker carries", "caseload_guide", {"guide": "Counted", "low": "From", "high": "To"}),
    HouseRule("Weight of an open episode", "caseload_weights", {"band": "Band", "weight": "Weight"}),
    HouseRule("Warning before access ends", "access_ending", {"days": "Days ahead"}),
    HouseRule("Safe-contact plan is checked again", "plan_review", {"days": "After days"}, case_rows),
    HouseRule(
        "How long records are kept",
        "retention_classes",
        {"retention_class": "Class", "number": "Number", "unit": "Of", "counts_from": "From"},
        case_rows,
    ),
)

"""Code lists of the MARAC."""

from django.db.models import TextChoices


class Criterion(TextChoices):
    """Why a case comes to MARAC (SafeLives referral criteria)."""

    VISIBLE_HIGH_RISK = "visible_high_risk", "Visible high risk"
    PROFESSIONAL_JUDGEMENT = "professional_judgement", "Professional judgement"
    POTENTIAL_ESCALATION = "potential_escalation", "Potential escalation"
    REPEAT = "repeat", "Repeat"


class MeetingState(TextChoices):
    PLANNED = "planned", "Being prepared"
    HELD = "held", "Held"
    CLOSED = "closed", "Closed"


class HearingState(TextChoices):
    LISTED = "listed", "On the agenda"
    HEARD = "heard", "Heard"
    DEFERRED = "deferred", "Deferred"
    WITHDRAWN = "withdrawn", "Withdrawn"


# What holds a place in the running order; a hearing in another state has given its place back.
IN_RUNNING_ORDER = (HearingState.LISTED, HearingState.HEARD)


class PaperKind(TextChoices):
    SUMMARY = "summary", "Case summary"
    PEOPLE = "people", "People"
    RISK = "risk", "Risk"


class ActionState(TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"
    NOT_POSSIBLE = "not_possible", "Not possible"
    CANCELLED = "cancelled", "Taken off by the meeting"

from marac.models.action_point import ActionPoint
from marac.models.hearing import Hearing, HearingGrant, HearingPaper
from marac.models.marac_referral import MaracReferral
from marac.models.meeting import Meeting, MeetingAgency

__all__ = [
    "ActionPoint",
    "Hearing",
    "HearingGrant",
    "HearingPaper",
    "MaracReferral",
    "Meeting",
    "MeetingAgency",
]

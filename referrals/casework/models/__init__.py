from referrals.casework.models.consent import ConsentRecord
from referrals.casework.models.contact import ContactAttempt
from referrals.casework.models.cover import Cover
from referrals.casework.models.episode import Episode
from referrals.casework.models.hand_over import HandOver
from referrals.casework.models.incident import Incident
from referrals.casework.models.letter import Letter
from referrals.casework.models.note import Note
from referrals.casework.models.outcome import ExitOutcome
from referrals.casework.models.plan import Plan
from referrals.casework.models.plan_action import PlanAction
from referrals.casework.models.plan_print import PlanPrint
from referrals.casework.models.risk_assessment import RiskAnswer, RiskAssessment
from referrals.casework.models.severity import SeverityGrid, SeverityLine
from referrals.casework.models.sign_off import SignOffRequest
from referrals.casework.models.story import StoryPart
from referrals.casework.models.supervision import Supervision
from referrals.casework.models.task import Task, TaskReminder
from referrals.casework.models.wording import ToolWording, TopicWording

__all__ = [
    "ConsentRecord",
    "ContactAttempt",
    "Cover",
    "Episode",
    "ExitOutcome",
    "HandOver",
    "Incident",
    "Letter",
    "Note",
    "Plan",
    "PlanAction",
    "PlanPrint",
    "RiskAnswer",
    "RiskAssessment",
    "SeverityGrid",
    "SeverityLine",
    "SignOffRequest",
    "StoryPart",
    "Supervision",
    "Task",
    "TaskReminder",
    "ToolWording",
    "TopicWording",
]

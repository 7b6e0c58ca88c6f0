from referrals.casework.models.episode import Episode
from referrals.casework.models.risk_assessment import RiskAnswer, RiskAssessment
from referrals.casework.models.story import StoryPart

__all__ = ["Episode", "RiskAnswer", "RiskAssessment", "StoryPart"]

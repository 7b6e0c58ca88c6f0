from referrals.models.referral import Referral, ReferralContact, ReferralPerson
from referrals.models.risk_assessment import RiskAnswer, RiskAssessment
from referrals.models.route import Route

__all__ = ["Referral", "ReferralContact", "ReferralPerson", "RiskAnswer", "RiskAssessment", "Route"]

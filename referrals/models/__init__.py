from referrals.models.escalation import Escalation
from referrals.models.outside_sender import OutsideSender
from referrals.models.public_referral import PublicReferral
from referrals.models.question import ReferralQuestion
from referrals.models.referral import Referral, ReferralContact, ReferralPerson
from referrals.models.route import Route
from referrals.models.upload import Upload, UploadRow

__all__ = [
    "Escalation",
    "OutsideSender",
    "PublicReferral",
    "Referral",
    "ReferralContact",
    "ReferralPerson",
    "ReferralQuestion",
    "Route",
    "Upload",
    "UploadRow",
]

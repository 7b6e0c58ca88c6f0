from referrals.models.outside_sender import OutsideSender
from referrals.models.public_referral import PublicReferral
from referrals.models.referral import Referral, ReferralContact, ReferralPerson
from referrals.models.route import Route
from referrals.models.upload import Upload, UploadRow

__all__ = [
    "OutsideSender",
    "PublicReferral",
    "Referral",
    "ReferralContact",
    "ReferralPerson",
    "Route",
    "Upload",
    "UploadRow",
]

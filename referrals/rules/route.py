"""Why a service is let into a case."""

from dacase.agencies.choices import AgencyKind, Service
from dacase.agencies.models import Agency
from dacase.cases.choices import Purpose


def purpose_of(agency: Agency) -> str:
    """The purpose of the grant that a routed referral brings (cases.choices.Purpose)."""
    if agency.kind in (AgencyKind.CHILDRENS, AgencyKind.ADULTS):
        return Purpose.SAFEGUARDING
    if agency.offers(Service.ADVOCACY):
        return Purpose.SUPPORT
    if agency.offers(Service.REFUGE) or agency.offers(Service.SANCTUARY):
        return Purpose.ACCOMMODATION
    return Purpose.SUPPORT

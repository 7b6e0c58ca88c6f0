"""Why a service is let into a case, and which one must not be named."""

from dacase.agencies.choices import AgencyKind, Service
from dacase.agencies.models import Agency
from dacase.cases.choices import Purpose


def gives_shelter(agency: Agency) -> bool:
    """Whether an agency gives somebody a place to be: who sent the referral is told neither its name nor a worker's."""
    return agency.offers(Service.REFUGE) or agency.offers(Service.SANCTUARY)


def purpose_of(agency: Agency) -> str:
    """The purpose of the grant that a routed referral brings (cases.choices.Purpose)."""
    if agency.kind in (AgencyKind.CHILDRENS, AgencyKind.ADULTS):
        return Purpose.SAFEGUARDING
    if agency.offers(Service.ADVOCACY):
        return Purpose.SUPPORT
    if gives_shelter(agency):
        return Purpose.ACCOMMODATION
    return Purpose.SUPPORT

"""Every kind of agency is a source of referrals, in the same words, and so is the victim-survivor."""

from dacase.agencies.choices import AgencyKind
from referrals.choices import ReferralSource


def test_sources_are_the_kinds_of_agency_and_herself():
    assert ReferralSource.choices[:-1] == AgencyKind.choices
    assert ReferralSource.values[-1] == "self"

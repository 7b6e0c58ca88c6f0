"""A record of consent: of the case, whoever recorded it."""

from dacase.agencies.models import Membership
from dacase.cases.models import Case, Party
from referrals.casework.models import ConsentRecord


def make_consent(case: Case, party: Party, recorder: Membership) -> ConsentRecord:
    """Consent that the party gave and that stands."""
    return ConsentRecord.objects.create(
        case=case, party=party, purpose="gp", answer="given", way="phone", is_informed=True,
        agency=recorder.agency, recorded_by=recorder,
    )  # fmt: skip

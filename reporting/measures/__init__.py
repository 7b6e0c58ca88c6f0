"""The measures: one class a file. A return names the ones it counts (reporting/returns.py)."""

from reporting.measures.advocacy_referrals import AdvocacyReferrals
from reporting.measures.base import Measure
from reporting.measures.dash_assessments import DashAssessments
from reporting.measures.individuals_referred import IndividualsReferred
from reporting.measures.marac_cases_heard import MaracCasesHeard
from reporting.measures.marac_referrals import MaracReferrals
from reporting.measures.marac_repeats import MaracRepeats
from reporting.measures.placement_nights import PlacementNights
from reporting.measures.placements_started import PlacementsStarted
from reporting.measures.referrals_accepted import ReferralsAccepted
from reporting.measures.referrals_received import ReferralsReceived
from reporting.measures.turn_aways import TurnAways

MEASURES: list[Measure] = [
    ReferralsReceived(),
    IndividualsReferred(),
    ReferralsAccepted(),
    AdvocacyReferrals(),
    DashAssessments(),
    MaracReferrals(),
    MaracCasesHeard(),
    MaracRepeats(),
    PlacementsStarted(),
    PlacementNights(),
    TurnAways(),
]
BY_KEY = {measure.key: measure for measure in MEASURES}

__all__ = ["BY_KEY", "MEASURES", "Measure"]

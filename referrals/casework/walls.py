"""Casework is seen with the case; what one agency wrote, by that agency until it shares it."""

from django.db.models import Model

from dacase.walls.policies import AGENCY, Policy, Wall, Walls, case_child, child_of, in_open_case
from referrals.casework.models import Episode, RiskAnswer, RiskAssessment, StoryPart


def owned_in_case(model: type[Model]) -> Wall:
    """A table of models.owned.OwnedInCase. Its versions stay with the owner: one may be older than the sharing."""
    own = f"agency_id = {AGENCY} AND {in_open_case('case_id')}"
    shared = f"shared_at IS NOT NULL AND {in_open_case('case_id')}"
    return Wall(model, [Policy("own", own), Policy("shared", shared, "SELECT")], history=own)


WALLS = Walls(
    walled=[
        case_child(Episode),
        case_child(RiskAssessment),
        child_of(RiskAnswer, RiskAssessment, "assessment_id"),
        case_child(StoryPart),
    ],
    figures={
        "casework_riskassessment": ["id", "tool", "band", "assessed_on", "completed_at", "yes_count"],
    },
)

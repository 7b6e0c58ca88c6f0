"""Where a household lives is known to its refuge service and to nobody else, whatever grants they hold."""

from dacase.walls.policies import Walls, child_of, own_agency
from refuge.models import Placement, PlacementMember, RefugeService, TurnAway, Unit

WALLS = Walls(
    walled=[
        own_agency(RefugeService),
        own_agency(Unit),
        own_agency(Placement, case_column="case_id"),
        child_of(PlacementMember, Placement, "placement_id"),
        own_agency(TurnAway, case_column="case_id"),
    ],
    figures={
        "refuge_placement": ["id", "agency_id", "starts_on", "ends_on", "state"],
        "refuge_turnaway": ["id", "agency_id", "happened_on", "decided_by", "cause", "adults", "children"],
    },
)

from refuge.models.placement import Placement, PlacementMember
from refuge.models.turn_away import TurnAway
from refuge.models.unit import RefugeService, Unit

__all__ = ["Placement", "PlacementMember", "RefugeService", "TurnAway", "Unit"]

"""Returns belong to the agency that asked for them. The figures in them name nobody."""

from dacase.walls.policies import Walls, child_of, own_agency
from reporting.models import Figure, Return

WALLS = Walls(walled=[own_agency(Return), child_of(Figure, Return, "made_return_id")])

from refuge.choices import PlacementState
from refuge.models import Placement
from reporting.measures.base import FIGURES, Measure
from reporting.periods import Period


class PlacementsStarted(Measure):
    key = "placements_started"
    title = "Placements started"
    definition = (
        "Households that moved into safe accommodation in the period. Placements that were cancelled before "
        "arrival do not count."
    )
    unit = "households"
    counted = "Placements, by their first night"

    def count(self, period: Period) -> dict[str, int]:
        rows = Placement.objects.using(FIGURES).exclude(state=PlacementState.CANCELLED)
        return {"": rows.filter(starts_on__gte=period.starts_on, starts_on__lt=period.ends_before).count()}

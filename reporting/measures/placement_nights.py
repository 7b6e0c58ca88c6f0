from datetime import date

from django.db.models import DateField, DurationField, ExpressionWrapper, Q, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone

from refuge.choices import PlacementState
from refuge.models import Placement
from reporting.measures.base import FIGURES, Measure
from reporting.periods import Period


class PlacementNights(Measure):
    key = "placement_nights"
    title = "Nights in safe accommodation"
    definition = (
        "Nights that households spent in safe accommodation in the period, whenever they moved in. A night belongs "
        "to the day on which it begins; the day of leaving has none. Where a household has not left, nights count "
        "up to the end of the period or to the day of counting."
    )
    unit = "nights"
    counted = "Nights of placements that were not cancelled, each by the day on which it begins"

    def count(self, period: Period) -> dict[str, int]:
        # The night of today has not passed yet.
        until = min(period.ends_before, timezone.localdate())
        if until <= period.starts_on:
            return {"": 0}
        rows = (
            Placement.objects.using(FIGURES)
            .exclude(state=PlacementState.CANCELLED)
            .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=period.starts_on), starts_on__lt=until)
        )
        first = Greatest("starts_on", as_date(period.starts_on))
        last = Least(Coalesce("ends_on", as_date(until)), as_date(until))
        spent = rows.aggregate(spent=Sum(ExpressionWrapper(last - first, output_field=DurationField())))[
            "spent"
        ]
        return {"": spent.days if spent else 0}


def as_date(day: date) -> Value:
    """A day as the database's own kind of value."""
    return Value(day, output_field=DateField())

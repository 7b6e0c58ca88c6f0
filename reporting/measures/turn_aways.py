from django.db.models import Count

from refuge.choices import TurnAwayCause
from refuge.models import TurnAway
from reporting.measures.base import Measure, grouped
from reporting.periods import Period


class TurnAways(Measure):
    key = "turn_aways"
    title = "Turn-aways"
    definition = (
        "Households that asked for safe accommodation in the period and were not placed, by the cause that was "
        "recorded. A household that asked twice counts twice."
    )
    unit = "households"
    counted = "Turn-aways, by the day they happened"
    breakdown = "Cause"
    labels = TurnAwayCause

    def count(self, period: Period) -> dict[str, int]:
        rows = TurnAway.objects.filter(happened_on__gte=period.starts_on, happened_on__lt=period.ends_before)
        return grouped(rows, "cause", Count("pk"))

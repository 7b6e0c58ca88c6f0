from django.db.models import Count

from marac.choices import Criterion, HearingState
from marac.models import Hearing
from reporting.measures.base import Measure, grouped
from reporting.periods import Period


class MaracCasesHeard(Measure):
    key = "marac_cases_heard"
    title = "Cases heard at MARAC"
    definition = (
        "Cases that a MARAC meeting heard in the period, by the criterion they were referred under. A case that "
        "was heard at two meetings counts twice. Deferred and withdrawn cases do not count."
    )
    unit = "cases"
    counted = "Hearings that took place, by the day they were heard"
    source = "MARAC criteria of SafeLives"
    breakdown = "Criterion"
    labels = Criterion

    def count(self, period: Period) -> dict[str, int]:
        rows = Hearing.objects.filter(
            state=HearingState.HEARD, heard_on__gte=period.starts_on, heard_on__lt=period.ends_before
        )
        return grouped(rows, "criterion", Count("pk"))

from django.db.models import Count

from dacase.cases.choices import Band
from referrals.casework.choices import RiskTool
from referrals.casework.models import RiskAssessment
from reporting.measures.base import Measure, grouped
from reporting.periods import Period


class DashAssessments(Measure):
    key = "dash_assessments"
    title = "Dash risk assessments"
    definition = (
        "Dash risk assessments completed in the period, by the band that was recorded. Somebody who was assessed "
        "twice counts twice. Assessments that were begun and not completed do not count."
    )
    unit = "assessments"
    counted = "Completed risk assessments, by the moment of completion"
    breakdown = "Band"
    labels = Band

    def count(self, period: Period) -> dict[str, int]:
        rows = RiskAssessment.objects.filter(
            tool=RiskTool.DASH, completed_at__gte=period.starts_at, completed_at__lt=period.ends_at
        )
        return grouped(rows, "band", Count("pk"))

    def codes(self) -> list[str]:
        return list(reversed(super().codes()))  # the highest first

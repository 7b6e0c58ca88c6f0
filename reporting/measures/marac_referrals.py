from django.db.models import Count

from marac.models import MaracReferral
from referrals.choices import ReferralSource
from reporting.measures.base import Measure, grouped
from reporting.periods import Period


class MaracReferrals(Measure):
    key = "marac_referrals"
    title = "Referrals to MARAC"
    definition = (
        "Cases referred to MARAC in the period, by the kind of agency that referred them. Referrals that were "
        "withdrawn by the day of counting do not count."
    )
    unit = "referrals"
    counted = "MARAC referrals that stand, by the moment they were made"
    breakdown = "Source"
    labels = ReferralSource

    def count(self, period: Period) -> dict[str, int]:
        rows = MaracReferral.objects.filter(
            referred_at__gte=period.starts_at, referred_at__lt=period.ends_at, withdrawn_at__isnull=True
        )
        return grouped(rows, "source", Count("pk"))

from django.db.models import Count

from referrals.choices import ReferralSource
from referrals.models import Referral
from reporting.measures.base import Measure, grouped
from reporting.periods import Period


class ReferralsReceived(Measure):
    key = "referrals_received"
    title = "Referrals received"
    definition = "Referrals that reached the front door in the period, whatever was decided about them."
    unit = "referrals"
    counted = "Referrals, by the moment they were received"
    breakdown = "Source"
    labels = ReferralSource

    def count(self, period: Period) -> dict[str, int]:
        rows = Referral.objects.filter(received_at__gte=period.starts_at, received_at__lt=period.ends_at)
        return grouped(rows, "source", Count("pk"))

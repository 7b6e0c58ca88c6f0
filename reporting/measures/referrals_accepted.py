from django.db.models import Count, Exists, OuterRef

from referrals.choices import ReferralSource
from referrals.models import Route
from reporting.measures.base import FIGURES, Measure, grouped
from reporting.periods import Period


class ReferralsAccepted(Measure):
    key = "referrals_accepted"
    title = "Referrals accepted"
    definition = (
        "Referrals that a named worker of a service accepted in the period. A referral counts once, when the "
        "first service accepts it, however many services it was sent to. It may have been received earlier."
    )
    unit = "referrals"
    counted = "Referrals, by the moment of their first acceptance"
    breakdown = "Source"
    labels = ReferralSource

    def count(self, period: Period) -> dict[str, int]:
        accepted = Route.objects.using(FIGURES).filter(accepted_at__isnull=False)
        earlier = accepted.filter(referral_id=OuterRef("referral_id"), accepted_at__lt=period.starts_at)
        rows = accepted.filter(accepted_at__gte=period.starts_at, accepted_at__lt=period.ends_at)
        return grouped(rows.exclude(Exists(earlier)), "referral__source", Count("referral_id", distinct=True))

from django.db.models import Count, Exists, OuterRef

from dacase.agencies.choices import Service
from referrals.choices import ReferralSource
from referrals.models import Route
from reporting.measures.base import FIGURES, Measure, grouped
from reporting.periods import Period


class AdvocacyReferrals(Measure):
    key = "advocacy_referrals"
    title = "Referrals to the advocacy service"
    definition = (
        "Referrals that the front door sent on to a service that offers advocacy and support (IDVA) in the "
        "period. A referral counts once, when it is first sent on to one, whether or not it was accepted."
    )
    unit = "referrals"
    counted = "Referrals, by the moment they were first routed to an advocacy service"
    breakdown = "Source"
    labels = ReferralSource

    def count(self, period: Period) -> dict[str, int]:
        routes = Route.objects.using(FIGURES).filter(to_agency__services__contains=[Service.ADVOCACY])
        earlier = routes.filter(referral_id=OuterRef("referral_id"), routed_at__lt=period.starts_at)
        rows = routes.filter(routed_at__gte=period.starts_at, routed_at__lt=period.ends_at)
        return grouped(rows.exclude(Exists(earlier)), "referral__source", Count("referral_id", distinct=True))

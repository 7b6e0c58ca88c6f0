from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce

from referrals.models import Referral
from reporting.measures.base import FIGURES, Measure
from reporting.periods import Period


class IndividualsReferred(Measure):
    key = "individuals_referred"
    title = "Individuals referred"
    definition = (
        "Victim-survivors whom the referrals received in the period are about. Somebody referred several times "
        "counts once: a contact is not an individual. Until a referral is in a case nobody has said who it is "
        "about, and it counts as one."
    )
    unit = "individuals"
    counted = "Victim-survivors, by the moment a referral about them was received"

    def count(self, period: Period) -> dict[str, int]:
        rows: QuerySet[Referral] = Referral.objects.using(FIGURES).filter(
            received_at__gte=period.starts_at, received_at__lt=period.ends_at
        )
        about = Coalesce("case__headline__victim_id", "pk")
        return {"": rows.order_by().aggregate(people=Count(about, distinct=True))["people"]}

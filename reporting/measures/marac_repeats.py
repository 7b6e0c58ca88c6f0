from marac.choices import HearingState
from marac.models import Hearing
from reporting.measures.base import FIGURES, Measure
from reporting.periods import Period


class MaracRepeats(Measure):
    key = "marac_repeats"
    title = "Repeat cases at MARAC"
    definition = (
        "Of the cases heard at MARAC in the period, those about the same victim-survivor and the same perpetrator "
        "as a case heard within the twelve months before."
    )
    unit = "cases"
    counted = "Hearings that took place and are marked as repeats, by the day they were heard"
    source = "MARAC definition of a repeat, SafeLives"

    def count(self, period: Period) -> dict[str, int]:
        rows = Hearing.objects.using(FIGURES).filter(
            state=HearingState.HEARD,
            is_repeat=True,
            heard_on__gte=period.starts_on,
            heard_on__lt=period.ends_before,
        )
        return {"": rows.count()}

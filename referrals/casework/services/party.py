"""What casework asks before somebody is taken out of a case."""

from django.core.exceptions import ValidationError

from dacase.cases.models import Party
from referrals.casework.models import ConsentRecord, Episode, Incident

BUILDS = (
    "Support, consent or an incident is recorded for this person, and would be left without whom it is about. "
    "If the same person was added twice, merge the two records instead"
)


def check_nothing_builds_on(party: Party) -> None:
    """Raise ValidationError where support, consent or an incident names the party (settings.BEFORE_PARTY_LEAVES)."""
    if (
        Episode.objects.filter(party=party).exists()
        or ConsentRecord.objects.filter(party=party).exists()
        or Incident.objects.filter(perpetrator=party).exists()
    ):
        raise ValidationError(BUILDS)

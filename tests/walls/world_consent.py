"""Consent in the world: what stands and what stood before, in cases of several agencies."""

import uuid

from django.utils import timezone

from dacase.cases.models import Party
from dacase.walls.context import acting_as
from referrals.casework.models import ConsentRecord
from referrals.casework.services.consent import Said, change_consent, record_consent

RECORDERS = {"advocacy": "idva", "front_door": "front_door_worker"}


def ask(world) -> None:
    """For each case a consent given and then refused; in the outsider's one, made by hand."""
    today = timezone.localdate()
    given = Said("given", today, True, way="phone")
    for key, recorder_key in RECORDERS.items():
        recorder = getattr(world.cast, recorder_key)
        with acting_as(recorder):
            victim = Party.objects.get(case=world.cases[key], role="victim")
            first = record_consent(
                victim.pk, purpose="gp", said=given, submission=uuid.uuid4(), actor=recorder
            )
            refused = Said("refused", today, True, way="phone")
            change_consent(first.pk, said=refused, version=1, submission=uuid.uuid4(), actor=recorder)
    with acting_as(world.cast.outsider):
        victim = Party.objects.get(case=world.cases["outsider"], role="victim")
        ConsentRecord.objects.create(
            case=victim.case, party=victim, purpose="gp", answer="given", way="phone", is_informed=True,
            agency=world.cast.outsider.agency, recorded_by=world.cast.outsider,
        )  # fmt: skip

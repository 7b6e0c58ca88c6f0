"""How the people of a case stand to each other."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.models import Case, Party, Relationship
from dacase.cases.rules.people import relationship_kinds


@transaction.atomic
def relate(party: Party, *, kind: str, other: UUID, actor: Membership) -> Relationship:
    """Record that `party` stands to the party `other` of the same case in the way `kind` of relationships.csv.

    What is recorded already, also from the other's side, is given back.
    Raises ValidationError for an unknown kind, for oneself and for somebody outside the case.
    """
    check_may(actor, "edit_case")
    kinds = relationship_kinds()
    if kind not in kinds:
        raise ValidationError({"kind": "Select one of the relationships shown"})
    Case.objects.lock(party.case_id)
    party = Party.objects.lock(party.pk)
    them = Party.objects.filter(case_id=party.case_id, pk=other).exclude(pk=party.pk).first()
    if them is None:
        raise ValidationError({"other": "Select one of the people of this case"})
    same = Q(party=party, kind=kind, other=them) | Q(party=them, kind=kinds[kind].inverse, other=party)
    known = Relationship.objects.filter(same, ended_at__isnull=True).first()
    if known is not None:
        return known
    made = Relationship.objects.create(
        case_id=party.case_id, party=party, kind=kind, other=them, recorded_by=actor
    )
    record_event("relationship_recorded", actor=actor, subject=made, case_id=party.case_id)
    return made


@transaction.atomic
def end_relationship(relationship_id: UUID, *, actor: Membership) -> Relationship:
    """Take back a relationship that is wrong or has ended. It stays in the history; twice is once.

    Raises NotAllowed, Relationship.DoesNotExist.
    """
    check_may(actor, "edit_case")
    found = Relationship.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=relationship_id)
    if found.ended_at is None:
        found.ended_at = timezone.now()
        found.save(update_fields=["ended_at"])
        record_event("relationship_ended", actor=actor, subject=found, case_id=found.case_id)
    return found

"""Taking somebody out of a case who was added to it by mistake, and putting her back."""

from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party


@transaction.atomic
def take_out(party_id: UUID, *, reason: str, actor: Membership) -> Party:
    """Take out somebody who was added to the wrong case or in the wrong role. Twice is once.

    Nothing is deleted: the record, and what was written of her in the case, is shown nowhere until `put_back`.
    Raises NotAllowed, Party.DoesNotExist; ValidationError without a reason, for the victim-survivor, for two
    records that were merged, and where another room builds on the party (settings.BEFORE_PARTY_LEAVES).
    """
    check_may(actor, "edit_case")
    party = _lock(party_id, actor)
    if party.taken_out_at is not None:
        return party
    if party.role == PartyRole.VICTIM:
        raise ValidationError("The case is about the victim-survivor. Close the case instead")
    if party.double_of_id is not None or Party.with_doubles.filter(double_of=party).exists():
        raise ValidationError("Two records of this person were merged. Undo the merge first")
    if not reason.strip():
        raise ValidationError({"reason": "Say why"})
    for name in settings.BEFORE_PARTY_LEAVES:
        import_string(name)(party)
    party.taken_out_at, party.taken_out_by = timezone.now(), actor
    party.taken_out_reason = reason.strip()
    return _save(party, "party_taken_out", actor)


@transaction.atomic
def put_back(party_id: UUID, *, actor: Membership) -> Party:
    """Put somebody back who was taken out, with all that was written of her. Twice is once.

    Raises NotAllowed, Party.DoesNotExist; ValidationError where she was added again meanwhile.
    """
    check_may(actor, "edit_case")
    party = _lock(party_id, actor)
    if party.taken_out_at is None:
        return party
    if Party.objects.filter(case=party.case_id, person=party.person_id, role=party.role).exists():
        raise ValidationError("This person is in the case already, in the same role")
    party.taken_out_at = party.taken_out_by = None
    party.taken_out_reason = ""
    return _save(party, "party_put_back", actor)


def _lock(party_id: UUID, actor: Membership) -> Party:
    """The case first: what another room builds on the party, and who is added again, waits for it too."""
    seen = Party.with_doubles.visible_to(actor)
    Case.objects.lock_of(seen, party_id)
    return seen.select_for_update(of=("self",)).get(pk=party_id)


def _save(party: Party, verb: str, actor: Membership) -> Party:
    party.save(update_fields=["taken_out_at", "taken_out_by", "taken_out_reason"])
    record_event(verb, actor=actor, subject=party, case_id=party.case_id)
    return party

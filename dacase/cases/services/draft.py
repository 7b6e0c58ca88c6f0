"""Keeping what somebody has typed and not yet sent, so that a lost session loses nothing."""

import json
import re
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Draft

LARGEST_BYTES = 256 * 1024
MOST_FIELDS = 600
NAME = re.compile(r"^[A-Za-z][\w-]{0,99}$", re.ASCII)
NEVER_KEPT = re.compile(r"csrf|password|passcode|token|secret|^code$", re.IGNORECASE)


@transaction.atomic
def save_draft(
    membership: Membership, *, path: str, data: Mapping[str, Iterable[str]], drawn: int | None = None
) -> Draft | None:
    """Keep the fields of the form at `path` for this user and agency, in place of what was kept before.

    None, and nothing is kept, where the form was sent since its page was drawn: what is kept while typing may
    reach us after the form itself, and would come back as if it had never been sent.

    Args:
        path: the form's own address, without a query.
        data: field name -> the values posted for it, as `dict(request.POST.lists())`. Passwords, codes
            and the CSRF token are left out.
        drawn: `Draft.round` when the page was drawn; None for a post that could not be carried out.
    Raises ValidationError when it is more than 256 kB or 600 fields.
    """
    kept = {name: [clean(value) for value in values] for name, values in data.items() if is_kept(name)}
    if len(kept) > MOST_FIELDS or len(json.dumps(kept)) > LARGEST_BYTES:
        raise ValidationError("This is too long to keep here. Save the page to be sure of it.")
    draft = _locked(membership, path)
    if drawn is not None and draft.round != drawn:
        return None
    draft.data, draft.saved_at = kept, timezone.now()
    draft.save(update_fields=["data", "saved_at"])
    return draft


@transaction.atomic
def discard_draft(membership: Membership, *, path: str) -> bool:
    """Forget what was kept for the form at `path`, and what is still on its way. Returns whether there was anything."""
    draft = _locked(membership, path)
    was_kept = bool(draft.data)
    draft.data, draft.round, draft.saved_at = {}, draft.round + 1, timezone.now()
    draft.save(update_fields=["data", "round", "saved_at"])
    return was_kept


def _locked(membership: Membership, path: str) -> Draft:
    draft, _ = Draft.objects.select_for_update().get_or_create(
        user_id=membership.user_id, agency_id=membership.agency_id, path=path[:300]
    )
    return draft


def is_kept(name: str) -> bool:
    """Whether a posted field may be kept: named like a form field, and no secret."""
    return bool(NAME.match(name)) and not NEVER_KEPT.search(name)


def clean(value: str) -> str:
    """`value` without what PostgreSQL's JSON cannot hold: null bytes and halves of surrogate pairs."""
    return value.replace("\x00", "").encode("utf-8", "ignore").decode()

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
def save_draft(membership: Membership, *, path: str, data: Mapping[str, Iterable[str]]) -> Draft:
    """Keep the fields of the form at `path` for this user and agency, in place of what was kept before.

    Args:
        path: the form's own address, without a query.
        data: field name -> the values posted for it, as `dict(request.POST.lists())`. Passwords, codes
            and the CSRF token are left out.
    Raises ValidationError when it is more than 256 kB or 600 fields.
    """
    kept = {name: [clean(value) for value in values] for name, values in data.items() if is_kept(name)}
    if len(kept) > MOST_FIELDS or len(json.dumps(kept)) > LARGEST_BYTES:
        raise ValidationError("This is too long to keep here. Save the page to be sure of it.")
    draft, _ = Draft.objects.update_or_create(
        user_id=membership.user_id,
        agency_id=membership.agency_id,
        path=path[:300],
        defaults={"data": kept, "saved_at": timezone.now()},
    )
    return draft


@transaction.atomic
def discard_draft(membership: Membership, *, path: str) -> bool:
    """Forget what was kept for the form at `path`. Returns whether there was anything."""
    count, _ = Draft.objects.visible_to(membership).filter(path=path[:300]).delete()
    return count > 0


def is_kept(name: str) -> bool:
    """Whether a posted field may be kept: named like a form field, and no secret."""
    return bool(NAME.match(name)) and not NEVER_KEPT.search(name)


def clean(value: str) -> str:
    """`value` without what PostgreSQL's JSON cannot hold: null bytes and halves of surrogate pairs."""
    return value.replace("\x00", "").encode("utf-8", "ignore").decode()

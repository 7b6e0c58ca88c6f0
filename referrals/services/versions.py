"""Refusing to save over what somebody else has saved meanwhile."""

from collections.abc import Mapping
from typing import Any

from dacase.agencies.models import Membership
from dacase.cases.selectors.people import last_saved
from dacase.ui.stale import StaleVersion


def check_version(
    record: Any,
    version: int,
    *,
    current: Mapping[str, Any] | None = None,
    actor: Membership,
) -> None:
    """Raise StaleVersion when somebody else has saved the locked `record` since `version`.

    What the actor saved meanwhile, in another tab or with a double click, is no surprise to the actor.

    Args:
        record: the locked row of a model that counts its versions and keeps each in its history.
        version: the one that the actor saw.
        current: what is saved now, by the names of the form's fields.
        actor: who is about to save.
    """
    if record.version == version:
        return
    others = record.history.filter(version__gt=version).exclude(history_user_id=actor.user_id)
    if others.exists():
        saved_by, saved_at = last_saved(record)
        raise StaleVersion(
            current=current or {}, version=record.version, saved_by=saved_by, saved_at=saved_at
        )

"""A plan as a manager reads it: kept with her answer, and held against what is planned later."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from referrals.casework.rules.plan import heading_title


@dataclass(frozen=True)
class ActionAsRead:
    """One action of a plan.

    Args:
        key: of the action.
        who: who does it, by name.
        became: how it was settled, in words; "" while it is to do.
        is_dropped: whether it is not needed or not possible, and so planned no longer.
    """

    key: str
    heading: str
    need: str
    text: str
    who: str
    due_on: date
    became: str = ""
    is_dropped: bool = False

    @property
    def title(self) -> str:
        """The title of its heading."""
        return heading_title(self.heading)


@dataclass(frozen=True)
class PlanAsRead:
    """A plan with its actions, heading by heading."""

    wishes: str
    review_on: date
    actions: tuple[ActionAsRead, ...]

    @property
    def digest(self) -> str:
        """The same for plans that plan the same: an action that is done meanwhile changes no plan."""
        planned = sorted((replace(one, became="") for one in self.actions), key=lambda one: one.key)
        said = asdict(replace(self, actions=tuple(planned)))
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()

    def kept(self) -> dict[str, Any]:
        """As a column of JSON keeps it."""
        kept: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return kept

    @classmethod
    def of_kept(cls, kept: Mapping[str, Any]) -> "PlanAsRead":
        """What `kept` gave."""
        actions = [
            ActionAsRead(**{**one, "due_on": date.fromisoformat(one["due_on"])}) for one in kept["actions"]
        ]
        return cls(kept["wishes"], date.fromisoformat(kept["review_on"]), tuple(actions))

"""Two people saving the same record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


class StaleVersion(Exception):  # noqa: N818 - it is an answer more than an error
    """Raised by a service that is asked to save over a version that is no longer the newest.

    current: what is saved now, by field name. version: its number. saved_by: the name of who saved
    it. saved_at: when. VersionedForm.show_theirs() makes a page of it.
    """

    def __init__(
        self, *, current: Mapping[str, Any], version: int, saved_by: str, saved_at: datetime
    ) -> None:
        super().__init__(f"Version {version} was saved meanwhile.")
        self.current = current
        self.version = version
        self.saved_by = saved_by
        self.saved_at = saved_at

"""What somebody typed and did not send."""

from dacase.agencies.models import Membership
from dacase.cases.models import Draft


def draft_for(membership: Membership, path: str) -> Draft:
    """What this user, acting for this agency, has typed into the form at `path` and not sent.

    Where there is none, an unsaved Draft without data.
    """
    found = Draft.objects.visible_to(membership).filter(path=path[:300]).first()
    return found or Draft(path=path[:300])

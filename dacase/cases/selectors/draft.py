"""What somebody typed and did not send."""

from dacase.agencies.models import Membership
from dacase.cases.models import Draft


def draft_for(membership: Membership, path: str) -> Draft | None:
    """The draft that this user, acting for this agency, has of the form at `path`; None where there is none."""
    return Draft.objects.visible_to(membership).filter(path=path[:300]).first()

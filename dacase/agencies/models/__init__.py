from dacase.agencies.models.agency import Agency, Team
from dacase.agencies.models.invitation import Invitation
from dacase.agencies.models.membership import Membership
from dacase.agencies.models.user import User

__all__ = ["Agency", "Invitation", "Membership", "Team", "User"]

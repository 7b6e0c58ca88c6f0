"""Which membership a session acts as, and what is missing before it may act."""

from dataclasses import dataclass
from enum import Enum

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from dacase.agencies.models import Membership
from dacase.agencies.roles import needs_second_factor
from dacase.agencies.selectors.membership import own_memberships

SESSION_KEY = "membership_id"


class Missing(Enum):
    """What stands between a signed-in session and a membership."""

    NOTHING = "nothing"
    WORK = "work"  # no membership runs today
    CHOICE = "choice"  # several run, none is chosen
    ENDED = "ended"  # the chosen one has ended
    SET_UP = "set up"  # the role needs a second factor, and the user has none yet
    PROOF = "proof"  # the user has a second factor, and this session has not shown it


@dataclass(frozen=True)
class Acting:
    """The membership of a request, or None and the reason."""

    membership: Membership | None
    missing: Missing
    can_switch: bool = False


def find_acting(request: HttpRequest) -> Acting:
    """Who this signed-in session acts as. One query; a single membership is chosen by itself."""
    memberships = list(own_memberships(request.user))  # type: ignore[arg-type]
    chosen = request.session.get(SESSION_KEY)
    if chosen is None and len(memberships) == 1:
        chosen = request.session[SESSION_KEY] = str(memberships[0].pk)
    if chosen is None:
        return Acting(None, Missing.CHOICE if memberships else Missing.WORK)
    membership = next((one for one in memberships if str(one.pk) == chosen), None)
    if membership is None:
        return Acting(None, Missing.ENDED)
    missing = missing_factor(request, membership)
    return Acting(
        membership if missing is Missing.NOTHING else None, missing, can_switch=len(memberships) > 1
    )


def missing_factor(request: HttpRequest, membership: Membership) -> Missing:
    """Whether the second factor must still be set up, or shown. A role that needs none may have one."""
    if membership.has_totp:  # type: ignore[attr-defined]
        return Missing.NOTHING if passed_second_factor(request) else Missing.PROOF
    return Missing.SET_UP if needs_second_factor(membership.role) else Missing.NOTHING


def passed_second_factor(request: HttpRequest) -> bool:
    """Whether this session has shown the second factor, as allauth recorded it."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def act_for(request: HttpRequest, membership: Membership) -> None:
    """Make this session act as `membership`, one of the user's own, from the next request on."""
    request.session[SESSION_KEY] = str(membership.pk)


def membership_of_session(request: HttpRequest) -> Membership | None:
    """The membership that a session acted as, if it still may: also for a session that is being ended."""
    return find_acting(request).membership

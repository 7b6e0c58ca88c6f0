"""The two questions, first half: may this role do this verb? (The second, which objects: `visible_to`.)"""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from dacase.agencies.models import Membership, User

View = Callable[..., HttpResponse]


class ActingRequest(HttpRequest):
    """The request as a view gets it: dacase.agencies.middleware has found who acts."""

    user: User
    membership: Membership
    can_switch: bool


class NotAllowed(PermissionDenied):
    """The role may not do this. Its text is shown on the page, so it explains and names nobody."""


def check_may(actor: Membership, verb: str) -> None:
    """Raise NotAllowed unless the actor's role may do `verb` (roles.csv). Every service asks this first."""
    if not actor.may(verb):
        raise NotAllowed(
            f"You are acting as {actor.get_role_display()} for {actor.agency.name}, and this role cannot do this. "
            "If your work has changed, ask the administrator of your agency."
        )


def requires(*verbs: str) -> Callable[[View], View]:
    """Let a view run only for a role that may do one of `verbs`; anybody else gets 403 with a reason.

    The answer is the same whatever object the address names, so it tells nothing about objects.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            membership = request.membership  # type: ignore[attr-defined]
            if not any(membership.may(verb) for verb in verbs):
                check_may(membership, verbs[0])
            return view(request, *args, **kwargs)

        guarded.required_verbs = verbs  # type: ignore[attr-defined]
        return guarded

    return decorate

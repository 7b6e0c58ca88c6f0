"""What the sign-in pages show in the demo, and in the demo only."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def sign_in(request: HttpRequest) -> dict[str, Any]:
    """Adds `demo_cast` on the sign-in page and `demo_code` on the page of the second step. Else nothing."""
    match = request.resolver_match
    if not settings.DEMO or match is None or match.url_name not in PAGES:
        return {}
    from dacase.agencies import demo_cast  # production never loads the demo's people

    return PAGES[match.url_name](request) if demo_cast.may_show(request) else {}


def _people(request: HttpRequest) -> dict[str, Any]:
    from dacase.agencies import demo_cast

    return {"demo_cast": demo_cast.cast()}


def _code_to_sign_in(request: HttpRequest) -> dict[str, Any]:
    from dacase.agencies import demo_cast

    stage = getattr(request, "_login_stage", None)
    return {"demo_code": demo_cast.next_code(stage.login.user)} if stage else {}


def _code_again(request: HttpRequest) -> dict[str, Any]:
    from dacase.agencies import demo_cast

    return {"demo_code": demo_cast.next_code(request.user)}  # type: ignore[arg-type]


PAGES = {"account_login": _people, "mfa_authenticate": _code_to_sign_in, "mfa_reauthenticate": _code_again}

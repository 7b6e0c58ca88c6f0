"""Headers that no page may lack."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from dacase.ui.htmx import whole_page_redirect

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), payment=(), publickey-credentials-get=(self), usb=(), browsing-topics=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class HeadersMiddleware:
    """Sets the security headers on every response, errors included, and forbids keeping pages.

    Only what the static file server marks as immutable or public may be kept: everything else may
    show a case, or show that somebody was here. Signing out also clears what the browser kept.
    A redirect that answers htmx moves the whole page, so that an expired session shows the sign-in page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = whole_page_redirect(request, self.get_response(request))
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Cache-Control"] = "no-store, private"
        if _signs_out(request, response):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def _signs_out(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    left = match is not None and match.url_name == "account_logout"
    return left and request.method == "POST" and 300 <= response.status_code < 400

"""What the server sends with every page, errors included."""

import re
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory
from django.urls import reverse

from dacase.ui import views
from dacase.ui.htmx import render_fragment, whole_page_redirect
from dacase.ui.middleware import HeadersMiddleware
from dacase.ui.navigation import NAVIGATION, items_for
from tests.ui.gallery.draw import a_request, draw, with_gallery_templates
from tests.ui.gallery.pages import PAGES, a_list

WANTED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def check_headers(response):
    for name, value in WANTED.items():
        assert response.headers[name] == value, name
    assert "camera=()" in response.headers["Permissions-Policy"]
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "Server" not in response.headers


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/", "/no/such/page/"]
)
def test_headers_before_signing_in(client, path):
    check_headers(client.get(path))


def test_headers_when_signed_in(cast, sign_in):
    browser = sign_in(cast.idva)
    check_headers(browser.get(reverse("mfa_index")))
    missing = browser.get("/no/such/page/")
    assert missing.status_code == 404
    check_headers(missing)


def test_signing_out_clears_what_the_browser_kept(cast, sign_in):
    browser = sign_in(cast.idva)
    assert "Clear-Site-Data" not in browser.get(reverse("account_logout")).headers
    assert browser.post(reverse("account_logout")).headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused_in_words():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert response.status_code == 403
    assert "Send this page again" in response.content.decode()
    check_headers(response)


def test_error_pages_say_what_to_do():
    request = a_request("/x/")
    refused = views.permission_denied(request, PermissionDenied("Only the lead worker may close a case."))
    pages = {
        400: views.bad_request(request),
        403: refused,
        404: views.page_not_found(request),
        429: views.too_many_requests(request),
        500: views.server_error(request),
    }
    for status, page in pages.items():
        assert page.status_code == status
        assert page.content.decode().count("<h1") == 1
    assert "Only the lead worker may close a case." in refused.content.decode()
    assert (
        "longer than this service accepts" in views.bad_request(request, RequestDataTooBig()).content.decode()
    )


def test_the_reason_of_a_404_is_told_to_nobody():
    request = a_request("/cases/1/")

    def page(exception):
        return re.sub(
            rb"[A-Za-z0-9]{64}", b"", views.page_not_found(request, exception).content
        )  # form tokens

    assert page(Exception("Case 1 exists")) == page(None)
    assert b"exists" not in page(Exception("Case 1 exists"))


def test_a_template_that_fails_does_not_break_the_500_page(settings):
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "OPTIONS": {"context_processors": ["no.such.processor"]}}]
    assert "Something went wrong" in views.server_error(RequestFactory().get("/")).content.decode()


# --- htmx ---


def test_htmx_gets_the_fragment_it_asked_for_and_others_the_page(settings):
    with_gallery_templates(settings)

    def ask(**headers):
        request = a_request("/cases/", **headers)
        context = {"heading": "Cases", "page": {"items": []}, "count": 0, "noun": "cases"}
        return render_fragment(request, "layouts/list.html", "results", context).content.decode()

    fragment = ask(**{"HX-Request": "true", "HX-Target": "results"})
    assert "<html" not in fragment
    assert "Nothing here yet" in fragment
    for headers in (
        {},
        {"HX-Request": "true", "HX-Target": "other"},
        {"HX-Request": "true", "HX-Target": "results", "HX-History-Restore-Request": "true"},
    ):
        page = ask(**headers)
        assert "<html" in page
        assert fragment.strip() in page


def test_a_fragment_that_no_block_has_is_an_error():
    request = a_request("/", **{"HX-Request": "true", "HX-Target": "nowhere"})
    with pytest.raises(KeyError, match="nowhere"):
        render_fragment(request, "layouts/list.html", "nowhere", {})


def test_an_expired_session_moves_the_whole_page():
    request = a_request("/cases/", **{"HX-Request": "true"})
    answer = HeadersMiddleware(lambda _: HttpResponseRedirect("/accounts/login/?next=/cases/"))(request)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/accounts/login/?next=/cases/")
    plain = HttpResponseRedirect("/accounts/login/")
    assert whole_page_redirect(a_request("/cases/"), plain) is plain
    fine = HttpResponse("rows")
    assert whole_page_redirect(request, fine) is fine


def test_an_expired_session_moves_the_whole_page_in_the_running_product(db, client):
    answer = client.get(reverse("mfa_index"), headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith(reverse("account_login"))


# --- navigation ---


def test_navigation_shows_what_the_role_may_do(cast):
    request = a_request("/")
    request.membership = cast.commissioner
    shown = [item["text"] for item in items_for(request)]
    assert "My work" in shown
    assert "Cases" not in shown
    request.membership = None
    assert items_for(request) == []


def test_navigation_leads_somewhere_and_marks_where_one_is():
    for row in NAVIGATION:
        assert reverse(row.url_name), row.text
    items = items_for(a_request(reverse("cases:list") + "1234/"))
    assert [item["text"] for item in items if item["active"]] == ["Cases"]
    items = items_for(a_request(reverse("cases:home")))
    assert [item["text"] for item in items if item["active"]] == ["My work"]


# --- the gallery: every component ---


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_sound(name, settings):
    with_gallery_templates(settings)
    page = draw(name)

    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert page.count("<h1") == 1
    assert re.search(r"<title>[^<]+ – DACase</title>", page)
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
    headings = levels[levels.index(1) :]
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert "{{" not in page
    assert "{%" not in page
    for described in re.findall(r'aria-(?:describedby|labelledby|controls)="([^"]+)"', page):
        assert set(described.split()) <= set(ids), described


def test_sort_links_keep_the_filters_and_leave_the_page():
    page = a_list(a_request("/cases/?area=east&after=xyz&sort=-due")).content.decode()
    assert 'href="?area=east&amp;sort=name"' in page
    assert 'href="?area=east&amp;sort=due"' in page  # turned round
    assert 'aria-sort="descending"' in page
    assert 'href="?area=east&amp;sort=-due"' in page  # back to the first page


def test_polling_stops_when_the_work_has_ended(settings):
    with_gallery_templates(settings)
    for name, polls in (("queued", True), ("running", True), ("finished", False), ("failed", False)):
        assert ('hx-trigger="every 2s"' in draw(name)) is polls, name
    assert "32% (412 of 1,250)" in draw("running")
    assert "The period has not ended yet." in draw("failed")

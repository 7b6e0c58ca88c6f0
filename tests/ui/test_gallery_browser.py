"""Every component in Chromium, wide and narrow: no rule of axe broken, nothing blocked, nothing cut off."""

import os
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import expect

from dacase.ui.middleware import HEADERS
from tests.browser.axe import broken_rules
from tests.ui.gallery.draw import draw, with_gallery_templates
from tests.ui.gallery.pages import PAGES

ROOT = Path(__file__).resolve().parents[2]
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
HOST = "http://localhost:9"  # every request is answered by the test; a local origin counts as trustworthy
WIDTHS = (1280, 390)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium():
    if not Path(CHROMIUM).exists() and not os.environ.get("CI"):
        pytest.skip(f"There is no Chromium at {CHROMIUM}; name one in CHROMIUM.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, settings):
    """`open_page(name, width)` opens a page of the gallery as the product would send it, policy included."""
    with_gallery_templates(settings)
    from csp.constants import NONE, SELF

    policy = "; ".join(
        f"{name} {' '.join(value)}" for name, value in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
    )
    assert NONE in policy
    assert SELF in policy
    opened = []

    def serve(route):
        address = urlparse(route.request.url)
        path = address.path
        file = ROOT / path.lstrip("/")
        if path.startswith("/static/") and file.is_file():
            return route.fulfill(body=file.read_bytes(), headers={"content-type": TYPES[file.suffix]})
        if path.strip("/") not in PAGES:
            return route.fulfill(status=404, body="")
        headers = {**HEADERS, "content-type": "text/html; charset=utf-8", "content-security-policy": policy}
        asked = {name: value for name, value in route.request.headers.items() if name.startswith("hx-")}
        return route.fulfill(body=draw(path.strip("/"), address.query, **asked), headers=headers)

    def visit(name, width, **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        opened.append(context)
        page = context.new_page()
        page.complaints = []
        page.on(
            "console",
            lambda message: page.complaints.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.route("**/*", serve)
        page.goto(f"{HOST}/{name}")
        return page

    yield visit
    for context in opened:
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_accessible_whole_and_allowed(open_page, name, width):
    page = open_page(name, width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert broken_rules(page) == []
    assert page.complaints == []
    assert page.evaluate("document.fonts.check('16px \"Source Sans 3 Variable\"')")


def test_the_policy_really_blocks(open_page):
    """The positive control: without it, an empty list of complaints would prove nothing."""
    page = open_page("done", 1280)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    page.evaluate(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)"
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in complaint for complaint in page.complaints)


def test_error_links_move_the_focus_to_the_control(open_page):
    page = open_page("errors", 1280)
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    links = page.locator(".govuk-error-summary a")
    for place in range(links.count()):
        target = links.nth(place).get_attribute("href").lstrip("#")
        links.nth(place).click()
        assert page.evaluate("document.activeElement.id") == target


def test_a_choice_reveals_its_field(open_page):
    page = open_page("form", 1280)
    assert not page.locator("#id_number").is_visible()
    page.get_by_label("Phone", exact=True).check()
    assert page.locator("#id_number").is_visible()


def test_without_scripts_everything_is_there(open_page):
    page = open_page("form", 390, java_script_enabled=False)
    assert page.locator("#id_number").is_visible()
    page = open_page("list", 390, java_script_enabled=False)
    assert page.get_by_label("Area").is_visible()
    assert (
        page.get_by_role("link", name="Returns").count()
        == page.locator("#navigation a", has_text="Returns").count()
    )
    page = open_page("running", 1280, java_script_enabled=False)
    assert page.get_by_role("link", name="Check again").is_visible()


def test_the_filter_stands_open_where_there_is_room(open_page):
    assert open_page("list", 1280).get_by_label("Area").is_visible()
    narrow = open_page("list", 390)
    assert not narrow.get_by_label("Area").is_visible()
    narrow.get_by_text("Filter", exact=True).click()
    assert narrow.get_by_label("Area").is_visible()


def test_a_table_keeps_its_labels_on_a_phone(open_page):
    page = open_page("list", 390)
    cell = page.get_by_role("cell", name="Eastvale").first
    assert cell.evaluate("node => getComputedStyle(node, '::before').content") == '"Area"'
    assert page.get_by_role("columnheader", name="Area").count() == 1


def test_the_narrow_chart_replaces_the_wide_one(open_page):
    for width, seen, unseen in (
        (1280, ".app-chart__wide", ".app-chart__narrow"),
        (390, ".app-chart__narrow", ".app-chart__wide"),
    ):
        page = open_page("charts", width)
        assert page.locator(seen).first.is_visible()
        assert not page.locator(unseen).first.is_visible()


def test_paper_leaves_the_furniture_out(open_page):
    page = open_page("case", 1280)
    page.emulate_media(media="print")
    for gone in (
        ".govuk-service-navigation",
        ".app-header__acts",
        ".moj-sub-navigation",
        ".app-next",
        ".govuk-footer",
    ):
        assert not page.locator(gone).first.is_visible(), gone
    assert page.locator("h1").is_visible()
    assert page.get_by_text("How to contact Wren safely").is_visible()


def test_a_filter_fetches_only_the_results_and_the_address_follows(open_page):
    page = open_page("list", 1280)
    page.evaluate("window.sameDocument = true")
    assert page.locator("#results tbody tr").count() == 6
    with page.expect_response(lambda response: "area=east" in response.url) as answer:
        page.get_by_label("Area").select_option("east")
    assert "<html" not in answer.value.text()
    rows = page.locator("#results tbody tr")
    # Not by a function in the page: where it is asked more than once, the policy for scripts refuses it.
    expect(rows).to_have_count(2)
    assert "area=east" in page.url
    assert page.evaluate("window.sameDocument")
    assert page.locator("#results").count() == 1
    page.go_back()
    expect(rows).to_have_count(6)
    assert page.complaints == []


def test_without_scripts_the_filter_is_a_form(open_page):
    page = open_page("list", 1280, java_script_enabled=False)
    page.get_by_label("Area").select_option("east")
    page.get_by_role("button", name="Apply filters").click()
    assert "area=east" in page.url
    assert page.locator("#results tbody tr").count() == 2
    assert page.get_by_label("Area").input_value() == "east"


def test_progress_is_asked_for_again_until_the_work_has_ended(open_page):
    page = open_page("running", 1280)
    asked = []

    def answer(route):
        asked.append(route.request.headers["hx-target"])
        name = "running" if len(asked) == 1 else "finished"
        page_text = draw(name, **{"HX-Request": "true"})
        start = page_text.index('<div class="app-progress"')
        fragment = page_text[start : page_text.index("</main>")]
        route.fulfill(body=fragment, headers={"content-type": "text/html; charset=utf-8"})

    page.route("**/jobs/1/", answer)
    page.get_by_role("button", name="Open the return").wait_for(timeout=10_000)
    page.wait_for_timeout(2500)
    assert asked == ["progress", "progress"]
    assert page.get_by_role("alert").inner_text().startswith("Done")
    assert page.complaints == []

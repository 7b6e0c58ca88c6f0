"""A whole running DACase with its own database, and a Chromium to walk through it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from dacase import embedded
from dacase.processes import Stack, free_port
from tests.browser.axe import broken_rules

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WITHOUT = "no Chromium on this machine: install the system's package `chromium` to run the browser tests"
WIDTHS = {"wide": 1280, "narrow": 390}


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser. Without one these tests are skipped, except in CI, where they fail."""
    if CHROMIUM is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(WITHOUT)
    return str(CHROMIUM)


@pytest.fixture(scope="session")
def stack(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Web, relay, worker and scheduler on a database with a small invented partnership."""
    folder = tmp_path_factory.mktemp("stack")
    folder.chmod(0o755)
    environment = dict(
        os.environ, DACASE_ENV="demo", DACASE_DATABASE=os.environ["DACASE_DATABASE"] + "_browser"
    )
    environment["REDIS_URL"] = os.environ.get("DACASE_BROWSER_REDIS_URL") or embedded.start_broker(
        folder, durable=False
    )
    environment["EMAIL_FILE_PATH"] = str(folder / "mail")
    for command in (["prepare_database"], ["make_demo_data", "--cases=120"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    try:
        with Stack(environment, free_port(), folder) as running:
            yield running
    finally:
        drop_database(environment)


def drop_database(environment: dict[str, str]) -> None:
    import psycopg2

    server = psycopg2.connect(environment["DATABASE_URL"])
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{environment["DACASE_DATABASE"]}" WITH (FORCE)')
    server.close()


# No longer than a module: while Playwright runs, Django refuses the database to this thread.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        options = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
        ]
        running = playwright.chromium.launch(executable_path=chromium, args=options)
        yield running
        running.close()


@pytest.fixture
def new_context(
    browser: Browser, stack: Stack, request: pytest.FixtureRequest
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers with nothing in common: `new_context(width=390, java_script_enabled=False)`."""
    opened: list[BrowserContext] = []

    def make(width: int = WIDTHS["wide"], **options: object) -> BrowserContext:
        context = browser.new_context(
            base_url=stack.url, viewport={"width": width, "height": 900}, locale="en-GB", **options
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        return context

    failed_before = request.session.testsfailed
    yield make
    if request.session.testsfailed > failed_before:
        say_where_it_stood(opened, stack)
    for context in opened:
        context.close()


def say_where_it_stood(opened: list[BrowserContext], stack: Stack) -> None:
    """After a failure: what each page read and each process logged last. Pictures are lost with the machine."""
    for page in (page for context in opened for page in context.pages):
        print(f"\n--- {page.url}\n{page.locator('main').inner_text(timeout=5_000)}")
    for log in sorted(stack.folder.glob("log/*.log")):
        print(f"\n--- {log.name}", *log.read_text(errors="replace").splitlines()[-15:], sep="\n")


@pytest.fixture
def sign_in_as(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """`sign_in_as("Ida Fictional")`: through the demo's sign-in page, second factor and all."""

    def sign_in(name: str, **options: object) -> Page:
        page = new_context(**options).new_page()
        page.goto("/")
        page.get_by_role("button", name=f"Sign in as {name}").click()
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/")
        return page

    return sign_in


def look(page: Page, name: str) -> None:
    """Keep pictures of a page at both widths where DACASE_PICTURES names a folder, and check it with axe."""
    page.wait_for_load_state("networkidle")  # a click may still be on its way to the next page
    for label, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        assert not broken_rules(page), f"{name} ({label})"
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} scrolls sideways at {width} pixels: {wide}"
        if folder := os.environ.get("DACASE_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": WIDTHS["wide"], "height": 900})

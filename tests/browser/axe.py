"""What axe-core finds on a page that a browser shows."""

import re
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).with_name("vendor") / "axe.min.js"


def broken_rules(page: Page) -> list[tuple[str, str]]:
    """Pairs of rule and markup. One finding is govuk-frontend's own, and known to its makers: aria-expanded on a radio."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        (rule["id"], node["html"][:200])
        for rule in found
        for node in rule["nodes"]
        if not (rule["id"] == "aria-allowed-attr" and re.search(r'type="(radio|checkbox)"', node["html"]))
    ]

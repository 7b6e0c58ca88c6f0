"""What static/ ships: the files that were built, all of them, and nothing that reaches elsewhere."""

import hashlib
import json
import re
from pathlib import Path

import pytest

EVENTS = "click|change|load|submit|input|focus|blur|error|key[a-z]+|mouse[a-z]+|pointer[a-z]+|toggle"
ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
SUMS = dict(reversed(line.split("  ", 1)) for line in (STATIC / "SHA256SUMS").read_text().splitlines())


def test_every_file_has_its_sum():
    shipped = {f"./{path.relative_to(STATIC)}" for path in STATIC.rglob("*") if path.is_file()} - {
        "./SHA256SUMS"
    }
    assert shipped == set(SUMS)


@pytest.mark.parametrize("name", sorted(SUMS))
def test_files_are_as_they_were_built(name):
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == SUMS[name]


def test_our_own_scripts_are_those_of_the_sources():
    for source in [*(ROOT / "frontend/js").glob("*.js"), *(ROOT / "frontend/images").glob("*.svg")]:
        built = STATIC / ("js" if source.suffix == ".js" else "images") / source.name
        assert built.read_bytes() == source.read_bytes(), f"{source.name}: run make assets"


def test_versions_are_those_of_the_lock():
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text())["packages"]
    for line in (STATIC / "VERSIONS").read_text().splitlines():
        name, version, _ = line.split(" ", 2)
        assert lock[f"node_modules/{name}"]["version"] == version


def test_the_lock_names_no_host_to_fetch_from():
    assert '"resolved"' not in (ROOT / "frontend/package-lock.json").read_text()


def test_the_style_sheet_refers_only_to_files_that_are_here():
    css = (STATIC / "css/app.css").read_text()
    for target in re.findall(r"url\(\"?([^)\"]+)\"?\)", css):
        assert (STATIC / "css" / target).resolve().is_file(), target
    assert "@import" not in css


def test_nothing_of_gov_uk_s_own_identity_is_shipped():
    assert "GDS Transport" not in (STATIC / "css/app.css").read_text()
    names = " ".join(SUMS)
    assert not re.search(r"transport|crown|logotype|opengraph|govuk-icon|favicon", names)
    assert (
        STATIC / "images/govuk-crest.svg"
    ).stat().st_size < 100  # a blank square that the style sheet names


def test_every_package_that_is_shipped_has_its_licence():
    for name in ("govuk-frontend", "moj-frontend", "htmx", "source-sans-3"):
        assert len((STATIC / f"licences/{name}.txt").read_text()) > 300


def test_production_names_every_file_by_its_content(tmp_path, settings):
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "dacase.ui.staticfiles.ManifestStorage"}
    }
    from django.contrib.staticfiles.storage import staticfiles_storage
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    hashed = staticfiles_storage.url("js/app.js")
    script = (tmp_path / hashed.removeprefix(settings.STATIC_URL).removeprefix("/static/")).read_text()
    imports = re.findall(r"from [\"']\./([^\"']+)[\"']", script)
    assert len(imports) == 2
    for name in imports:
        assert re.fullmatch(r"\w+-frontend\.min\.[0-9a-f]{12}\.js", name)
        assert (tmp_path / "js" / name).is_file()


def test_no_page_carries_anything_inline():
    """What the content security policy would block: style attributes, handlers, scripts with text."""
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "tests/ui/gallery").rglob("*.html")]:
        text = path.read_text()
        assert not re.search(rf"\sstyle=|<style|javascript:|\shx-on|\son(?:{EVENTS})=", text), path
        for attributes, body in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.DOTALL):
            assert "src=" in attributes, path
            assert not body.strip(), path

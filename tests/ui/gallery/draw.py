"""Draws a page of the gallery without a database or a server."""

from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory

from tests.ui.gallery.pages import PAGES, Worker

TEMPLATES = Path(__file__).parent / "templates"


def a_request(path: str, **headers: str) -> HttpRequest:
    """A GET by somebody who is signed in and may do everything."""
    request = RequestFactory(headers=headers).get(path)
    worker = Worker()
    request.user = worker
    request.membership = worker
    request.can_switch = True
    return request


def draw(name: str, query: str = "", **headers: str) -> str:
    """The page `name` of the gallery as HTML, or the fragment of it that the headers ask for."""
    path = "/cases/" if name == "case" else f"/{name}/"
    return PAGES[name](a_request(f"{path}?{query}", **headers)).content.decode()


def with_gallery_templates(settings: Any) -> None:
    """Lets the settings of one test find the gallery's own templates."""
    first, *rest = settings.TEMPLATES
    settings.TEMPLATES = [{**first, "DIRS": [*first["DIRS"], TEMPLATES]}, *rest]
    engines.__dict__.pop("templates", None)

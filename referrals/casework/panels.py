"""What the casework adds to the case page and to the home page (settings.CASE_PANELS, HOME_PANELS)."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.cases.panels import NextAction, Panel, Rows, asks
from referrals.casework.selectors.story import story_texts, told


def _story(case: Case, membership: Membership) -> dict[str, QuerySet[Any]] | None:
    return {"texts": story_texts(case, membership)} if membership.may("view_case") else None


@asks(_story)
def story_of_case(case: Case, membership: Membership, rows: Rows) -> Panel:
    """How the story begins, and which parts nobody has written yet."""
    parts = told(rows["texts"])
    address = reverse("casework:story", args=[case.pk])
    context = {"first": parts[0], "missing": [one.part.title for one in parts if not one.text]}
    actions = []
    if membership.may("edit_case") and case.is_open and not parts[0].text:
        actions = [NextAction("Write down what has happened, so that it is told once", address)]
    return Panel(
        "The story so far", "casework/panels/story.html", context, actions, [("Read the story", address)]
    )

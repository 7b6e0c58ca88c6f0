"""What the casework adds to the case page and to the home page (settings.CASE_PANELS, HOME_PANELS)."""

from datetime import datetime, time
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.cases.panels import NextAction, Panel, Rows, asks
from dacase.ui.components import Band, Clock, Link, Table, Tag
from referrals.casework.models import RiskAssessment
from referrals.casework.selectors.note import NEWEST_FIRST as NEWEST_NOTE_FIRST
from referrals.casework.selectors.note import notes_of
from referrals.casework.selectors.risk_assessment import assessments_of, is_visible_high, trend
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
        "The story so far",
        "casework/panels/story.html",
        context,
        actions,
        [("Read the story", address), *_letters(case, membership)],
    )


def _assessments(case: Case, membership: Membership) -> dict[str, QuerySet[Any]] | None:
    return {"assessments": assessments_of(case, membership)} if membership.may("view_case") else None


@asks(_assessments)
def assessments_of_case(case: Case, membership: Membership, rows: Rows) -> Panel:
    """Risk assessments of the case, newest first, with the trend of the completed ones."""
    assessments = rows["assessments"]
    may_assess = membership.may("assess_risk")
    context = {
        "table": assessment_table(assessments) if assessments else None,
        "trend": [(one, is_visible_high(one)) for one in trend(assessments)],
    }
    start = reverse("casework:assessment_start", args=[case.pk])
    links = [("Start a risk assessment", start)] if may_assess and case.is_open else []
    if len(assessments) > 1:
        links.append(("See how the risk has changed", reverse("casework:assessments", args=[case.pk])))
    links.append(("See how the abuse has changed", reverse("casework:severity", args=[case.pk])))
    actions = _assessment_actions(assessments, membership, start) if may_assess and case.is_open else []
    return Panel("Risk assessments", "casework/panels/assessments.html", context, actions, links)


def assessment_table(assessments: list[RiskAssessment]) -> Table:
    """Assessments as a table, each with a link to it."""
    columns = ["Assessment", "Risk", "Yes answers", "By", "Review"]
    return Table("Risk assessments, newest first", columns, [_assessment_row(one) for one in assessments])


def _assessment_row(one: RiskAssessment) -> list[object]:
    link = Link(
        f"{one.get_tool_display()}, {one.assessed_on:%-d %B %Y}",
        reverse("casework:assessment_detail", args=[one.pk]),
    )
    if one.completed_at is None:
        return [link, Tag("Not complete", "warning"), "", one.assessor.user.name, ""]
    return [
        link,
        Band(one.band, is_visible_high(one)),
        one.yes_count if one.judged_band == "" else "Judged",
        one.assessor.user.name,
        Clock(one.review_due_on),
    ]


def _assessment_actions(
    assessments: list[RiskAssessment], membership: Membership, start: str
) -> list[NextAction]:
    """Finish what the own agency began; else assess, or assess again when the review is due."""
    for one in assessments:
        if one.completed_at is None and one.agency_id == membership.agency_id:
            return [
                NextAction(
                    "Finish the risk assessment", reverse("casework:assessment_judgement", args=[one.pk])
                )
            ]
    newest = next((one for one in assessments if one.completed_at is not None), None)
    if newest is None:
        return [NextAction("Assess the risk", start)]
    if newest.review_due_on is not None and newest.review_due_on <= timezone.localdate():
        due = timezone.make_aware(datetime.combine(newest.review_due_on, time(17)))
        return [NextAction("Assess the risk again: the review is due", start, due)]
    return []


def _letters(case: Case, membership: Membership) -> list[tuple[str, str]]:
    if not membership.may("write_letter"):
        return []
    return [("Letters and emails", reverse("casework:letters", args=[case.pk]))]


def _notes(case: Case, membership: Membership) -> dict[str, QuerySet[Any]] | None:
    if not membership.may("view_case"):
        return None
    return {"notes": notes_of(case, membership).order_by(*NEWEST_NOTE_FIRST)[:3]}


@asks(_notes)
def newest_notes(case: Case, membership: Membership, rows: Rows) -> Panel:
    """The newest notes that this reader may read."""
    links = [("All notes", reverse("casework:notes", args=[case.pk]))]
    if membership.may("write_note"):
        links.insert(0, ("Write a note", reverse("casework:note_create", args=[case.pk])))
    return Panel("Notes", "casework/panels/notes.html", {"notes": rows["notes"]}, [], links)

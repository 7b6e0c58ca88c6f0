"""The gallery's pages, each a function of a request."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from dacase.ui import charts
from dacase.ui.components import (
    Band,
    Clock,
    Column,
    Event,
    Fact,
    Lines,
    Link,
    Many,
    Metric,
    NextAction,
    Number,
    PostButton,
    SafeContact,
    Tab,
    Table,
    Tag,
    Text,
    Tile,
)
from dacase.ui.htmx import render_fragment
from dacase.ui.stale import StaleVersion
from dacase.ui.tables import CappedCount, KeysetPage
from tests.ui.gallery.forms import CaseFilter, EveryField, PlanForm

NAMES = [
    "Wren Testcase",
    "Juniper Sample",
    "Hazel Placeholder",
    "Rowan Example",
    "Linden Invented",
    "Maple Fictional",
]
AREAS = ["Eastvale", "Northmoor", "Southgate"]


def a_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    bands = ["high", "standard", "medium", "high", "standard", ""]
    rows = [
        [
            Link(name, f"/cases/{number}/", sub=f"NM-7K2Q-94X{number}"),
            AREAS[number % 3],
            Many(
                [
                    Band(bands[number], visible_high=number == 0),
                    *([Tag("MARAC", "new")] if number == 3 else []),
                ]
            ),
            Tag(
                *[("Active", "good"), ("New", "new"), ("In review", "warning"), ("Closed", "neutral")][
                    number % 4
                ]
            ),
            Clock(now + timedelta(hours=[3, 60, -30, 26, 5, -1][number], minutes=5)),
            Number([3, 12, 1250, 0, 7, 1][number]),
        ]
        for number, name in enumerate(NAMES)
    ]
    filters = CaseFilter(request.GET or None)
    wanted = filters.chosen().get("area")
    if wanted:
        rows = [row for row in rows if str(row[1]).lower().startswith(wanted)]
    columns = [
        Column("Case", sort="name"),
        "Area",
        "Risk",
        "Status",
        Column("Next step", sort="due"),
        Column("Contacts", numeric=True),
    ]
    context = {
        "heading": "Cases",
        "table": Table("Cases you may see", columns, rows, sort="-due"),
        "page": KeysetPage(items=rows, next_cursor="next", is_first=False),
        "count": CappedCount(len(rows), False) if filters.chosen() else CappedCount(1000, True),
        "noun": "cases",
        "filters": filters,
    }
    return render_fragment(request, "layouts/list.html", "results", context)


def an_empty_list(request: HttpRequest) -> HttpResponse:
    context = {
        "heading": "Referrals",
        "page": KeysetPage(items=[], next_cursor=None, is_first=True),
        "count": CappedCount(0, False),
        "noun": "referrals",
        "empty_title": "No referrals are waiting",
        "empty_text": "New ones appear here as soon as an agency sends them.",
        "empty_href": "/referrals/new/",
        "empty_action": "Make a referral",
    }
    return render(request, "layouts/list.html", context)


def a_case(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "tabs": [
            Tab("Overview", "/cases/1/", True),
            Tab("Timeline", "#2"),
            Tab("Risk and safety", "#3"),
            Tab("People", "#4"),
        ],
        "actions": [
            NextAction(
                "Agree a safety plan",
                "/plan/",
                "Write the plan",
                "The last assessment found high risk.",
                now + timedelta(hours=3, minutes=20),
            ),
            NextAction("Report on “Change the locks”", "/action/1/", due=date(2026, 1, 5)),
            NextAction("Check the safe-contact plan", "/contact/"),
        ],
        "plan": SafeContact(
            ways=["Text message", "Phone call to work"],
            times="Weekdays, 9am to 11am",
            avoid=["Leave a message", "Write to the home"],
            others="Shares the phone bill",
            code_word=True,
            reviewed=date(2026, 11, 2),
            href="/contact/",
        ),
        "long_overdue": now - timedelta(hours=47),
        "soon": now + timedelta(minutes=59),
        "old_plan": SafeContact(ways=["Post"], out_of_date=True, href="/contact/"),
        "facts": [
            Fact("Reference", "NM-7K2Q-94XD"),
            Fact("Risk", Band("high", True), "/risk/", "Reassess"),
            Fact("Lead worker", Text("Asha Placeholder", "Northmoor Advocacy"), "/worker/"),
            Fact("Opened", date(2026, 11, 2)),
            Fact("Notes", Lines("First line\nSecond line")),
            Fact("School", ""),
        ],
        "events": [
            Event(
                "Heard at MARAC",
                datetime(2026, 11, 12, 10, tzinfo=timezone.get_current_timezone()),
                "S. Sample",
                "6 actions set.\nReview in 4 weeks.",
                link=Link("See the hearing", "#5", hidden="of 12 November"),
            ),
            Event(
                "Risk assessment completed",
                date(2026, 11, 2),
                "J. Placeholder",
                "16 yes answers.",
                Tag("High", "bad"),
            ),
        ],
        "metrics": [
            Metric("Open cases", 42, "/cases/", "3 more than last week"),
            Metric("Overdue", 5, "/cases/?late=1", "Oldest by 2 days", "bad"),
            Metric("Accepted this month", 18, meaning="good"),
            Metric("Waiting for triage", 7, note="Target: within 4 hours", meaning="warning"),
        ],
        "tiles": [
            Tile(
                "Unit 1",
                "Free",
                "good",
                ["Sleeps 3", "Ground floor, step free"],
                button=PostButton("Hold", "/hold/1/", values={"nights": "2"}),
            ),
            Tile(
                "Unit 2", "Occupied", "info", ["Sleeps 5"], link=Link("Open the placement", "/placements/2/")
            ),
            Tile("Unit 3", "Held", "warning", ["Until 6pm today"]),
            Tile("Unit 4", "Out of use", "quiet", ["Repair booked"]),
        ],
    }
    return render(request, "gallery/case.html", context)


def a_form(request: HttpRequest) -> HttpResponse:
    return _form_page(request, EveryField(), "Make a referral")


def a_form_with_errors(request: HttpRequest) -> HttpResponse:
    typed = QueryDict(mutable=True)
    typed.update(
        {
            "way": "phone",
            "number": "call me",
            "born_day": "31",
            "born_month": "2",
            "born_year": "1990",
            "email": "nobody",
            "at": "25:00",
            "name": "x" * 101,
        }
    )
    form = EveryField(typed)
    form.is_valid()
    form.add_error(None, ValidationError("This referral was changed by somebody else"))
    return _form_page(request, form, "Make a referral")


def two_versions(request: HttpRequest) -> HttpResponse:
    typed = {
        "version": "3",
        "place": "Library, room 2",
        "review_day": "1",
        "review_month": "12",
        "review_year": "2026",
        "alone": "no",
    }
    form = PlanForm(typed)
    form.is_valid()
    form.show_theirs(
        StaleVersion(
            current={"place": "Community hall", "review": date(2026, 12, 1), "alone": True},
            version=4,
            saved_by="Juniper Sample",
            saved_at=datetime(2026, 11, 20, 10, 42, tzinfo=timezone.get_current_timezone()),
        )
    )
    return _form_page(request, form, "Change the plan")


def _form_page(request: HttpRequest, form: Any, heading: str) -> HttpResponse:
    draft = SimpleNamespace(saved_at=timezone.now() - timedelta(minutes=4), discard_url="/drafts/1/discard/")
    context = {
        "form": form,
        "heading": heading,
        "caption": "Referral",
        "back_url": "/referrals/",
        "draft": draft,
        "submit_text": "Send the referral",
    }
    return render(request, "layouts/form.html", context)


JOBS = {
    "queued": SimpleNamespace(state="queued", progress=0, total=0, doing="", error=""),
    "running": SimpleNamespace(
        state="running", progress=412, total=1250, doing="Counting placements", error=""
    ),
    "finished": SimpleNamespace(state="done", progress=9, total=9, doing="Counted 9 measures", error=""),
    "failed": SimpleNamespace(
        state="failed", progress=3, total=9, doing="", error="The period has not ended yet."
    ),
}


def progress(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/progress.html", {"job": JOBS[request.path.strip("/")]})


def some_charts(request: HttpRequest) -> HttpResponse:
    months = ["Apr 2026", "May 2026", "Jun 2026", "Jul 2026", "Aug 2026", "Sep 2026"]
    lines = [
        (month, area, 20 + (place * 7 + shift * 13) % 40)
        for shift, area in enumerate(AREAS)
        for place, month in enumerate(months)
    ]
    stacked = [
        (area, band, 10 + 9 * place + 5 * step)
        for place, area in enumerate(AREAS)
        for step, band in enumerate(["High", "Medium", "Standard"])
    ]
    plain = [
        ("Moved to refuge", 42),
        ("Order granted by the court", 63),
        ("Stayed at home with support", 118),
        ("No further contact", 29),
    ]
    context = {
        "charts": [
            charts.line_chart(
                "Referrals by month and area", lines, category="Month", value="Referrals", series="Area"
            ),
            charts.bar_chart("Open cases by risk", stacked, category="Area", value="Cases", series="Risk"),
            charts.bar_chart("Outcomes at closure", plain, category="Outcome", value="Cases"),
        ]
    }
    return render(request, "gallery/charts.html", context)


def done(request: HttpRequest) -> HttpResponse:
    context = {
        "heading": "Referral sent",
        "reference": "NM-7K2Q-94XD",
        "next_text": "The front door reads it within 4 hours.\n\nYou will see here who accepted it.",
        "back_url": "/",
    }
    return render(request, "layouts/confirmation.html", context)


def confirm(request: HttpRequest) -> HttpResponse:
    context = {
        "heading": "Close this case?",
        "warning": "Agencies lose their access when a case is closed.",
        "facts": [("Case", "NM-7K2Q-94XD")],
        "submit_text": "Close the case",
        "back_url": "/cases/1/",
    }
    return render(request, "layouts/confirm.html", context)


PAGES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "list": a_list,
    "empty": an_empty_list,
    "case": a_case,
    "form": a_form,
    "errors": a_form_with_errors,
    "versions": two_versions,
    **dict.fromkeys(JOBS, progress),
    "charts": some_charts,
    "done": done,
    "confirm": confirm,
}


class Worker:
    """Somebody signed in, acting for an agency, who may do everything."""

    is_authenticated = True
    pk = id = UUID(int=1)
    name = "Asha Placeholder"
    agency = SimpleNamespace(name="Northmoor Advocacy")

    @property
    def user(self) -> "Worker":
        return self

    def get_role_display(self) -> str:
        return "IDVA"

    def may(self, verb: str) -> bool:
        return True

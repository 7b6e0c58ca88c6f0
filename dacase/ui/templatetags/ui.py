"""Tags and filters of the page furniture. Each tag draws one file of templates/components/."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast
from xml.etree import ElementTree as ET

from django import template
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.template import Context
from django.utils import timezone

from dacase.ui.clocks import read_clock
from dacase.ui.components import Fact, NextAction, SafeContact, Tab, Table, Tile
from dacase.ui.renderer import GovukBoundField
from dacase.ui.tables import KeysetPage
from dacase.ui.words import day_words, moment_words, time_words

register = template.Library()

TAG_COLOURS = {
    "neutral": "grey",
    "new": "purple",
    "info": "blue",
    "good": "green",
    "warning": "yellow",
    "bad": "red",
}
BANDS = {"high": "High risk", "medium": "Medium risk", "standard": "Standard risk"}

register.filter("day", lambda value: day_words(value) if value else "", is_safe=False)
register.filter("clock_time", lambda value: time_words(value) if value else "", is_safe=False)


@register.filter
def moment(value: datetime | date | None) -> str:
    """“3 March 2026 at 10:42am” of a moment, “3 March 2026” of a day."""
    if not value:
        return ""
    return moment_words(value) if isinstance(value, datetime) else day_words(value)


@register.filter
def number(value: float) -> str:
    """“1,250”."""
    return f"{value:,}"


@register.filter
def cell_kind(value: Any) -> str:
    """The template of templates/components/cells/ that draws `value`."""
    return f"components/cells/{getattr(value, 'kind', 'plain')}.html"


@register.filter
def plain(value: Any) -> Any:
    """A date in words, nothing as nothing, all else as it is."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime | date):
        return moment(value)
    return "" if value is None else value


@register.inclusion_tag("govuk/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet | None) -> dict[str, Any]:
    """The box at the top that leads to each error of the forms (or formsets) given."""
    links: list[dict[str, str]] = []
    general: list[dict[str, str]] = []
    for form in _each_form(forms):
        target = "#theirs" if getattr(form, "theirs", None) else ""
        general += [{"text": str(text), "href": target} for text in form.non_field_errors()]
        for field in cast(Iterable[GovukBoundField], form):
            if field.is_hidden:
                general += [{"text": str(text), "href": ""} for text in field.errors]
            else:
                links += [{"text": str(text), "id": field.first_id} for text in field.errors]
    return {"links": links, "plain": general}


def _each_form(forms: Iterable[BaseForm | BaseFormSet | None]) -> Iterable[BaseForm]:
    for form in forms:
        if isinstance(form, BaseFormSet):
            yield from form.forms
        elif isinstance(form, BaseForm) and form.is_bound:
            yield form


@register.simple_tag
def prefilled(field: BoundField, value: Any) -> str:
    """A field drawn with `value` in it, unless somebody has typed there already."""
    if value and not field.form.is_bound:
        field.form.initial[field.name] = value
        field = field.form.fields[field.name].get_bound_field(field.form, field.name)
    return str(field.as_field_group())


@register.inclusion_tag("components/qr_code.html")
def qr_code(svg: str) -> dict[str, Any]:
    """The square that an authenticator app scans, drawn into the page: the policy allows no data: image.

    svg: as the qrcode library draws it. Only its path and its frame are taken over.
    """
    root = ET.fromstring(svg)  # noqa: S314 - drawn by our own process
    path = root.find("{http://www.w3.org/2000/svg}path")
    return {"frame": root.get("viewBox", ""), "path": "" if path is None else path.get("d", "")}


@register.inclusion_tag("components/tag.html")
def tag(text: Any, meaning: str = "neutral") -> dict[str, Any]:
    """A tag. meaning: neutral, new, info, good, warning or bad."""
    return {"text": text, "colour": TAG_COLOURS[meaning]}


@register.inclusion_tag("components/risk_band.html")
def risk_band(band: str | None, visible_high: bool = False) -> dict[str, Any]:
    """The badge of a risk band; visible high risk is named as such."""
    key = (band or "").lower()
    words = "Visible high risk" if visible_high and key == "high" else BANDS.get(key, "Not assessed")
    return {"band": key if key in BANDS else "none", "words": words}


@register.inclusion_tag("components/clock.html")
def clock(
    due: datetime | date | None, done: datetime | date | None = None, show_due: bool = False
) -> dict[str, Any]:
    """“Due in 3 hours”, “Overdue by 2 days”, “Done in time”."""
    return {"reading": read_clock(due, done=done) if due else None, "due": due, "show_due": show_due}


@register.inclusion_tag("components/summary_list.html")
def summary_list(facts: Iterable[Fact | tuple[str, Any]]) -> dict[str, Any]:
    """Facts (or pairs of key and value) in two columns."""
    return {"facts": [fact if isinstance(fact, Fact) else Fact(*fact) for fact in facts]}


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[Any], level: int = 3) -> dict[str, Any]:
    """Events, newest first as given. level: of the events' headings."""
    return {"events": events, "level": level}


@register.inclusion_tag("components/metrics.html")
def metrics(cards: Iterable[Any]) -> dict[str, Any]:
    """Figures on cards."""
    return {"cards": cards}


@register.inclusion_tag("components/board.html", takes_context=True)
def board(context: Context, tiles: Iterable[Tile]) -> dict[str, Any]:
    """A board of tiles, such as a refuge's units."""
    return {"tiles": tiles, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/next_action.html", takes_context=True)
def next_action(context: Context, actions: NextAction | Iterable[NextAction] | None) -> dict[str, Any]:
    """“What to do next”: the first action large, the others below it. None: nothing is drawn."""
    every = [actions] if isinstance(actions, NextAction) else list(actions or [])
    return {"first": every[0] if every else None, "more": every[1:], "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/safe_contact.html")
def safe_contact(plan: SafeContact | None, about: str = "") -> dict[str, Any]:
    """The banner that says how to contact somebody safely, or that nobody may yet. about: whom."""
    return {"plan": plan or SafeContact(), "about": about}


@register.inclusion_tag("components/subnav.html")
def subnav(tabs: Iterable[Tab], label: str = "Parts of this page") -> dict[str, Any]:
    """Tabs below a heading, each a page of its own."""
    return {"tabs": tabs, "label": label}


@register.inclusion_tag("components/back.html")
def back(href: str, text: str = "Back") -> dict[str, Any]:
    """The link above a heading that leads one page up."""
    return {"href": href, "text": text}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*pairs: str) -> dict[str, Any]:
    """Words and addresses in turn: {% breadcrumbs "Cases" cases_url "NM-7K2Q" case_url %}."""
    return {"items": list(zip(pairs[::2], pairs[1::2], strict=True))}


@register.inclusion_tag("components/person.html")
def person(name: str, role: str = "", agency: str = "") -> dict[str, Any]:
    """Somebody in one line."""
    return {"name": name, "role": role, "agency": agency}


@register.inclusion_tag("components/notice.html")
def notice(text: str, title: str = "Important", meaning: str = "info") -> dict[str, Any]:
    """A notification banner. meaning: info or good."""
    return {"text": text, "title": title, "meaning": meaning}


@register.inclusion_tag("components/empty.html")
def empty(title: str, text: str = "", href: str = "", action: str = "") -> dict[str, Any]:
    """What stands where a list has no rows: why, and what to do."""
    return {"title": title, "text": text, "href": href, "action": action}


@register.inclusion_tag("components/draft.html", takes_context=True)
def draft_notice(context: Context, saved_at: datetime, discard_url: str) -> dict[str, Any]:
    """“We kept what you typed at 10:42am.” with a button that discards it (POST)."""
    today = timezone.localtime(saved_at).date() == timezone.localdate()
    when = f"at {time_words(saved_at)}" if today else f"on {moment_words(saved_at)}"
    return {"when": when, "discard_url": discard_url, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/job.html", takes_context=True)
def job_progress(
    context: Context, job: Any, poll_url: str, result_url: str = "", result_text: str = "See the result"
) -> dict[str, Any]:
    """The progress of a Job, asked for again every two seconds until it has finished.

    job: has state, progress, total, doing and error. poll_url: the page itself, whose block
    `progress` holds this tag.
    """
    total = job.total or 0
    return {
        "job": job,
        "percent": min(100, job.progress * 100 // total) if total else None,
        "finished": job.state in ("done", "failed"),
        "poll_url": poll_url,
        "result_url": result_url,
        "result_text": result_text,
        "swapped": bool(getattr(context.get("request"), "headers", {}).get("HX-Request")),
    }


@register.inclusion_tag("components/table.html", takes_context=True)
def table(context: Context, table: Table) -> dict[str, Any]:
    """A Table. Its sortable heads keep the filters of the page's address."""
    return {"table": table, "heads": [_head(context, table, column) for column in table.heads]}


def _head(context: Context, table: Table, column: Any) -> dict[str, Any]:
    current = table.sort.removeprefix("-") == column.sort if column.sort else False
    down = table.sort.startswith("-")
    return {
        "column": column,
        "aria_sort": ("descending" if down else "ascending") if current else ("none" if column.sort else ""),
        "href": _address(
            context, sort=f"-{column.sort}" if current and not down else column.sort, after=None
        ),
    }


@register.inclusion_tag("components/paging.html", takes_context=True)
def paging(context: Context, page: KeysetPage) -> dict[str, Any]:
    """The links below a list: back to the first page, next page."""
    return {
        "page": page,
        "first_href": _address(context, after=None),
        "next_href": _address(context, after=page.next_cursor),
    }


def _address(context: Context, **changes: str | None) -> str:
    """The page's address with `changes` to its query; None takes a part out."""
    request = context.get("request")
    if request is None:
        return "?"
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}" if query else str(request.path)


@register.inclusion_tag("components/chart.html")
def chart(chart: Any) -> dict[str, Any]:
    """A Chart of dacase.ui.charts with its figures below it."""
    return {"chart": chart}


@register.inclusion_tag("components/submit.html")
def submit(text: str = "Save", cancel_url: str = "", kind: str = "") -> dict[str, Any]:
    """The button of a form. kind: "warning" for what cannot be undone, "secondary"."""
    return {"text": text, "cancel_url": cancel_url, "kind": kind}

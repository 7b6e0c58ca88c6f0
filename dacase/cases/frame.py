"""What every page of a case shows round its own content: who it is about, its parts, what may be done."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import ActingRequest
from dacase.agencies.models import Membership
from dacase.cases.forms.draft import FormDraft
from dacase.cases.models import Case, Party
from dacase.cases.rules import is_current_plan
from dacase.ui.components import SafeContact, Tab
from dacase.ui.forms import Form

PARTS = (
    ("Overview", "cases:detail"),
    ("People", "cases:people"),
    ("Timeline", "cases:timeline"),
    ("Who can see this", "cases:access"),
    ("Who looked", "cases:reads"),
)
ACTS = (
    ("Share this case", "cases:grant_create", "share_case"),
    ("Bar somebody", "cases:exclusion_create", "exclude_from_case"),
)


def frame(request: ActingRequest, case: Case, active: str, **context: Any) -> dict[str, Any]:
    """The context of templates/cases/case.html. `active` is the url name of the part that is shown."""
    headline = getattr(case, "headline", None)
    return {
        "case": case,
        "headline": headline,
        "tabs": tabs(case, request.membership, active),
        "acts": acts(case, request.membership),
        **context,
    }


def tabs(case: Case, membership: Membership, active: str) -> list[Tab]:
    """The parts of the case that this reader may open: this room's, with what others add after the first two."""
    added = [(text, name) for text, name, verb in settings.CASE_PARTS if membership.may(verb)]
    return [
        Tab(text, reverse(name, args=[case.pk]), name == active)
        for text, name in (*PARTS[:2], *added, *PARTS[2:])
    ]


def acts(case: Case, membership: Membership) -> list[tuple[str, str]]:
    """What this reader may do with the case: words and address."""
    state = ("Close this case", "cases:close") if case.is_open else ("Reopen this case", "cases:reopen")
    every = (*ACTS, (*state, "edit_case"))
    return [(text, reverse(name, args=[case.pk])) for text, name, verb in every if membership.may(verb)]


def form_page(request: ActingRequest, case: Case, heading: str, **context: Any) -> dict[str, Any]:
    """The context of layouts/form.html for a form about a case."""
    back = reverse(context.pop("back", "cases:detail"), args=[case.pk])
    return {"heading": heading, "caption": f"Case {case.reference}", "back_url": back, **context}


def act_page(
    request: ActingRequest,
    page: dict[str, Any],
    *,
    form: Form,
    act: Callable[[], Any],
    done: str,
    to: str,
    draft: FormDraft | None = None,
    template: str = "layouts/form.html",
) -> HttpResponse:
    """A page with one form: does `act` once it is sent and holds, says `done` and goes to the address `to`.

    Else the page `page` (of form_page) with the form on it; its way back is `to` as well.

    Args:
        draft: what the form was bound by, where what is typed is kept while it is typed.
    """
    is_sent = draft.sent if draft else form.is_bound
    if is_sent and form.is_valid() and form.attempt(act):
        if draft:
            draft.discard()
        messages.success(request, done)
        return redirect(to)
    kept = draft.context if draft else {}
    return render(request, template, {**page, **kept, "form": form, "back_url": to})


def contact_banner(party: Party | None, membership: Membership) -> SafeContact | None:
    """How the party can be contacted without danger, for the banner; None without a plan."""
    plan = getattr(party, "safe_contact_plan", None) if party else None
    href = (
        reverse("cases:safe_contact_edit", args=[party.pk]) if party and membership.may("edit_case") else ""
    )
    if plan is None:
        return SafeContact(href=href)
    allowed = {
        "Phone call": plan.safe_to_call,
        "Text message": plan.safe_to_text,
        "Post or email": plan.safe_to_write,
    }
    return SafeContact(
        ways=[way for way, safe in allowed.items() if safe]
        or ["No way is safe: wait until they make contact"],
        times=plan.safe_times,
        avoid=[*(way for way, safe in allowed.items() if not safe)]
        + ([] if plan.safe_to_leave_message else ["Leaving a message"]),
        others=plan.who_else_sees,
        code_word=bool(plan.code_word),
        reviewed=timezone.localdate(plan.updated_at),
        out_of_date=not is_current_plan(timezone.localdate(plan.updated_at), on=timezone.localdate()),
        href=href,
    )


def posted(request: ActingRequest) -> QueryDict | None:
    """What a form is bound to: what was sent, also when that is nothing; None where nothing was sent yet."""
    return request.POST if request.method == "POST" else None

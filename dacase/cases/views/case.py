from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import case_or_404
from dacase.cases.choices import Scope
from dacase.cases.forms.case import CloseForm, ReopenForm
from dacase.cases.frame import contact_banner, form_page, frame, posted
from dacase.cases.models import Case
from dacase.cases.panels import case_panels, next_actions
from dacase.cases.selectors.access import grants_on
from dacase.cases.selectors.case import agencies_with_the_file
from dacase.cases.selectors.facts import facts_of
from dacase.cases.selectors.people import in_order, people_of, taken_out_of, victim_of
from dacase.cases.selectors.timeline import NEWEST_FIRST, agencies, timeline
from dacase.cases.selectors.together import together
from dacase.cases.services.closing import close_case, reopen_case
from dacase.cases.views.cards import person_card
from dacase.cases.views.timeline import drawn_events
from dacase.ui.components import NextAction
from dacase.ui.tables import keyset_page

LATEST = 6


@require_GET
@requires("view_case")
def detail(request: ActingRequest, pk: UUID) -> HttpResponse:
    """The case: how to make contact, what to do next, its people, every room's part, what happened last."""
    case = case_or_404(request, pk, scope=Scope.SUMMARY)
    if not case.whole_file:  # type: ignore[attr-defined]
        return render(request, "cases/summary.html", {"case": case, "agencies": agencies_with_the_file(case)})
    latest = timeline(case).order_by(*NEWEST_FIRST)[:LATEST]
    panels, rows = case_panels(
        case,
        request.membership,
        {"parties": people_of(case), "grants": grants_on(case), "latest": latest, "agencies": agencies()},
    )
    victim = victim_of(rows["parties"])
    context = frame(
        request,
        case,
        "cases:detail",
        victim=victim,
        plan=contact_banner(victim, request.membership),
        panels=panels,
        actions=[NextAction(action.text, action.url, due=action.due_at) for action in next_actions(panels)],
        grants=rows["grants"],
        events=drawn_events(rows["latest"], rows["agencies"]),
    )
    return render(request, "cases/detail.html", context)


@require_GET
@requires("view_case")
def people(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Everybody in the case, each with how she can be contacted."""
    case = case_or_404(request, pk)
    asked = {"parties": people_of(case), "taken_out": taken_out_of(case)}
    known = together(asked | facts_of(case, request.membership))
    cards = [
        person_card(party, known, contact_banner(party, request.membership))
        for party in in_order(known["parties"])
    ]
    may = request.membership.may
    context = frame(
        request,
        case,
        "cases:people",
        cards=cards,
        taken_out=known["taken_out"],
        may_edit=may("edit_case"),
        may_immigration=may("view_immigration"),
    )
    return render(request, "cases/people.html", context)


@require_GET
@requires("view_case")
def case_timeline(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Everything that was done in the case, newest first, by key."""
    case = case_or_404(request, pk)
    page = keyset_page(timeline(case), order=NEWEST_FIRST, after=request.GET.get("after"), size=40)
    context = frame(request, case, "cases:timeline", page=page, events=drawn_events(page))
    return render(request, "cases/timeline.html", context)


@require_http_methods(["GET", "POST"])
@requires("edit_case")
def close(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Asks why, then closes the case."""
    case = case_or_404(request, pk)
    form = CloseForm(posted(request))
    if form.is_valid() and form.attempt(
        lambda: close_case(case, actor=request.membership, **form.cleaned_data)
    ):
        messages.success(request, "The case is closed. It stays in the list of closed cases.")
        return redirect("cases:detail", pk)
    intro = "Its record stays, and who can open it now can still open it. You can reopen it at any time."
    return render(
        request,
        "layouts/form.html",
        form_page(request, case, "Close this case", form=form, intro=intro, submit_text="Close the case"),
    )


@require_http_methods(["GET", "POST"])
@requires("edit_case")
def reopen(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Asks why, then opens the case again."""
    case: Case = case_or_404(request, pk)
    form = ReopenForm(posted(request))
    if form.is_valid() and form.attempt(
        lambda: reopen_case(case, actor=request.membership, **form.cleaned_data)
    ):
        messages.success(request, "The case is open again.")
        return redirect("cases:detail", pk)
    return render(
        request,
        "layouts/form.html",
        form_page(request, case, "Reopen this case", form=form, submit_text="Reopen the case"),
    )

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dacase.agencies.access import requires
from dacase.audit.services import record_read
from dacase.cases.access import page_name
from dacase.cases.choices import PartyRole
from dacase.cases.forms.draft import FormDraft, without_errors
from dacase.ui.components import Clock, Fact, Lines, Link, Table, Tag, Text
from dacase.ui.words import day_words
from marac.access import hearing_or_404
from marac.choices import ActionState, Criterion, HearingState
from marac.forms.hearing import (
    ActionFormSet,
    InvitationsForm,
    RecordForm,
    TakeOffForm,
    action_initial,
    hold_errors,
    with_one_more,
)
from marac.models import ActionPoint, Hearing
from marac.rules import is_repeat, repeat_window_ends, weekday_words
from marac.selectors import hearing as selectors
from marac.selectors.marac_referral import heard_on_days, own_referrals
from marac.selectors.meeting import is_coordinator, may_record, possible_agencies
from marac.services.hearing import change_invitations, list_hearing, move_hearing, take_off_agenda
from marac.services.hearing_record import record_hearing
from marac.services.meeting import check_coordinates
from marac.views.agenda import HEARING_TAGS
from marac.views.meeting import get_meeting

ACTION_TAGS = {ActionState.OPEN: "new", ActionState.DONE: "good", ActionState.NOT_POSSIBLE: "warning"}


@requires("manage_meeting")
@require_http_methods(["GET", "POST"])
def list_case(request, pk: UUID, referral_pk: UUID) -> HttpResponse:
    """Puts a candidate on an agenda: confirms who is invited to this hearing, and who is left out and why."""
    meeting = get_meeting(request, pk)
    referral = get_object_or_404(own_referrals(request.membership), pk=referral_pk)
    record_read(page_name(request), actor=request.membership, case_id=referral.case_id)
    invitees = selectors.possible_invitees(meeting, case_id=referral.case_id)
    everybody = [str(one.agency.pk) for one in invitees]
    form = InvitationsForm(request.POST or None, initial={"agencies": everybody}, invitees=invitees)
    if request.method == "POST" and form.is_valid():
        invited = form.cleaned_data["agencies"]
        if form.attempt(
            lambda: list_hearing(referral, meeting=meeting, invited=invited, actor=request.membership)
        ):
            messages.success(
                request, f"Case {referral.case.reference} is on the agenda as item {form.result.number}."
            )
            return redirect("marac:meeting", meeting.pk)
    heard = heard_on_days(referral.case_id, request.membership)
    context = {
        "form": form,
        "heading": "Put this case on the agenda",
        "caption": weekday_words(meeting.held_on),
        "facts": [
            ("Case", referral.case.reference),
            ("Criterion", referral.get_criterion_display()),
            ("Referred by", referral.agency.name),
            ("Why", Lines(referral.reason)),
            ("Repeat", repeat_words(meeting.held_on, heard)),
        ],
        "barred": [one.agency.name for one in invitees if one.is_barred],
        "back_url": reverse("marac:meeting", args=[meeting.pk]),
        "submit_text": "Put on the agenda",
    }
    return render(request, "marac/hearing/list.html", context)


def repeat_words(meeting_on: date, heard: list[date]) -> str:
    """Whether a case is a repeat at a meeting, and why."""
    if not heard:
        return "No. It has not been heard before."
    ends = f"{repeat_window_ends(heard[0]):%d/%m/%Y}"
    if is_repeat(meeting_on, heard):
        return f"Yes. Last heard on {day_words(heard[0])}; the repeat window ends {ends}."
    return f"No. Last heard on {day_words(heard[0])}; the repeat window ended {ends}."


@requires("view_hearing", "manage_meeting")
@require_GET
def hearing(request, pk: UUID) -> HttpResponse:
    """The papers of a hearing, its outcome and its action points. Every opening is logged."""
    found = hearing_or_404(request, pk)
    membership = request.membership
    item = selectors.opened(found, found.meeting)
    coordinates = is_coordinator(found.meeting, membership)
    points = list(selectors.action_points_of(found, membership))
    ready = selectors.is_ready_to_record(found, today=timezone.localdate())
    agencies = selectors.seen_by(found) if found.closed_at is None else selectors.invited_until_closed(found)
    context = {
        "hearing": found,
        "item": item,
        "day": weekday_words(found.meeting.held_on),
        "state": Tag(found.get_state_display(), HEARING_TAGS.get(HearingState(found.state), "neutral")),
        "facts": hearing_facts(found, item),
        "people": people_table(item.people),
        "assessed_on": date.fromisoformat(item.risk["assessed_on"]) if item.risk else None,
        "agencies": agencies,
        "actions": action_table(points, membership),
        "may_record": may_record(found.meeting, membership) and found.closed_at is None,
        "ready": ready,
        "can_invite": coordinates and found.closed_at is None,
        "can_take_off": coordinates and found.state == HearingState.LISTED,
        "has_case": coordinates,
    }
    return render(request, "marac/hearing/detail.html", context)


def hearing_facts(found: Hearing, item: selectors.Item) -> list[Any]:
    """What the summary paper says, and whether and when it was heard."""
    criterion = Criterion(item.summary.get("criterion", found.criterion)).label
    facts = [
        Fact("Case", item.reference),
        Fact("Criterion", criterion),
        Fact("Referred by", item.summary.get("referrer", "")),
        Fact("Repeat", "Yes, heard in the 12 months before" if found.is_repeat else "No"),
    ]
    return [*facts, Fact("Heard on", found.heard_on)] if found.heard_on else facts


def people_table(people: list[dict[str, Any]]) -> Table:
    """The people of a case as its paper has them."""
    rows = [
        [
            Text(
                person["name"],
                sub=f"Also known as {person['also_known_as']}" if person["also_known_as"] else "",
            ),
            PartyRole(person["role"]).label,
            born(person),
            person["relationship"],
        ]
        for person in people
    ]
    return Table("People", ["Name", "Role", "Date of birth", "Relationship"], rows)


def born(person: dict[str, Any]) -> Text:
    """The date of birth as its paper has it, with the other dates that are recorded."""
    words = [day_words(date.fromisoformat(day)) for day in person["also_born_on"]]
    known = person["date_of_birth"]
    return Text(
        day_words(date.fromisoformat(known)) if known else "Not known",
        sub=f"Also recorded: {', '.join(words)}" if words else "",
    )


def action_table(points: list[ActionPoint], membership: Any) -> Table:
    """The action points of a hearing, linked for those who may open them."""
    rows = [
        [
            Link(point.task, reverse("marac:action_point", args=[point.pk]))
            if membership.may("complete_action_point") or membership.may("record_hearing")
            else point.task,
            point.owner_agency.name,
            Text(day_words(point.due_on)),
            Tag(point.get_state_display(), ACTION_TAGS[ActionState(point.state)])
            if point.state != ActionState.OPEN
            else Clock(point.due_on),
        ]
        for point in points
    ]
    return Table("Action points", ["Task", "Agency", "Due by", "State"], rows)


@requires("manage_meeting")
@require_POST
def hearing_move(request, pk: UUID) -> HttpResponse:
    """Move a hearing one place in the running order."""
    found = get_object_or_404(selectors.visible_hearings(request.membership), pk=pk)
    move_hearing(found, up=request.POST.get("way") == "up", actor=request.membership)
    return redirect(f"{reverse('marac:meeting', args=[found.meeting_id])}#running-order")


@requires("manage_meeting")
@require_http_methods(["GET", "POST"])
def hearing_take_off(request, pk: UUID) -> HttpResponse:
    """Take a hearing off the agenda: deferred or withdrawn."""
    found = hearing_or_404(request, pk)
    check_coordinates(found.meeting, request.membership)
    item = selectors.opened(found, found.meeting)
    form = TakeOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        withdraw, reason = form.cleaned_data["what"] == "withdraw", form.cleaned_data["reason"]
        if form.attempt(
            lambda: take_off_agenda(found, withdraw=withdraw, reason=reason, actor=request.membership)
        ):
            messages.success(request, f"Case {item.reference} is off the agenda.")
            return redirect("marac:meeting", found.meeting_id)
    context = {
        "form": form,
        "heading": "Take this case off the agenda?",
        "facts": [("Case", item.reference), ("Meeting", weekday_words(found.meeting.held_on))],
        "warning": "The agencies invited to it lose the papers at once.",
        "submit_text": "Take off the agenda",
        "back_url": reverse("marac:hearing", args=[found.pk]),
    }
    return render(request, "layouts/confirm.html", context)


@requires("manage_meeting")
@require_http_methods(["GET", "POST"])
def hearing_agencies(request, pk: UUID) -> HttpResponse:
    """Change which agencies read the papers of a hearing."""
    found = hearing_or_404(request, pk)
    check_coordinates(found.meeting, request.membership)
    others = list(possible_agencies(found.meeting.coordinator_agency))
    invitees = selectors.possible_invitees(found.meeting, case_id=found.case_id, others=others)
    now = [str(agency.pk) for agency in selectors.seen_by(found)]
    form = InvitationsForm(request.POST or None, initial={"agencies": now}, invitees=invitees)
    if request.method == "POST" and form.is_valid():
        invited = form.cleaned_data["agencies"]
        if form.attempt(lambda: change_invitations(found, invited=invited, actor=request.membership)):
            messages.success(
                request, "The invitations are changed. Agencies you took out no longer see the papers."
            )
            return redirect("marac:hearing", found.pk)
    context = {
        "form": form,
        "heading": "Agencies invited to this hearing",
        "caption": f"Item {found.number}, {weekday_words(found.meeting.held_on)}",
        "barred": [one.agency.name for one in invitees if one.is_barred],
        "back_url": reverse("marac:hearing", args=[found.pk]),
        "submit_text": "Save invitations",
    }
    return render(request, "marac/hearing/agencies.html", context)


@requires("record_hearing")
@require_http_methods(["GET", "POST"])
def hearing_record(request, pk: UUID) -> HttpResponse:
    """Record what a hearing decided; rows are added without scripts too."""
    found = hearing_or_404(request, pk)
    item = selectors.opened(found, found.meeting)
    draft = FormDraft(request)
    form = draft.bind(RecordForm, initial={"version": found.version, "outcome": found.outcome})
    rows = bind_rows(request, draft, found)
    if "add" in request.POST:
        hold_errors(form)
    elif draft.sent and all([form.is_valid(), rows.is_valid()]):
        drafts = [row for row in (each.draft() for each in rows) if row is not None]
        if form.attempt(
            lambda: record_hearing(found, actions=drafts, actor=request.membership, **form.cleaned_data)
        ):
            draft.discard()
            messages.success(request, f"The outcome of item {found.number} is recorded.")
            return redirect(next_url(found))
    context = {
        "form": form,
        "rows": rows,
        "heading": "Record the outcome",
        "caption": f"Item {found.number}, case {item.reference}, {weekday_words(found.meeting.held_on)}",
        "item": item,
        "people": people_table(item.people),
        "back_url": reverse("marac:hearing", args=[found.pk]),
        "too_early": found.meeting.held_on > timezone.localdate(),
        **draft.context,
    }
    return render(request, "marac/hearing/record.html", context)


def bind_rows(request, draft: FormDraft, found: Hearing) -> Any:
    """The rows of action points: those still open, and some empty ones; one more where that was asked for."""
    points = [
        point
        for point in selectors.action_points_of(found, request.membership)
        if point.state == ActionState.OPEN
    ]
    kwargs: dict[str, Any] = {
        "prefix": "actions",
        "initial": action_initial(points),
        "form_kwargs": {"owners": selectors.seen_by(found)},
    }
    if "add" not in request.POST:
        return draft.bind(ActionFormSet, **kwargs)
    return without_errors(ActionFormSet(with_one_more(request.POST, "actions"), **kwargs))


def next_url(found: Hearing) -> str:
    """Where the coordinator or chair goes on: the meeting, with what is next on top."""
    return reverse("marac:meeting", args=[found.meeting_id])

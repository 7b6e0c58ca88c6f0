from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import ActingRequest, NotAllowed, requires
from dacase.cases.access import case_or_404, read_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.cases.frame import act_page, form_page, frame, posted
from dacase.cases.models import Case
from dacase.ui.tables import capped_count, keyset_page
from referrals.casework.forms.incident import (
    ChangeIncidentForm,
    IncidentFilter,
    IncidentForm,
    SameIncidentForm,
    StrikeIncidentForm,
    in_short,
)
from referrals.casework.models import Incident
from referrals.casework.selectors.incident import (
    NEWEST_FIRST,
    agencies_to_name,
    counted,
    incidents_of,
    lately,
    likely_same,
    perpetrators_of,
    readable_incidents,
    years_of,
)
from referrals.casework.services import incident as services

FIRST_LOOK = (
    "If something is recorded for the same day already, you are asked whether it is the same incident."
)
# How far the days of two records of one incident may lie apart where one of them has the wrong day.
DAYS_WRONG = 31
KEPT = "It cannot be deleted. It no longer counts, its words are hidden and stay in the history."


@require_GET
@requires("view_case")
def incident_list(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """The incidents of a case, newest first, with how many count towards potential escalation."""
    case, today = case_or_404(request, case_pk), timezone.localdate()
    filters = IncidentFilter(request.GET or None, years=years_of(case, request.membership))
    incidents = incidents_of(case, request.membership, **filters.chosen())
    context = frame(
        request,
        case,
        "casework:incidents",
        page=keyset_page(incidents, order=NEWEST_FIRST, after=request.GET.get("after"), size=25),
        count=capped_count(incidents),
        filters=filters,
        lately=lately(counted(case, request.membership, on=today), on=today),
        may_record=request.membership.may("record_incident"),
        own_agency=request.membership.agency_id,
    )
    return render(request, "casework/incident/list.html", context)


@require_http_methods(["GET", "POST"])
@requires("record_incident")
def incident_create(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """Record an incident; what is typed is kept while it is typed."""
    case, member = case_or_404(request, case_pk), request.membership
    draft = FormDraft(request)
    form = draft.bind(
        IncidentForm,
        initial={"known_to": str(member.agency_id)},
        likely=lambda day, precision: likely_same(case, member, day=day, precision=precision),
        **named(request, case),
    )
    return act_page(
        request,
        form_page(request, case, "Record an incident", intro=FIRST_LOOK, submit_text="Record the incident"),
        form=form,
        draft=draft,
        act=lambda: services.record_incident(
            case_pk,
            account=form.account(),
            same_as=form.cleaned_data.get("same_as", ""),
            submission=form.cleaned_data["submission"],
            actor=member,
        ),
        done="The incident is recorded. Everybody who holds the whole file can read it.",
        to=reverse("casework:incidents", args=[case_pk]),
    )


@require_http_methods(["GET", "POST"])
@requires("record_incident")
def incident_change(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Put an incident of the own agency right."""
    incident = own_incident(request, pk)
    draft = FormDraft(request)
    initial = services.as_fields(incident) | {"version": incident.version}
    form = draft.bind(
        ChangeIncidentForm, initial=initial, **named(request, incident.case, also=incident.known_to_id)
    )
    return act_page(
        request,
        form_page(request, incident.case, "Change the incident"),
        form=form,
        draft=draft,
        act=lambda: services.change_incident(
            pk, account=form.account(), version=form.cleaned_data["version"], actor=request.membership
        ),
        done="The incident is changed. What it said before stays in its history.",
        to=reverse("casework:incidents", args=[incident.case_id]),
    )


@require_http_methods(["GET", "POST"])
@requires("record_incident")
def incident_strike(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Say what is wrong, then strike it out."""
    incident = own_incident(request, pk)
    form = StrikeIncidentForm(posted(request))
    return act_page(
        request,
        form_page(
            request, incident.case, "Strike out this incident", intro=KEPT, submit_text="Strike it out"
        ),
        form=form,
        act=lambda: services.strike_incident(
            pk, reason=form.cleaned_data["reason"], actor=request.membership
        ),
        done="The incident is struck out.",
        to=reverse("casework:incidents", args=[incident.case_id]),
    )


@require_http_methods(["GET", "POST"])
@requires("record_incident")
def incident_same(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Say that it is the same incident as another record of the case, or take that back."""
    incident, member = read_or_404(request, readable_incidents(request.membership), pk), request.membership
    known = likely_same(
        incident.case,
        member,
        day=incident.happened_on,
        precision=incident.precision,
        apart=DAYS_WRONG,
        besides=pk,
    )
    form = SameIncidentForm(posted(request), known=known, initial={"same_as": same_now(incident, known)})
    return act_page(
        request,
        form_page(
            request, incident.case, "Is it recorded twice?", intro=f"This record: {in_short(incident)}."
        ),
        form=form,
        act=lambda: services.say_same(pk, same_as=form.cleaned_data["same_as"], actor=member),
        done="Saved. Records of the same incident count once.",
        to=reverse("casework:incidents", args=[incident.case_id]),
    )


def same_now(incident: Incident, known: list[Incident]) -> str:
    """The answer that holds now."""
    first = incident.same_as_id or incident.pk
    same = next((one for one in known if first in (one.pk, one.same_as_id)), None)
    return str(same.pk) if same else services.ANOTHER


def own_incident(request: ActingRequest, pk: UUID) -> Incident:
    """An incident that the reader's own agency recorded; others are read and not changed."""
    incident = read_or_404(request, readable_incidents(request.membership), pk)
    if incident.agency_id != request.membership.agency_id:
        raise NotAllowed(services.OTHERS)
    return incident


def named(request: ActingRequest, case: Case, also: UUID | None = None) -> dict[str, Any]:
    """Whom the form may name; `also` the agency that is named already."""
    return {"perpetrators": perpetrators_of(case, request.membership), "agencies": agencies_to_name(also)}

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import case_or_404, read_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.cases.frame import act_page, form_page, frame
from dacase.ui.components import Fact, Lines, Many, Text
from dacase.ui.tables import keyset_page
from dacase.ui.words import moment_words
from referrals.casework.forms.consent import ChangeConsentForm, ConsentForm, WithdrawForm
from referrals.casework.models import ConsentRecord
from referrals.casework.selectors import consent as selectors
from referrals.casework.selectors.episode import parties_to_support
from referrals.casework.services import consent as services
from referrals.casework.views.lists import consent_tags


@require_GET
@requires("view_case")
def consents(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """What stands now, for each person and purpose, and below it what stood before."""
    case, member = case_or_404(request, case_pk), request.membership
    earlier = selectors.earlier_consents(case, member)
    page = keyset_page(earlier, order=selectors.NEWEST_FIRST, after=request.GET.get("after"), size=25)
    context = frame(
        request,
        case,
        "casework:consents",
        standing=[(one, facts(one)) for one in selectors.consents_of(case, member)],
        page=page,
        earlier=[(one, facts(one)) for one in page],
        may_record=member.may("record_consent"),
    )
    return render(request, "casework/consent/list.html", context)


def facts(one: ConsentRecord) -> list[Fact]:
    """A record, line by line."""
    way = f", {one.get_way_display().lower()}" if one.way else ""
    known = [
        Fact("Person", one.party.person.name),
        Fact("Answer", Many([Text(f"{one.get_answer_display()}{way}"), *consent_tags(one)[1:]])),
        Fact("Day", one.answered_on),
    ]
    if one.with_whom:
        known.append(Fact("With", one.with_whom))
    if one.reason:
        known.append(Fact("Reason, or what was said", Lines(one.reason)))
    known.append(
        Fact("Told what, with whom and why", "Yes" if one.is_informed else f"No: {one.why_not_informed}")
    )
    if one.goes_on:
        known += [
            Fact("Lawful basis", one.get_lawful_basis_display()),
            Fact("Why it is necessary", Lines(one.necessity)),
            Fact("Why it is no more than is needed", Lines(one.proportionality)),
            Fact("Decided by", one.decided_by.user.name if one.decided_by else ""),
        ]
    if one.review_on:
        known.append(Fact("Looked at again", one.review_on))
    if one.until_on:
        known.append(Fact("Holds until", one.until_on))
    known.append(
        Fact("Recorded", Text(f"{one.recorded_by.user.name}, {one.agency}", moment_words(one.recorded_at)))
    )
    return known


@require_http_methods(["GET", "POST"])
@requires("record_consent")
def consent_create(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """Record what somebody said to a purpose for the first time."""
    case, member = case_or_404(request, case_pk), request.membership
    draft = FormDraft(request)
    form = draft.bind(ConsentForm, parties=parties_to_support(case), deciders=selectors.deciders(member))

    def act() -> ConsentRecord:
        party, purpose, submission = (form.cleaned_data[name] for name in ("party", "purpose", "submission"))
        return services.record_consent(
            party, purpose=purpose, said=form.said(), submission=submission, actor=member
        )

    intro = "What was asked and what was answered, for one person and one purpose."
    return act_page(
        request,
        form_page(request, case, "Record consent", intro=intro),
        form=form,
        draft=draft,
        act=act,
        done="It is recorded. Everybody who holds the whole file can read it.",
        to=reverse("casework:consents", args=[case_pk]),
    )


@require_http_methods(["GET", "POST"])
@requires("record_consent")
def consent_change(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Record that it is otherwise now."""
    return _follow(
        request, pk, ChangeConsentForm, services.change_consent, "Record a change", "The change is recorded."
    )


@require_http_methods(["GET", "POST"])
@requires("record_consent")
def consent_withdraw(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Record that consent was withdrawn."""
    done = "It is recorded that consent was withdrawn. Tell whoever works on what was agreed."
    return _follow(request, pk, WithdrawForm, services.withdraw_consent, "Consent was withdrawn", done)


def _follow(
    request: ActingRequest, pk: UUID, form_class: type[ChangeConsentForm], act: Any, heading: str, done: str
) -> HttpResponse:
    member = request.membership
    record = read_or_404(request, selectors.readable_consents(member), pk)
    draft = FormDraft(request)
    form = draft.bind(form_class, record=record, deciders=selectors.deciders(member))
    until_now = record.get_answer_display().lower()
    intro = f"{record.label}, {record.party.person.name}. Until now: {until_now}."
    return act_page(
        request,
        form_page(request, record.case, heading, intro=intro),
        form=form,
        draft=draft,
        act=lambda: act(
            pk,
            said=form.said(),
            version=form.cleaned_data["version"],
            submission=form.cleaned_data["submission"],
            actor=member,
        ),
        done=done,
        to=reverse("casework:consents", args=[record.case_id]),
    )

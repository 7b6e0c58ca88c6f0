from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import case_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.cases.frame import form_page, frame
from referrals.casework.forms.story import StoryPartForm
from referrals.casework.rules.story import parts
from referrals.casework.selectors.story import story_texts, told
from referrals.casework.services.story import write_story_part


@require_GET
@requires("view_case")
def story(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """The story told so far, part by part, with who wrote it and who reads it."""
    case = case_or_404(request, case_pk)
    context = frame(
        request,
        case,
        "casework:story",
        story=told(story_texts(case, request.membership)),
        may_edit=request.membership.may("edit_case"),
    )
    return render(request, "casework/story/detail.html", context)


@require_http_methods(["GET", "POST"])
@requires("edit_case")
def story_part(request: ActingRequest, case_pk: UUID, part: str) -> HttpResponse:
    """Write one part of the story."""
    case = case_or_404(request, case_pk)
    if part not in parts():
        raise Http404
    written = next((one for one in story_texts(case, request.membership) if one.part == part), None)
    initial = {"text": written.text, "version": written.version} if written else {"version": 0}
    draft = FormDraft(request)
    form = draft.bind(StoryPartForm, part=parts()[part], initial=initial)
    if (
        draft.sent
        and form.is_valid()
        and form.attempt(
            lambda: write_story_part(case_pk, part=part, actor=request.membership, **form.cleaned_data)
        )
    ):
        draft.discard()
        messages.success(request, "The story is saved. Whoever works on the case next can read it.")
        return redirect("casework:story", case_pk)
    context = form_page(
        request, case, "Write the story", form=form, back_url=reverse("casework:story", args=[case_pk])
    )
    return render(request, "layouts/form.html", context | draft.context)

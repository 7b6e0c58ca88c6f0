from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import case_or_404, read_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.cases.frame import act_page, form_page, frame, posted
from dacase.ui.forms import Form
from dacase.ui.tables import capped_count, keyset_page
from referrals.casework.forms.note import ChangeNoteForm, NoteFilter, NoteForm, ShareNoteForm, StrikeNoteForm
from referrals.casework.selectors.note import NEWEST_FIRST, notes_of, own_notes
from referrals.casework.services import note as services


@require_GET
@requires("view_case")
def note_list(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """The notes of a case, newest first: the own agency's, and what others have shared."""
    case = case_or_404(request, case_pk)
    filters = NoteFilter(request.GET or None)
    notes = notes_of(case, request.membership, **filters.chosen())
    page = keyset_page(notes, order=NEWEST_FIRST, after=request.GET.get("after"), size=25)
    context = frame(
        request,
        case,
        "casework:notes",
        page=page,
        count=capped_count(notes),
        filters=filters,
        may_write=request.membership.may("write_note"),
        own_agency=request.membership.agency_id,
    )
    return render(request, "casework/note/list.html", context)


@require_http_methods(["GET", "POST"])
@requires("write_note")
def note_create(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """Write a note; what is typed is kept while it is typed."""
    case = case_or_404(request, case_pk)
    draft = FormDraft(request)
    form = draft.bind(NoteForm)
    return act_page(
        request,
        form_page(request, case, "Write a note", submit_text="Save the note"),
        form=form,
        draft=draft,
        act=lambda: services.write_note(case_pk, actor=request.membership, **form.note()),
        done="The note is saved. Your agency alone reads it until you share it.",
        to=reverse("casework:notes", args=[case_pk]),
    )


@require_http_methods(["GET", "POST"])
@requires("write_note")
def note_change(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Put the words of a note right."""
    note = read_or_404(request, own_notes(request.membership), pk)
    draft = FormDraft(request)
    form = draft.bind(ChangeNoteForm, initial={"text": note.text, "version": note.version})
    return act_page(
        request,
        form_page(request, note.case, "Change the note"),
        form=form,
        draft=draft,
        act=lambda: services.change_note(pk, actor=request.membership, **form.cleaned_data),
        done="The note is changed. The former words stay in its history.",
        to=reverse("casework:notes", args=[note.case_id]),
    )


@require_http_methods(["GET", "POST"])
@requires("write_note")
def note_share(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Say why, then let everybody who holds the case read it."""
    words = (
        "Share this note",
        "Everybody who holds the whole file can read it then. Leave out where anybody lives.",
    )
    return _with_reason(request, pk, ShareNoteForm, services.share_note, words, "The note is shared.")


@require_http_methods(["GET", "POST"])
@requires("write_note")
def note_strike(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Say what is wrong, then strike it out."""
    words = ("Strike out this note", "It cannot be deleted. Its words are hidden and stay in the history.")
    return _with_reason(request, pk, StrikeNoteForm, services.strike_note, words, "The note is struck out.")


@require_POST
@requires("write_note")
def note_unshare(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Take it back to the own agency."""
    note = read_or_404(request, own_notes(request.membership), pk)
    services.unshare_note(note.pk, actor=request.membership)
    messages.success(request, "Your agency alone reads the note again. Who has read it has read it.")
    return redirect("casework:notes", note.case_id)


def _with_reason(
    request: ActingRequest,
    pk: UUID,
    form_class: type[Form],
    act: Callable[..., Any],
    words: tuple[str, str],
    done: str,
) -> HttpResponse:
    note = read_or_404(request, own_notes(request.membership), pk)
    form = form_class(posted(request))
    heading, intro = words
    return act_page(
        request,
        form_page(request, note.case, heading, intro=intro, submit_text=heading),
        form=form,
        act=lambda: act(pk, reason=form.cleaned_data["reason"], actor=request.membership),
        done=done,
        to=reverse("casework:notes", args=[note.case_id]),
    )

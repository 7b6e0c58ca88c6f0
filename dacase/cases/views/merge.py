"""Whether somebody is known already, and two records of one person made one, and two again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.cases.forms.merge import LABELS, MergeForm, words
from dacase.cases.frame import posted
from dacase.cases.models import Merge, Party
from dacase.cases.selectors.match import agencies_to_ask, identity_of, matches_of
from dacase.cases.selectors.merge import beside, merge_of, merges_into, merges_seen, stands
from dacase.cases.services.merge import merge_people, undo_merge
from dacase.cases.views.person import party_or_404
from dacase.ui.components import Column, Table, Text
from dacase.ui.forms import Form


@require_GET
@requires("edit_case")
def person_matches(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Who else may be this person, with the reasons; whom to ask; what was merged into this record."""
    case, party = party_or_404(request, pk)
    membership, person = request.membership, party.person
    (to_ask,) = agencies_to_ask(membership, [identity_of(person)], about=party.pk)
    matches = matches_of(membership, person)
    context = {
        "case": case,
        "party": party,
        "matches": matches,
        "beside": beside(case, party, found=[match.person for match in matches]),
        "to_ask": to_ask,
        "merges": merges_into(membership, person),
        "may_merge": membership.may("merge_people"),
    }
    return render(request, "cases/merge/matches.html", context)


@require_http_methods(["GET", "POST"])
@requires("merge_people")
def merge_create(request: ActingRequest, pk: UUID, other_pk: UUID) -> HttpResponse:
    """Both records beside each other; what stays is chosen, and a reason given."""
    case, party = party_or_404(request, pk)
    _, other = party_or_404(request, other_pk)
    kept, merged = party.person, other.person
    if kept == merged:  # a second click, or a page that was opened before
        return redirect("cases:merge_detail", _merged_already(request, pk, other_pk).pk)
    form = MergeForm(posted(request), kept=kept, merged=merged)
    if form.is_valid() and form.attempt(
        lambda: merge_people(
            kept.pk,
            merged.pk,
            chosen=form.chosen,
            reason=form.cleaned_data["reason"],
            versions=form.versions,
            actor=request.membership,
        )
    ):
        messages.success(request, "The two records are one now.")
        return redirect("cases:merge_detail", form.result.pk)
    context = {
        "case": case,
        "form": form,
        "table": side_by_side(party, other),
        "in_one_case": party.case_id == other.case_id,
        "back_url": reverse("cases:person_matches", args=[pk]),
    }
    return render(request, "cases/merge/compare.html", context)


@require_GET
@requires("edit_case")
def merge_detail(request: ActingRequest, pk: UUID) -> HttpResponse:
    """What was put together, by whom and when, and the way back."""
    merge = read_or_404(request, merges_seen(request.membership), pk)
    may_undo = merge.undone_at is None and request.membership.may("merge_people")
    return render(request, "cases/merge/detail.html", page_of(request, merge) | {"may_undo": may_undo})


@require_http_methods(["GET", "POST"])
@requires("merge_people")
def merge_undo(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Asks, then makes two records of one again."""
    merge = read_or_404(request, merges_seen(request.membership), pk)
    form = Form(posted(request))
    if form.is_valid() and form.attempt(lambda: undo_merge(pk, actor=request.membership)):
        messages.success(request, "They are two records again.")
        tell_what_stayed(request, form.result)
        return redirect("cases:merge_detail", pk)
    return render(request, "cases/merge/undo.html", page_of(request, merge) | {"form": form})


def _merged_already(request: ActingRequest, *party_ids: UUID) -> Merge:
    merge = merge_of(request.membership, *party_ids)
    if merge is None:
        raise Http404
    return merge


def page_of(request: ActingRequest, merge: Merge) -> dict[str, Any]:
    """What both pages of a merge show."""
    where = stands(request.membership, merge)
    first = next(iter([*where.others, *where.moved]), None)
    return {
        "merge": merge,
        "stands": where,
        "back_url": reverse("cases:people", args=[first.case_id]) if first else reverse("cases:list"),
    }


def side_by_side(kept: Party, merged: Party) -> Table:
    """The two records, as they stand in the cases by which they were opened: a row for each field."""
    parties = (kept, merged)
    rows = [
        [
            Text("Stands as"),
            *(Text(f"{one.get_role_display()}, case {one.case.reference}") for one in parties),
        ]
    ]
    for name, label in LABELS.items():
        rows.append([Text(label), *(Text(words(one.person, name) or "Not recorded") for one in parties)])
    return Table("The two records", [Column("Field"), "This record, which stays", "The other record"], rows)


def tell_what_stayed(request: ActingRequest, undone: Any) -> None:
    """Say what was changed or added after the merge, and so stays with the record that was kept."""
    if undone.fields_kept:
        fields = ", ".join(LABELS[name].lower() for name in undone.fields_kept)
        messages.info(request, f"Changed after the merge, and left as it is now: {fields}.")
    if undone.rows_kept:
        messages.info(
            request, f"Added after the merge, and left with the record that was kept: {undone.rows_kept}."
        )

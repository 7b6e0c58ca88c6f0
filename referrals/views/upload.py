"""Sending a file of referrals: upload it, see what is wrong beside each row, send those without errors."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.ui.components import Lines, Many, Table, Tag
from referrals.forms.upload import RowForms, UploadForm, lacks_safe_way
from referrals.models import UploadRow
from referrals.rules.upload import number_of_row, template
from referrals.selectors.referral import front_doors
from referrals.selectors.upload import rows_of, uploads
from referrals.services.upload import Row, discard_upload, keep_upload, send_upload


@require_http_methods(["GET", "POST"])
@requires("make_referral")
def upload(request: ActingRequest) -> HttpResponse:
    """Take in a file and show it."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        kept = keep_upload(rows=_checked(form, request), actor=request.membership)
        return redirect("referrals:upload_preview", pk=kept.pk)
    context = {"form": form, "back_url": reverse("referrals:sent")}
    return render(request, "referrals/upload/upload.html", context)


@require_GET
@requires("make_referral")
def template_file(request: ActingRequest) -> HttpResponse:
    """The file to begin with."""
    response = HttpResponse("\ufeff" + template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="template.csv"'
    return response


@require_http_methods(["GET", "POST"])
@requires("make_referral")
def preview(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Every row with what is wrong with it; POST sends those that have no errors."""
    found = get_object_or_404(uploads(request.membership).select_related("job"), pk=pk)
    if request.method == "POST":
        try:
            found = send_upload(pk, actor=request.membership)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
    if found.job_id is not None:
        return redirect("jobs:job", pk=found.job_id)
    rows = rows_of(found)
    right = [row for row in rows if not row.errors]
    context = {
        "upload": found,
        "right": len(right),
        "wrong": len(rows) - len(right),
        "table": Table(
            "Rows of the file", ["Row", "Victim-survivor", "Priority", "What to do"], [_row(r) for r in rows]
        ),
    }
    return render(request, "referrals/upload/preview.html", context)


@require_POST
@requires("make_referral")
def discard(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Forget the file."""
    get_object_or_404(uploads(request.membership), pk=pk)
    try:
        discard_upload(pk, actor=request.membership)
        messages.success(request, "The file is removed. Nothing of it was sent.")
    except ValidationError as refusal:
        messages.info(request, refusal.messages[0])
    return redirect("referrals:upload")


def _checked(form: UploadForm, request: ActingRequest) -> list[Row]:
    """Every row with its errors; of two rows that say the same, the second has one."""
    doors = list(front_doors())
    seen: dict[UUID, int] = {}
    checked: list[Row] = []
    for number, values in form.rows:
        errors = RowForms(values, doors).errors()
        first = seen.setdefault(number_of_row(request.membership.agency_id, values), number)
        if first != number:
            errors.append(("", f"This row is the same as row {first}"))
        checked.append((number, values, errors))
    return checked


def _row(row: UploadRow) -> list[Any]:
    name = f"{row.values.get('given_name', '')} {row.values.get('family_name', '')}".strip()
    words = "\n".join(f"{column}: {said}" if column else said for column, said in row.errors)
    done = Lines(words) if words else _ready(row.values)
    return [f"Row {row.number}", name[:100], row.values.get("priority", "")[:20], done]


def _ready(values: dict[str, str]) -> Tag | Many:
    """A row that can be sent; one without a safe way comes back with a question, and its sender is told before."""
    ready = Tag("Ready to send", "good")
    unsafe = Tag("No safe way to make contact: it comes back to you with a question", "warning")
    return Many([ready, unsafe]) if lacks_safe_way(values) else ready

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import requires
from dacase.ui.htmx import render_fragment
from dacase.ui.tables import capped_count, keyset_page
from reporting.exports import FORMATS
from reporting.forms import RequestReturnForm
from reporting.pages import detail_context, returns_table
from reporting.periods import parse_quarter
from reporting.rules import file_name
from reporting.selectors import counted_returns, figure_rows, visible_returns
from reporting.services import record_download


@require_GET
@requires("view_return")
def return_list(request) -> HttpResponse:
    """Every return of the agency, the newest first."""
    returns = visible_returns(request.membership)
    page = keyset_page(returns, order=("-requested_at", "-id"), after=request.GET.get("after"), size=25)
    can_ask = request.membership.may("request_return")
    context = {
        "page": page,
        "count": capped_count(returns),
        "table": returns_table(page.items),
        "can_ask": can_ask,
        "empty_href": reverse("reporting:request") if can_ask else "",
    }
    return render_fragment(request, "reporting/list.html", "results", context)


@require_http_methods(["GET", "POST"])
@requires("request_return")
def request_return(request) -> HttpResponse:
    """Choose a quarter; a worker counts it."""
    form = RequestReturnForm(request.POST or None)
    if form.is_valid() and form.attempt(lambda: form.save(actor=request.membership)):
        messages.success(request, "The return is being counted. This takes a few seconds.")
        return redirect("reporting:detail", form.result.pk)
    context = {"form": form, "back_url": reverse("reporting:list")}
    return render(request, "reporting/request.html", context)


@require_GET
@requires("view_return")
def return_detail(request, pk: UUID) -> HttpResponse:
    """Progress while it is counted, then the figures; htmx asks for the block `progress`."""
    made = get_object_or_404(visible_returns(request.membership), pk=pk)
    return render_fragment(request, "reporting/detail.html", "progress", detail_context(made))


@require_GET
@requires("view_return")
def return_download(request, pk: UUID, ending: str) -> HttpResponse:
    """The figures as a file. A return that has none yet is as if it were not."""
    made = get_object_or_404(counted_returns(request.membership), pk=pk)
    if ending not in FORMATS:
        raise Http404
    write, content_type = FORMATS[ending]
    content = write(made.kind, parse_quarter(made.period), figure_rows(made))
    record_download(made, ending=ending, actor=request.membership)
    name = file_name(made.kind, made.period, ending)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)

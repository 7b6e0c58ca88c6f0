from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from dacase.jobs.health import broker_answers, database_answers
from dacase.jobs.selectors import visible_jobs
from dacase.ui.htmx import render_fragment


@never_cache
@require_safe
@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """For load balancers. Says whether, and to nobody why."""
    if database_answers() and broker_answers():
        return HttpResponse("ok", content_type="text/plain")
    return HttpResponse("not ready", content_type="text/plain", status=503)


@require_GET
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The progress of a job of the reader's agency; htmx asks for the block `progress` of it."""
    found = get_object_or_404(visible_jobs(request.membership), pk=pk)  # type: ignore[attr-defined]
    return render_fragment(request, "jobs/job.html", "progress", {"job": found})

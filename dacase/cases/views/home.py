from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dacase.agencies.access import ActingRequest
from dacase.cases.panels import home_panels, next_actions
from dacase.ui.components import NextAction


@require_GET
def home(request: ActingRequest) -> HttpResponse:
    """“My work”: what to do next, then every room's part for this role."""
    panels = home_panels(request.membership)
    actions = [NextAction(action.text, action.url, due=action.due_at) for action in next_actions(panels)]
    return render(request, "cases/home.html", {"panels": panels, "actions": actions})

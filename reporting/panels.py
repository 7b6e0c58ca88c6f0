"""What returns add to the home page."""

from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.panels import NextAction, Panel
from reporting.pages import returns_table
from reporting.periods import quarter_of_day
from reporting.selectors import visible_returns

SHOWN = 4


def latest_returns(membership: Membership) -> Panel | None:
    """The newest returns, and a reminder while the quarter that ended last has none."""
    if not membership.may("view_return"):
        return None
    returns = list(visible_returns(membership)[: SHOWN * 5])
    ended = quarter_of_day(timezone.localdate()).former
    actions = []
    if membership.may("request_return") and all(
        made.period != ended.code or made.job.state == "failed" for made in returns
    ):
        actions.append(NextAction(f"Ask for the return for {ended.title}", reverse("reporting:request")))
    links = [("All returns", reverse("reporting:list"))]
    if membership.may("request_return"):
        links.append(("Ask for a return", reverse("reporting:request")))
    context = {"table": returns_table(returns[:SHOWN]) if returns else None}
    return Panel("Returns", "reporting/panels/latest_returns.html", context, actions, links)

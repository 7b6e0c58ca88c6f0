"""Counting a return, with progress that its page shows."""

from uuid import UUID

from dacase.agencies.models import Membership
from dacase.jobs.services import begin_job, report_progress
from dacase.jobs.tasks_base import Steps, TaskRefusedError, outbox_task
from reporting.measures import Measure
from reporting.models import Return
from reporting.periods import parse_quarter
from reporting.returns import KINDS, FiguresUnavailableError, count_return
from reporting.services import keep_figures, say_not_counted


def show_failure(*, return_id: str, reason: str, actor: Membership) -> None:
    """The message became a dead letter: say so where the commissioner looks."""
    say_not_counted(find(return_id, actor), reason=reason if reason.endswith(".") else "")


@outbox_task("reporting.count_return", in_steps=True, on_failure=show_failure)
def count(*, return_id: str, steps: Steps) -> None:
    """Count every measure, say after each how far it is, and keep the figures all together at the end."""
    with steps.step() as actor:
        made = find(return_id, actor)
        begin_job(made.job, total=len(KINDS[made.kind].keys))

    def progress(place: int, measure: Measure) -> None:
        with steps.step():
            report_progress(made.job, done=place, doing=f"Counting: {measure.title}")

    try:
        rows = count_return(made.kind, parse_quarter(made.period), progress)
    except FiguresUnavailableError as error:
        raise TaskRefusedError(str(error)) from error
    with steps.finish() as actor:
        made = find(return_id, actor)
        keep_figures(made, rows, actor=made.requested_by)


def find(return_id: str, actor: Membership | None) -> Return:
    """The return, where its actor may still see it."""
    if actor is None:
        raise TaskRefusedError("Only a membership can ask for a return.")
    return Return.objects.visible_to(actor).select_related("job", "requested_by").get(pk=UUID(return_id))

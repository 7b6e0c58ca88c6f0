"""Asking for returns and reading them back, for the tests of this room."""

import uuid
from datetime import date

from dacase.jobs.models import OutboxMessage
from dacase.jobs.tasks_base import run_message
from dacase.walls.context import acting_as
from reporting.selectors import figure_rows, visible_returns
from reporting.services import request_return
from tests.jobs.conftest import broker, celery_app, relay, start, wait_for  # noqa: F401 - fixtures
from tests.reporting.world import at


def ask(actor, period="2026-Q1", submission=None):
    with acting_as(actor):
        return request_return(
            kind="quarterly", period=period, submission=submission or uuid.uuid4(), actor=actor
        )


def run_all():
    for message in OutboxMessage.objects.unfinished():
        run_message(message.pk)


def reread(made, actor):
    with acting_as(actor):
        return visible_returns(actor).get(pk=made.pk)


def rows_of(made, actor):
    with acting_as(actor):
        return figure_rows(visible_returns(actor).get(pk=made.pk))


def fill(world):
    """Records with names, in the quarter."""
    for source in ["police"] * 12 + ["childrens"]:
        referral = world.referral(at("2026-05-01 10:00"), source)
        world.route(referral, at("2026-05-01 11:00"), accepted_at=at("2026-05-01 12:00"))
    world.assessment(at("2026-05-02 10:00"))
    world.marac_referral(at("2026-05-02 10:00"))
    world.hearing(date(2026, 5, 14), is_repeat=True)
    world.placement(date(2026, 5, 10), date(2026, 5, 20))
    world.turn_away(date(2026, 5, 10))

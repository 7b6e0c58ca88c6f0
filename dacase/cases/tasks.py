"""The clockwork of cases. These tasks act for nobody: no message of the outbox starts them, the scheduler does."""

import logging

from celery import shared_task

from dacase.cases.services import upkeep
from dacase.walls.check import faults

log = logging.getLogger(__name__)


@shared_task(name="dacase.cases.end_expired_grants")
def end_expired_grants() -> int:
    """Every minute: end what the clock has ended."""
    return upkeep.end_expired_grants()


@shared_task(name="dacase.cases.forget_old_drafts")
def forget_old_drafts() -> int:
    """Every night: forget what was typed and never sent."""
    return upkeep.forget_old_drafts()


@shared_task(name="dacase.cases.check_walls")
def check_walls() -> list[str]:
    """Every night: raise an alarm for a wall that is missing, or a copy that has drifted from its grants."""
    found = faults()
    for fault in found:
        log.error("ALARM walls: %s", fault)
    return found

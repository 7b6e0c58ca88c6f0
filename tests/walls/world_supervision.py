"""Supervisions and sign-offs in the world: one agency's own in each case, and of two agencies in one."""

from django.utils import timezone

from dacase.walls.context import acting_as
from referrals.casework.models import Episode, RiskAssessment, SignOffRequest, Supervision

PAIRS = {
    "advocacy": ("idva", "idva_manager"),
    "front_door": ("front_door_worker", "idva_manager"),
    "outsider": ("outsider", "idva_manager"),
}


def talk(world) -> None:
    """For each case a supervision of its episode and a request about its assessment."""
    today = timezone.localdate()
    for key, (worker_key, supervisor_key) in PAIRS.items():
        worker, supervisor = getattr(world.cast, worker_key), getattr(world.cast, supervisor_key)
        with acting_as(worker):
            own = {"case": world.cases[key], "agency": worker.agency}
            episode = Episode.objects.get(case=world.cases[key], agency=worker.agency)
            Supervision.objects.create(
                **own, episode=episode, worker=worker, supervisor=supervisor, held_on=today,
                discussed="Invented", decisions="Invented", next_due_on=today,
            )  # fmt: skip
            assessment = RiskAssessment.objects.filter(case=world.cases[key]).first()
            SignOffRequest.objects.create(**own, assessment=assessment, asked_by=worker)

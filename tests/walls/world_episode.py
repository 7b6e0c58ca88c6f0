"""Contact attempts, outcomes, cover and hand-overs of the world: the agency's own, some of them shared."""

from datetime import timedelta

from django.utils import timezone

from dacase.walls.context import acting_as
from referrals.casework.models import ContactAttempt, Cover, Episode, ExitOutcome, HandOver

# Who works on the episode of a case, and a colleague of hers.
WORKERS = {
    "advocacy": ("idva", "idva_manager"),
    "front_door": ("front_door_worker", "front_door_worker"),
    "outsider": ("outsider", "outsider"),
}


def support(world) -> None:
    """For each case one attempt that is shared and one that is not, an outcome of each kind, and cover."""
    today = timezone.localdate()
    for key, (worker_key, colleague_key) in WORKERS.items():
        worker, colleague = getattr(world.cast, worker_key), getattr(world.cast, colleague_key)
        with acting_as(worker):
            episode = Episode.objects.get(case=world.cases[key], agency=worker.agency)
            own = {"case": episode.case, "agency": worker.agency, "episode": episode}
            for shared_at in (timezone.now(), None):
                ContactAttempt.objects.create(
                    **own, party=episode.party, made_by=worker, direction="outgoing", method="phone",
                    with_whom="nobody", outcome="no_answer", was_safe="not_known", shared_at=shared_at,
                )  # fmt: skip
                ExitOutcome.objects.create(
                    **own, item="abuse" if shared_at else "optimism", answer="same", rated_by=worker,
                    shared_at=shared_at,
                )  # fmt: skip
            HandOver.objects.create(agency=worker.agency, giver=worker, receiver=colleague)
    for worker_key, colleague_key in (("idva", "idva_manager"), ("refuge_worker", "refuge_quince")):
        worker, colleague = getattr(world.cast, worker_key), getattr(world.cast, colleague_key)
        with acting_as(worker):
            Cover.objects.create(
                agency=worker.agency, worker=worker, colleague=colleague, from_on=today,
                until_on=today + timedelta(days=9), reason="leave", set_by=worker,
            )  # fmt: skip

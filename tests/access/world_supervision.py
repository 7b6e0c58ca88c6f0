"""Supervisions and sign-offs: of one agency in a case."""

from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.walls.context import acting_as
from referrals.casework.models import Episode, RiskAssessment, SignOffRequest, Supervision


def make_sign_off(assessment: RiskAssessment, asker: Membership) -> SignOffRequest:
    """A request of the asker, made while the case is open to her."""
    with acting_as(asker):
        return SignOffRequest.objects.create(
            case=assessment.case, agency=asker.agency, assessment=assessment, asked_by=asker
        )


def make_supervision(episode: Episode, worker: Membership) -> Supervision:
    """A supervision of the worker by a colleague."""
    today = timezone.localdate()
    supervisor = Membership.objects.exclude(pk=worker.pk).order_by("pk")[0]
    return Supervision.objects.create(
        case=episode.case, agency=worker.agency, episode=episode, worker=worker, supervisor=supervisor,
        held_on=today, discussed="Invented", decisions="Invented", next_due_on=today,
    )  # fmt: skip

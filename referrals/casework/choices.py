"""Code lists of the casework."""

from django.db.models import TextChoices


class EpisodeKind(TextChoices):
    """The service that an episode is of."""

    IDVA = "idva", "IDVA"
    HOSPITAL_IDVA = "hospital_idva", "Hospital IDVA"
    OUTREACH = "outreach", "Outreach"
    IRIS = "iris", "IRIS advocate-educator"
    CHILDRENS_WORKER = "childrens_worker", "Children’s worker"
    GROUP_WORK = "group_work", "Group work"
    COUNSELLING = "counselling", "Counselling"

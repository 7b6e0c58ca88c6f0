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


class Answer(TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    DONT_KNOW = "dont_know", "Don’t know"


class AnswerSource(TextChoices):
    VICTIM = "victim", "The victim-survivor"
    PROFESSIONAL = "professional", "A professional"
    RECORDS = "records", "Records"
    FAMILY_OR_FRIEND = "family_or_friend", "Family or a friend"


class RiskTool(TextChoices):
    """Risk assessment tools. Their topics, with labels of our own: data/<tool>_topics.csv."""

    DASH = "dash", "Dash"

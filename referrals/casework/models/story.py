import uuid

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.cases.models.case import is_open_to


class StoryPartQuerySet(models.QuerySet["StoryPart"]):
    def visible_to(self, membership: Membership) -> QuerySet["StoryPart"]:
        """Parts of the stories of cases that the membership may open."""
        return self.filter(is_open_to(membership, "case_id"))


class StoryPart(models.Model):
    """One part of the story that is told once and travels with the case (data/story_parts.csv).

    It belongs to the case and not to an agency: whoever holds the file carries it on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=30)
    text = models.TextField(max_length=10_000, blank=True)
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()
    objects = StoryPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "part"], name="one_text_per_story_part")]

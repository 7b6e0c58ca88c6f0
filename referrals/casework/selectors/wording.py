"""The licensed wording that is loaded, and what of it an assessment shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet, Subquery

from dacase.agencies.models import Membership
from referrals.casework.models import RiskAssessment, ToolWording, TopicWording


@dataclass(frozen=True)
class Wording:
    """What stands beside our own labels, by code of the topic, and the licence. Both empty without wording."""

    licence: str = ""
    topics: dict[str, TopicWording] = field(default_factory=dict)

    def question(self, code: str) -> str:
        found = self.topics.get(code)
        return found.question if found is not None else ""

    def help(self, code: str) -> str:
        found = self.topics.get(code)
        return found.help if found is not None else ""


OUR_OWN = Wording()


def own_wordings(membership: Membership) -> QuerySet[ToolWording]:
    """What the membership's agency has loaded, the newest first."""
    return ToolWording.objects.visible_to(membership).select_related("loaded_by__user", "withdrawn_by__user")


def wording_rows(assessment: RiskAssessment) -> QuerySet[TopicWording]:
    """The rows of the wording that was used on the day of an assessment, for `wording_of`."""
    used = ToolWording.objects.used().filter(
        tool=assessment.tool,
        tool_version=assessment.tool_version,
        from_date__lte=assessment.assessed_on,
    )
    newest = Subquery(used.order_by("-from_date").values("pk")[:1])
    return TopicWording.objects.filter(wording=newest).select_related("wording")


def wording_of(rows: Iterable[TopicWording]) -> Wording:
    """What an assessment shows, of the rows of `wording_rows`."""
    topics = {row.code: row for row in rows}
    return Wording(next(iter(topics.values())).wording.licence, topics) if topics else OUR_OWN

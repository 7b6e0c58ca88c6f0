"""The story of a case, as far as a grant lets it be read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from dacase.agencies.models import Membership
from dacase.cases.choices import Scope
from dacase.cases.models import Case
from referrals.casework.models import StoryPart
from referrals.casework.rules.story import Part, parts_for


@dataclass(frozen=True)
class Told:
    """A part of the story with what was written, None where nobody has yet."""

    part: Part
    written: StoryPart | None

    @property
    def text(self) -> str:
        return self.written.text if self.written is not None else ""


def story_texts(case: Case, membership: Membership) -> QuerySet[StoryPart]:
    """What was written of the story of a case that the membership may open."""
    visible = StoryPart.objects.visible_to(membership).filter(case=case)
    return visible.select_related("written_by__user", "written_by__agency")


def told(texts: Iterable[StoryPart], scope: str = Scope.CASE) -> list[Told]:
    """The parts that a grant of `scope` reads, in the order told, each with its text if there is one."""
    by_part = {one.part: one for one in texts}
    return [Told(part, by_part.get(part.code)) for part in parts_for(scope)]

"""What is known from before when a risk is assessed again: when it was, what was answered, what has changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Subquery

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party
from dacase.cases.selectors.together import together
from dacase.ui.words import day_words
from referrals.casework.models import RiskAnswer, RiskAssessment
from referrals.casework.rules import risk_assessment as rules
from referrals.casework.selectors.risk_assessment import answers_that_count, open_sections, that_count


@dataclass(frozen=True)
class Beginning:
    """What is known when an assessment begins.

    born: the victim-survivor's date of birth, where it is recorded; previous: the newest completed
    assessment of the case, with whatever tool.
    """

    born: date | None
    previous: RiskAssessment | None

    def is_early(self, day: date) -> bool:
        """Whether an assessment of `day` comes before the review of the previous one is due."""
        due = self.previous.review_due_on if self.previous is not None else None
        return due is not None and self.previous.assessed_on <= day < due  # type: ignore[union-attr]


def beginning(case: Case, membership: Membership) -> Beginning:
    """What is known of a case when an assessment begins. One query."""
    rows = together(
        {
            "victims": Party.objects.filter(case=case, role=PartyRole.VICTIM).select_related("person"),
            "previous": _newest_first(case, membership)[:1],
        }
    )
    born = rows["victims"][0].person.date_of_birth if rows["victims"] else None
    return Beginning(born, rows["previous"][0] if rows["previous"] else None)


def _newest_first(case: Case, membership: Membership) -> QuerySet[RiskAssessment]:
    done = RiskAssessment.objects.visible_to(membership).filter(case=case).completed()  # type: ignore[attr-defined]
    return done.order_by("-assessed_on", "-completed_at")


@dataclass(frozen=True)
class Earlier:
    """The answers of the newest completed assessment with the same tool before this one, by topic."""

    assessed_on: date | None
    labels: dict[str, str]
    answers: dict[str, RiskAnswer]
    speaks: frozenset[str]

    def words(self, topic: str) -> str:
        """What was answered to `topic`, and when; empty where nothing was."""
        answer = self.answers.get(topic)
        if answer is None or self.assessed_on is None:
            return ""
        return f"Last time, on {day_words(self.assessed_on)}: {answer.get_answer_display()}"


NOTHING_EARLIER = Earlier(None, {}, {}, frozenset())


def earlier_answers(assessment: RiskAssessment, membership: Membership) -> QuerySet[RiskAnswer]:
    """The answers of the newest completed assessment with the same tool before this one, for `earlier_of`."""
    before = (
        _newest_first(assessment.case, membership)
        .filter(tool=assessment.tool, assessed_on__lte=assessment.assessed_on)
        .exclude(pk=assessment.pk)
    )
    newest = Subquery(before.values("pk")[:1])
    return RiskAnswer.objects.filter(assessment=newest).select_related("assessment")


def earlier_of(found: Iterable[RiskAnswer]) -> Earlier:
    """What was answered before, of the rows of `earlier_answers`.

    A code means the same in every version of a tool, so that versions can be compared.
    """
    found = list(found)
    if not found:
        return NOTHING_EARLIER
    earlier = found[0].assessment
    tool = earlier.definition
    labels = {code: topic.label for code, topic in rules.topics(tool).items()}
    return Earlier(earlier.assessed_on, labels, that_count(tool, found), rules.speaking(tool))


@dataclass(frozen=True)
class Change:
    """A topic whose answer changed: what it was, and what it is now. Empty: it was not asked."""

    label: str
    before: str
    now: str


@dataclass(frozen=True)
class Changes:
    """What changed since an earlier assessment. began: speaks for danger now and did not; ended: the reverse;
    shifted: another answer, on the same side of that line.
    """

    since: date
    began: list[Change]
    ended: list[Change]
    shifted: list[Change]


def changes_since(earlier: Earlier, assessment: RiskAssessment) -> Changes | None:
    """What changed since the earlier answers; None where there are none. A topic still to answer is left out."""
    if earlier.assessed_on is None:
        return None
    tool, now = assessment.definition, answers_that_count(assessment)
    waiting = {topic.code for section in open_sections(assessment) for topic in section.topics} - set(now)
    labels = earlier.labels | {code: topic.label for code, topic in rules.topics(tool).items()}
    changes = Changes(earlier.assessed_on, [], [], [])
    for code, label in labels.items():
        old, new = earlier.answers.get(code), now.get(code)
        if code in waiting or (old.answer if old else "") == (new.answer if new else ""):
            continue
        spoke = old is not None and old.answer in earlier.speaks
        speaks = new is not None and new.answer in rules.speaking(tool)
        kept = changes.shifted if spoke == speaks else changes.began if speaks else changes.ended
        kept.append(Change(label, _words(old), _words(new)))
    return changes


def _words(answer: RiskAnswer | None) -> str:
    return answer.get_answer_display() if answer is not None else ""

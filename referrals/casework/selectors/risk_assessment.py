"""Risk assessments of a case, and how far one has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Subquery

from dacase.agencies.models import Membership
from dacase.cases.choices import Band, PartyRole
from dacase.cases.models import Case, Party
from dacase.cases.selectors.together import together
from dacase.ui.words import day_words
from referrals.casework.choices import Answer
from referrals.casework.models import RiskAnswer, RiskAssessment
from referrals.casework.rules import risk_assessment as rules


@dataclass(frozen=True)
class Picture:
    """What the answers given so far come to. `answers`: those that count, by topic."""

    answers: dict[str, RiskAnswer]
    yes_count: int
    dont_know_count: int
    refused_count: int
    unanswered: list[rules.Topic]
    critical: list[rules.Topic]
    combination: str
    is_counted: bool
    band: str
    is_visible_high_risk: bool

    @property
    def answered_count(self) -> int:
        return len(self.answers)

    @property
    def is_whole(self) -> bool:
        """Whether every topic has an answer, “don’t know” included."""
        return not self.unanswered


@dataclass(frozen=True)
class Step:
    """A section with how many of its topics are answered."""

    section: rules.TopicSection
    answered: int

    @property
    def is_whole(self) -> bool:
        return self.answered == len(self.section.topics)


def assessments_of(case: Case, membership: Membership) -> QuerySet[RiskAssessment]:
    """The assessments of a case that the membership may open, newest first."""
    visible = RiskAssessment.objects.visible_to(membership).filter(case=case)
    return visible.select_related("agency", "assessor__user")


def readable_assessments(membership: Membership) -> QuerySet[RiskAssessment]:
    """Every assessment that the membership may open, with its answers."""
    visible = RiskAssessment.objects.visible_to(membership).select_related("case", "agency", "assessor__user")
    return visible.prefetch_related("answers")


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


def earlier_answers(assessment: RiskAssessment, membership: Membership) -> Earlier:
    """What was answered in the newest completed assessment with the same tool before this one. One query.

    A code means the same in every version of a tool, so that versions can be compared.
    """
    before = (
        _newest_first(assessment.case, membership)
        .filter(tool=assessment.tool, assessed_on__lte=assessment.assessed_on)
        .exclude(pk=assessment.pk)
    )
    newest = Subquery(before.values("pk")[:1])
    found = list(RiskAnswer.objects.filter(assessment=newest).select_related("assessment"))
    if not found:
        return NOTHING_EARLIER
    earlier = found[0].assessment
    tool = earlier.definition
    labels = {code: topic.label for code, topic in rules.topics(tool).items()}
    return Earlier(earlier.assessed_on, labels, _that_count(tool, found), rules.speaking(tool))


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


def open_sections(assessment: RiskAssessment) -> list[rules.TopicSection]:
    """The sections that the assessment asks, given its answers so far."""
    given = {answer.topic: answer.answer for answer in assessment.answers.all()}
    return rules.open_sections(assessment.definition, given)


def answers_that_count(assessment: RiskAssessment) -> dict[str, RiskAnswer]:
    """The answers by topic, in the order asked, of the sections that are asked.

    An answer in a section that was closed again stays on record, should it open once more. Until then it is
    neither counted nor shown nor carried to any paper.
    """
    return _that_count(assessment.definition, assessment.answers.all())


def _that_count(tool: rules.Tool, answers: Iterable[RiskAnswer]) -> dict[str, RiskAnswer]:
    given = {answer.topic: answer for answer in answers}
    opened = rules.open_sections(tool, {code: answer.answer for code, answer in given.items()})
    asked = [topic.code for section in opened for topic in section.topics]
    return {code: given[code] for code in asked if code in given}


def speaking_answers(assessment: RiskAssessment) -> list[tuple[rules.Topic, RiskAnswer]]:
    """The topics whose answer speaks for danger, with that answer, in the order asked."""
    topics, speaks = rules.topics(assessment.definition), rules.speaking(assessment.definition)
    return [
        (topics[code], answer)
        for code, answer in answers_that_count(assessment).items()
        if answer.answer in speaks
    ]


def picture_of(assessment: RiskAssessment) -> Picture:
    """What the assessment's answers come to, by the thresholds in force on its day."""
    given = answers_that_count(assessment)
    codes = {code: answer.answer for code, answer in given.items()}
    tool, yes = assessment.definition, rules.count_of(codes, Answer.YES)
    asked = [topic for section in open_sections(assessment) for topic in section.topics]
    return Picture(
        answers=given,
        yes_count=yes,
        dont_know_count=rules.count_of(codes, Answer.DONT_KNOW),
        refused_count=rules.count_of(codes, Answer.REFUSED),
        unanswered=[topic for topic in asked if topic.code not in given],
        critical=rules.critical_topics(tool, codes),
        combination=rules.combination(tool, codes),
        is_counted=tool.is_counted,
        band=rules.band_for(tool, yes, on=assessment.assessed_on) if tool.is_counted else "",
        is_visible_high_risk=rules.is_visible_high_risk(tool, yes, on=assessment.assessed_on),
    )


def steps_of(assessment: RiskAssessment) -> list[Step]:
    """The sections of the assessment's tool with their progress."""
    given = answers_that_count(assessment)
    return [
        Step(section, sum(1 for topic in section.topics if topic.code in given))
        for section in open_sections(assessment)
    ]


def is_visible_high(assessment: RiskAssessment) -> bool:
    """Whether a completed assessment is high by its count of yes answers alone."""
    return assessment.band == Band.HIGH and rules.is_visible_high_risk(
        assessment.definition, assessment.yes_count, on=assessment.assessed_on
    )


def trend(assessments: Iterable[RiskAssessment]) -> list[RiskAssessment]:
    """Completed assessments, the oldest first."""
    done = [one for one in assessments if one.completed_at is not None]
    return sorted(done, key=lambda one: (one.assessed_on, one.completed_at))


@dataclass(frozen=True)
class AnsweredTopic:
    """A topic with the answer given, if any, and whether that speaks for danger."""

    topic: rules.Topic
    answer: RiskAnswer | None
    speaks: bool


@dataclass(frozen=True)
class AnsweredSection:
    """A section with each of its topics and the answer given."""

    section: rules.TopicSection
    rows: list[AnsweredTopic]


def answered_sections(assessment: RiskAssessment) -> list[AnsweredSection]:
    """Every section that was asked with its answers, in the order asked."""
    given, speaks = answers_that_count(assessment), rules.speaking(assessment.definition)
    return [
        AnsweredSection(
            section, [_answered(topic, given.get(topic.code), speaks) for topic in section.topics]
        )
        for section in open_sections(assessment)
    ]


def _answered(topic: rules.Topic, answer: RiskAnswer | None, speaks: frozenset[str]) -> AnsweredTopic:
    return AnsweredTopic(topic, answer, answer is not None and answer.answer in speaks)

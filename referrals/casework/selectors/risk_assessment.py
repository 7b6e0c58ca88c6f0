"""Risk assessments of a case, and how far one has come."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from dacase.agencies.models import Membership
from dacase.cases.choices import Band
from dacase.cases.models import Case
from referrals.casework.choices import Answer
from referrals.casework.models import RiskAnswer, RiskAssessment
from referrals.casework.rules import risk_assessment as rules


@dataclass(frozen=True)
class Picture:
    """What the answers given so far come to."""

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


def picture_of(assessment: RiskAssessment) -> Picture:
    """What the assessment's answers come to, by the thresholds in force on its day."""
    given = {answer.topic: answer for answer in assessment.answers.all()}
    codes = {code: answer.answer for code, answer in given.items()}
    tool, yes = assessment.tool, rules.count_of(codes, Answer.YES)
    asked = [topic for section in rules.open_sections(tool, codes) for topic in section.topics]
    return Picture(
        answers=given,
        yes_count=yes,
        dont_know_count=rules.count_of(codes, Answer.DONT_KNOW),
        refused_count=rules.count_of(codes, Answer.REFUSED),
        unanswered=[topic for topic in asked if topic.code not in given],
        critical=rules.critical_topics(tool, codes),
        combination=rules.combination(tool, codes),
        is_counted=rules.tools()[tool].is_counted,
        band=rules.band_for(tool, yes, on=assessment.assessed_on) if rules.tools()[tool].is_counted else "",
        is_visible_high_risk=rules.is_visible_high_risk(tool, yes, on=assessment.assessed_on),
    )


def steps_of(assessment: RiskAssessment) -> list[Step]:
    """The sections of the assessment's tool with their progress."""
    given = {answer.topic: answer.answer for answer in assessment.answers.all()}
    return [
        Step(section, sum(1 for topic in section.topics if topic.code in given))
        for section in rules.open_sections(assessment.tool, given)
    ]


def is_visible_high(assessment: RiskAssessment) -> bool:
    """Whether a completed assessment is high by its count of yes answers alone."""
    return assessment.band == Band.HIGH and rules.is_visible_high_risk(
        assessment.tool, assessment.yes_count, on=assessment.assessed_on
    )


def trend(assessments: Iterable[RiskAssessment]) -> list[RiskAssessment]:
    """Completed assessments, the oldest first."""
    done = [one for one in assessments if one.completed_at is not None]
    return sorted(done, key=lambda one: (one.assessed_on, one.completed_at))


@dataclass(frozen=True)
class AnsweredSection:
    """A section with each of its topics and the answer given, if any."""

    section: rules.TopicSection
    rows: list[tuple[rules.Topic, RiskAnswer | None]]


def answered_sections(assessment: RiskAssessment) -> list[AnsweredSection]:
    """Every section of the assessment's tool with its answers, in the order asked."""
    given = {answer.topic: answer for answer in assessment.answers.all()}
    codes = {code: answer.answer for code, answer in given.items()}
    return [
        AnsweredSection(section, [(topic, given.get(topic.code)) for topic in section.topics])
        for section in rules.open_sections(assessment.tool, codes)
    ]

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
from referrals.casework.selectors.wording import OUR_OWN, Wording


@dataclass(frozen=True)
class Picture:
    """What the answers given so far come to. `answers`: those that count, by topic. `is_verified`: whether the
    numbers that make the band come from a source that is named.
    """

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
    is_verified: bool

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


def open_sections(assessment: RiskAssessment) -> list[rules.TopicSection]:
    """The sections that the assessment asks, given its answers so far."""
    given = {answer.topic: answer.answer for answer in assessment.answers.all()}
    return rules.open_sections(assessment.definition, given)


def answers_that_count(assessment: RiskAssessment) -> dict[str, RiskAnswer]:
    """The answers by topic, in the order asked, of the sections that are asked.

    An answer in a section that was closed again stays on record, should it open once more. Until then it is
    neither counted nor shown nor carried to any paper.
    """
    return that_count(assessment.definition, assessment.answers.all())


def that_count(tool: rules.Tool, answers: Iterable[RiskAnswer]) -> dict[str, RiskAnswer]:
    """Of all answers of an assessment, those of the sections that are asked, by topic."""
    given = {answer.topic: answer for answer in answers}
    opened = rules.open_sections(tool, {code: answer.answer for code, answer in given.items()})
    asked = [topic.code for section in opened for topic in section.topics]
    return {code: given[code] for code in asked if code in given}


def speaking_answers(assessment: RiskAssessment) -> list[tuple[rules.Topic, RiskAnswer]]:
    """The topics whose answer speaks for danger, with that answer, in the order asked."""
    given, speaks = answers_that_count(assessment), rules.speaking(assessment.definition)
    asked = [topic for section in open_sections(assessment) for topic in section.topics]
    return [
        (topic, given[topic.code])
        for topic in asked
        if topic.code in given and given[topic.code].answer in speaks
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
        band=rules.band_by_count(tool, yes, on=assessment.assessed_on),
        is_visible_high_risk=rules.is_visible_high_risk(tool, yes, on=assessment.assessed_on),
        is_verified=rules.has_verified_thresholds(tool, on=assessment.assessed_on),
    )


def steps_of(assessment: RiskAssessment) -> list[Step]:
    """The sections of the assessment's tool with their progress."""
    given = answers_that_count(assessment)
    return [
        Step(section, sum(1 for topic in section.topics if topic.code in given))
        for section in open_sections(assessment)
        if section.number
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
    """A topic with its licensed question, the answer given, and whether that speaks for danger."""

    topic: rules.Topic
    question: str
    answer: RiskAnswer | None
    speaks: bool


@dataclass(frozen=True)
class AnsweredSection:
    """A section with each of its topics and the answer given."""

    section: rules.TopicSection
    rows: list[AnsweredTopic]


def answered_sections(assessment: RiskAssessment, wording: Wording = OUR_OWN) -> list[AnsweredSection]:
    """Every section that was asked with its answers, in the order asked."""
    given, speaks = answers_that_count(assessment), rules.speaking(assessment.definition)

    def row(topic: rules.Topic) -> AnsweredTopic:
        answer = given.get(topic.code)
        spoke = answer is not None and answer.answer in speaks
        return AnsweredTopic(topic, wording.question(topic.code), answer, spoke)

    return [
        AnsweredSection(section, [row(topic) for topic in section.topics])
        for section in open_sections(assessment)
    ]

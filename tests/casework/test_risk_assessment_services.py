import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.choices import Band
from dacase.cases.models import Case, Headline
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from referrals.casework.choices import Answer, AnswerSource
from referrals.casework.models import RiskAnswer, RiskAssessment
from referrals.casework.selectors.risk_assessment import (
    answered_sections,
    assessments_of,
    is_visible_high,
    picture_of,
    readable_assessments,
    steps_of,
    trend,
)
from referrals.casework.services import risk_assessment as services
from referrals.casework.services.risk_assessment import GivenAnswer
from tests.casework.builders import answered, assessed
from tests.factories import make_case


@pytest.fixture
def case(cast):
    return make_case(cast.idva, shared_with=[cast.social_worker.agency])


def start(case, actor, **values):
    with acting_as(actor):
        return services.start_assessment(case.pk, **({"submission": uuid.uuid4(), "actor": actor} | values))


def save(assessment, actor, version, **answers):
    with acting_as(actor):
        given = {
            code: GivenAnswer(*value) if isinstance(value, tuple) else GivenAnswer(value)
            for code, value in answers.items()
        }
        return services.save_answers(assessment.pk, answers=given, version=version, actor=actor)


def test_the_same_submission_starts_one(cast, case):
    submission = uuid.uuid4()
    one = start(case, cast.idva, submission=submission)
    assert start(case, cast.idva, submission=submission) == one
    assert (one.agency, one.assessor, one.tool_version) == (cast.idva.agency, cast.idva, "24 topics, 1")
    assert one.assessed_on == timezone.localdate()
    with acting_as(cast.idva):
        assert Event.objects.filter(verb="assessment_started").count() == 1


def test_not_for_a_day_to_come_nor_for_a_case_out_of_sight(cast, case):
    with pytest.raises(ValidationError) as refusal:
        start(case, cast.idva, assessed_on=timezone.localdate() + timedelta(days=1))
    assert "assessed_on" in refusal.value.error_dict
    with pytest.raises(Case.DoesNotExist):
        start(case, cast.outsider)
    with pytest.raises(NotAllowed):
        start(case, cast.refuge_worker)


def test_answers_are_kept_changed_and_left_alone(cast, case):
    assessment = start(case, cast.idva)
    save(assessment, cast.idva, 1, D01=("yes", "records", "Photographed by the officer"), D02="no")
    save(assessment, cast.idva, 2, D02="dont_know", D03="yes")
    with acting_as(cast.idva):
        stored = {a.topic: (a.answer, a.source, a.note) for a in RiskAnswer.objects.all()}
        assert stored == {
            "D01": ("yes", "records", "Photographed by the officer"),
            "D02": ("dont_know", "victim", ""),
            "D03": ("yes", "victim", ""),
        }
        assert RiskAnswer.history.filter(topic="D02").count() == 2
        assert RiskAnswer.history.filter(topic="D01").count() == 1
        assert Event.objects.filter(verb="assessment_answered").latest("at").data == {
            "topics": ["D02", "D03"]
        }


def test_an_unknown_topic_or_answer_is_refused(cast, case):
    assessment = start(case, cast.idva)
    with pytest.raises(ValidationError):
        save(assessment, cast.idva, 1, X99="yes")
    with pytest.raises(ValidationError):
        save(assessment, cast.idva, 1, D01="maybe")


def test_a_colleague_who_saved_meanwhile_is_not_overwritten(cast, case):
    assessment = start(case, cast.idva)
    save(assessment, cast.idva_manager, 1, D01=("yes", "records", "Seen"))
    with pytest.raises(StaleVersion) as stale:
        save(assessment, cast.idva, 1, D01="no", D02="no")
    assert stale.value.saved_by == cast.idva_manager.user.name
    assert stale.value.current == {
        "D01_answer": "yes", "D01_source": "records", "D01_note": "Seen",
        "D02_answer": "", "D02_source": "", "D02_note": "",
    }  # fmt: skip


def test_what_one_saved_oneself_in_another_tab_is_no_conflict(cast, case):
    assessment = start(case, cast.idva)
    save(assessment, cast.idva, 1, D01="yes")
    assert save(assessment, cast.idva, 1, D20="no").version == 3


def test_another_agency_reads_and_does_not_write(cast, case):
    assessment = start(case, cast.idva)
    with acting_as(cast.social_worker):
        assert list(RiskAssessment.objects.visible_to(cast.social_worker)) == [assessment]
    with pytest.raises(NotAllowed, match="belongs to another agency"):
        save(assessment, cast.social_worker, 1, D01="yes")
    with pytest.raises(RiskAssessment.DoesNotExist):
        save(assessment, cast.outsider, 1, D01="yes")


@pytest.mark.parametrize(
    ("yes", "judgement", "band", "visible"),
    [
        (0, "", Band.STANDARD, False),
        (9, "", Band.STANDARD, False),
        (10, "", Band.MEDIUM, False),
        (13, "", Band.MEDIUM, False),
        (14, "", Band.HIGH, True),
        (16, "", Band.HIGH, True),
        (24, "", Band.HIGH, True),
        (3, "He has bought a weapon.", Band.HIGH, False),
        (16, "And it is getting worse.", Band.HIGH, True),
    ],
)
def test_completing_fixes_count_band_and_review(cast, case, yes, judgement, band, visible):
    done = assessed(case, cast.idva, yes, judgement=judgement)
    assert (done.yes_count, done.band, done.judgement_reason) == (yes, band, judgement)
    assert is_visible_high(done) is visible
    assert done.review_due_on == done.assessed_on + timedelta(weeks=8)
    with acting_as(cast.idva):
        headline = Headline.objects.get(case=case)
        assert (headline.band, headline.band_set_on) == (band, done.assessed_on)
        assert Event.objects.get(verb="assessment_completed").data == {"band": band, "yes_count": yes}


def complete(assessment, actor, *, version, high=False, reason=""):
    with acting_as(actor):
        return services.complete_assessment(
            assessment.pk, is_high_by_judgement=high, judgement_reason=reason, version=version, actor=actor
        )


def test_judgement_needs_its_reason_and_every_topic_an_answer(cast, case):
    whole = answered(case, cast.idva, 3)
    with pytest.raises(ValidationError) as refusal:
        complete(whole, cast.idva, version=2, high=True, reason="  ")
    assert "judgement_reason" in refusal.value.error_dict
    part = start(case, cast.idva)
    save(part, cast.idva, 1, D01="yes")
    with pytest.raises(ValidationError, match="every topic"):
        complete(part, cast.idva, version=2)


def test_completed_is_for_good_and_twice_is_once(cast, case):
    done = assessed(case, cast.idva, 16)
    assert complete(done, cast.idva, version=done.version - 1) == done
    with pytest.raises(ValidationError, match="is complete"):
        save(done, cast.idva, done.version, D01="no")
    with pytest.raises(ValidationError, match="is complete"):
        complete(done, cast.idva, version=done.version)


def test_the_database_keeps_what_is_completed(cast, case):
    part = start(case, cast.idva)
    save(part, cast.idva, 1, D01="yes")
    done = assessed(case, cast.idva, 16)
    with acting_as(cast.idva):
        assert RiskAssessment.objects.filter(pk=part.pk).update(judgement_reason="Changed") == 1
        assert RiskAnswer.objects.filter(assessment=part).update(note="Changed") == 1
        for rows, change in (
            (RiskAssessment.objects.filter(pk=done.pk), {"band": Band.STANDARD}),
            (RiskAssessment.objects.filter(pk=done.pk), {"completed_at": None}),
            (RiskAnswer.objects.filter(assessment=done), {"answer": Answer.NO}),
        ):
            with pytest.raises(DatabaseError, match="complete"), transaction.atomic():
                rows.update(**change)
        with pytest.raises(DatabaseError, match="complete"), transaction.atomic():
            RiskAnswer.objects.create(assessment=done, topic="D99", answer=Answer.YES)


def test_the_database_lets_no_other_agency_write_into_an_assessment(cast, case):
    part = start(case, cast.idva)
    save(part, cast.idva, 1, D01="yes")
    with acting_as(cast.social_worker):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            RiskAssessment.objects.filter(pk=part.pk).update(judgement_reason="Changed")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            RiskAnswer.objects.create(assessment=part, topic="D02", answer=Answer.YES)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            RiskAssessment.objects.create(
                case=case, agency=cast.idva.agency, assessor=cast.idva, tool_version="x"
            )
        assert RiskAnswer.objects.filter(assessment=part).update(note="Changed") == 0


def test_an_assessment_recorded_late_leaves_a_newer_band_alone(cast, case):
    assessed(case, cast.idva, 16)
    assessed(case, cast.idva, 2, assessed_on=timezone.localdate() - timedelta(days=30))
    with acting_as(cast.idva):
        assert Headline.objects.get(case=case).band == Band.HIGH
        assert [one.yes_count for one in trend(assessments_of(case, cast.idva))] == [2, 16]


def test_a_past_assessment_keeps_its_band(cast, case, monkeypatch):
    done = assessed(case, cast.idva, 12, assessed_on=date(2024, 1, 10))
    from referrals.rules import tables

    later = ({"tool": "dash", "band": "high", "from_score": "0", "from_date": "2024-06-01", "meaning": ""},)
    before = tables.rows("thresholds", tables.CASEWORK)
    original = tables.rows
    monkeypatch.setattr(
        tables,
        "rows",
        lambda name, folder: before + later if name == "thresholds" else original(name, folder),
    )
    with acting_as(cast.idva):
        stored = RiskAssessment.objects.get(pk=done.pk)
        assert stored.band == Band.MEDIUM
        assert not is_visible_high(stored)


def test_picture_and_steps_of_what_is_answered_so_far(cast, case):
    assessment = start(case, cast.idva)
    save(assessment, cast.idva, 1, D01="yes", D06="yes", D12="yes", D15="dont_know", D14="yes")
    with acting_as(cast.idva):
        stored = readable_assessments(cast.idva).get(pk=assessment.pk)
        picture = picture_of(stored)
        assert (picture.yes_count, picture.dont_know_count, picture.answered_count) == (4, 1, 5)
        assert len(picture.unanswered) == 19
        assert not picture.is_whole
        assert [topic.code for topic in picture.critical] == ["D14"]
        assert picture.combination
        assert (picture.band, picture.is_visible_high_risk) == (Band.STANDARD, False)
        assert [(step.section.number, step.answered, step.is_whole) for step in steps_of(stored)] == [
            (1, 1, False), (2, 1, False), (3, 1, False), (4, 2, False), (5, 0, False)
        ]  # fmt: skip
        rows = {row.topic.code: row.answer for part in answered_sections(stored) for row in part.rows}
        assert len(rows) == 24
        assert (rows["D15"].answer, rows["D15"].source) == (Answer.DONT_KNOW, AnswerSource.VICTIM)
        assert rows["D24"] is None


def test_visible_and_hidden_assessments_of_the_cast(cast, case):
    own = assessed(case, cast.idva, 16)
    other = assessed(make_case(cast.outsider), cast.outsider, 3)
    seen = {
        cast.idva: {own},
        cast.idva_manager: {own},
        cast.social_worker: {own},
        cast.outsider: {other},
        cast.police_officer: set(),
        cast.front_door_worker: set(),
        cast.commissioner: set(),
        cast.refuge_worker: set(),
    }
    for membership, expected in seen.items():
        with acting_as(membership):
            assert set(RiskAssessment.objects.all()) == expected
            assert set(RiskAssessment.objects.visible_to(membership)) == expected
            assert {answer.assessment for answer in RiskAnswer.objects.all()} == expected

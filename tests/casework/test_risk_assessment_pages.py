import uuid

import pytest
from django.urls import reverse

from dacase.audit.models import Read
from dacase.walls.context import acting_as
from referrals.casework.models import RiskAnswer, RiskAssessment
from referrals.casework.rules.risk_assessment import sections
from tests.casework.builders import TOOLS, answered, assessed
from tests.factories import make_case


@pytest.fixture
def case(cast):
    return make_case(cast.idva, shared_with=[cast.social_worker.agency, cast.refuge_worker.agency])


@pytest.fixture
def idva(cast, sign_in):
    return sign_in(cast.idva)


def text_of(response):
    return response.content.decode()


def begin(client, case, **changes):
    data = {
        "submission": str(uuid.uuid4()),
        "tool": "dash",
        "assessed_on_day": "1",
        "assessed_on_month": "6",
        "assessed_on_year": "2026",
    }
    return client.post(reverse("casework:assessment_start", args=[case.pk]), data | changes)


def the_assessment(actor):
    with acting_as(actor):
        return RiskAssessment.objects.get()


def section_url(assessment, number):
    return reverse("casework:assessment_section", args=[assessment.pk, number])


def test_sixteen_yes_answers_are_visible_high_risk_from_start_to_case_page(cast, case, idva):
    response = begin(idva, case)
    assessment, given = the_assessment(cast.idva), 0
    assert response.url == section_url(assessment, 1)
    for section in sections(TOOLS["dash"]):
        page = text_of(idva.get(section_url(assessment, section.number)))
        data = {"version": section.number}
        for topic in section.topics:
            assert topic.label in page
            given += 1
            data[f"{topic.code}_answer"] = "yes" if given <= 16 else "dont_know"
        response = idva.post(section_url(assessment, section.number), data)
    judgement = reverse("casework:assessment_judgement", args=[assessment.pk])
    assert response.url == judgement
    page = text_of(idva.get(judgement))
    assert "<strong>16</strong> yes answers" in page
    assert "<strong>8</strong> “don’t know”" in page
    assert "Visible high risk" in page
    assert "Much is not known yet" in page
    assert "Strangling, choking or drowning" in page
    done = idva.post(judgement, {"version": 6, "is_high_by_judgement": "no"}, follow=True)
    assert "The assessment is complete" in text_of(done)
    assert "Visible high risk" in text_of(done)
    assert "27 July 2026" in text_of(done)
    case_page = text_of(idva.get(reverse("cases:detail", args=[case.pk])))
    assert "Visible high risk" in case_page
    assert "Dash, 1 June 2026" in case_page


def test_no_page_of_an_assessment_calls_anybody_safe_or_low(cast, case, idva):
    low = assessed(case, cast.idva, 0)
    for name in ("assessment_detail",):
        page = text_of(idva.get(reverse(f"casework:{name}", args=[low.pk]))).lower()
        assert "low risk" not in page
        assert "no risk" not in page
        assert "safe<" not in page
        assert "standard risk" in page


def test_starting_twice_with_one_submission_is_once(cast, case, idva):
    submission = str(uuid.uuid4())
    assert begin(idva, case, submission=submission).url == begin(idva, case, submission=submission).url
    with acting_as(cast.idva):
        assert RiskAssessment.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"assessed_on_year": "2099"}, "Date of the conversation must be today or in the past"),
        ({"assessed_on_day": "31"}, "Date of the conversation must be a real date"),
        ({"assessed_on_day": ""}, "Date of the conversation must include a day"),
    ],
)
def test_a_wrong_day_is_refused(cast, case, idva, changes, words):
    assert words in text_of(begin(idva, case, **changes))
    with acting_as(cast.idva):
        assert not RiskAssessment.objects.exists()


def test_a_section_may_be_left_and_taken_up_again(cast, case, idva):
    begin(idva, case)
    assessment = the_assessment(cast.idva)
    data = {
        "version": 1,
        "D01_answer": "yes",
        "D01_source": "records",
        "D01_note": "Photographed",
        "leave": "yes",
    }
    assert idva.post(section_url(assessment, 1), data).url == reverse("cases:detail", args=[case.pk])
    page = text_of(idva.get(section_url(assessment, 1)))
    assert "Photographed" in page
    case_page = text_of(idva.get(reverse("cases:detail", args=[case.pk])))
    assert "Finish the risk assessment" in case_page
    assert "Not complete" in case_page
    judgement = text_of(idva.get(reverse("casework:assessment_judgement", args=[assessment.pk])))
    assert "23 topics not answered yet" in judgement
    assert "Standard risk" not in judgement  # no band before every topic has its answer
    refused = idva.post(
        reverse("casework:assessment_judgement", args=[assessment.pk]),
        {"version": 2, "is_high_by_judgement": "no"},
    )
    assert "Answer every topic first" in text_of(refused)
    open_page = text_of(idva.get(reverse("casework:assessment_detail", args=[assessment.pk])))
    assert "1 topic answered, 23 still open" in open_page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"D01_answer": "perhaps"}, "select one of the answers"),
        (
            {"D01_note": "A note and no answer"},
            "Answer “Injury from the latest incident”, or take its note away",
        ),
        ({"D01_answer": "yes", "D01_note": "x" * 2_001}, "must be 2000 characters or fewer"),
        ({"D01_answer": "yes", "D01_note": "a\x00b"}, "has a character that cannot be stored"),
        ({"D01_answer": "yes", "version": "x"}, "Part of this page was missing"),
    ],
)
def test_bad_answers_are_refused_beside_the_topic(cast, case, idva, changes, words):
    begin(idva, case)
    assessment = the_assessment(cast.idva)
    assert words in text_of(idva.post(section_url(assessment, 1), {"version": 1} | changes))
    with acting_as(cast.idva):
        assert not RiskAnswer.objects.exists()


def test_two_people_answering_at_once_see_both_versions(cast, case, idva, sign_in):
    begin(idva, case)
    assessment = the_assessment(cast.idva)
    manager = sign_in(cast.idva_manager)
    manager.post(
        section_url(assessment, 1), {"version": 1, "D01_answer": "yes", "D01_note": "Seen by the GP"}
    )
    data = {"version": 1, "D01_answer": "no", "D01_note": "Nothing visible"}
    page = text_of(idva.post(section_url(assessment, 1), data))
    assert f"{cast.idva_manager.user.name} saved this page while you were typing" in page
    assert "Seen by the GP" in page
    assert "Nothing visible" in page
    with acting_as(cast.idva):
        assert RiskAnswer.objects.get().answer == "yes"
    assert idva.post(section_url(assessment, 1), data | {"version": 2}).status_code == 302
    with acting_as(cast.idva):
        assert RiskAnswer.objects.get().answer == "no"


def test_answers_typed_and_not_saved_come_back(cast, case, idva):
    begin(idva, case)
    url = section_url(the_assessment(cast.idva), 2)
    idva.post(
        f"{reverse('cases:draft_save')}?for={url}",
        {"version": 1, "D06_answer": "yes", "D06_note": "Half a sen"},
    )
    page = text_of(idva.get(url))
    assert "Half a sen" in page
    assert "We kept what you typed" in page


def test_judgement_high_needs_its_reason(cast, case, idva):
    whole = answered(case, cast.idva, 3)
    url = reverse("casework:assessment_judgement", args=[whole.pk])
    refused = text_of(idva.post(url, {"version": 2, "is_high_by_judgement": "yes"}))
    assert refused.count("Say why you judge the risk to be high") == 2
    data = {"version": 2, "is_high_by_judgement": "yes", "judgement_reason": "Bought a weapon."}
    page = text_of(idva.post(url, data, follow=True))
    assert "High risk" in page
    assert "Visible high risk" not in page
    assert "Bought a weapon." in page
    again = idva.post(url, data)
    assert again.url == reverse("casework:assessment_detail", args=[whole.pk])
    assert idva.get(section_url(whole, 1)).url == again.url


def test_another_agency_reads_and_is_refused_the_pen(cast, case, sign_in):
    done, begun = assessed(case, cast.idva, 16), answered(case, cast.idva, 2)
    social_worker = sign_in(cast.social_worker)
    page = social_worker.get(reverse("casework:assessment_detail", args=[done.pk]))
    assert "Injury from the latest incident" in text_of(page)
    assert social_worker.get(section_url(begun, 1)).status_code == 403
    assert social_worker.get(reverse("casework:assessment_judgement", args=[begun.pk])).status_code == 403
    refuge = sign_in(cast.refuge_worker)
    assert refuge.get(reverse("casework:assessment_detail", args=[done.pk])).status_code == 200
    assert refuge.get(reverse("casework:assessment_start", args=[case.pk])).status_code == 403
    with acting_as(cast.social_worker):
        looks = Read.objects.filter(page="casework:assessment_detail", object_id=done.pk)
        assert {one.actor for one in looks} == {cast.social_worker, cast.refuge_worker}


def test_outside_the_case_there_is_nothing(cast, case, sign_in):
    done = assessed(case, cast.idva, 16)
    for membership in (cast.outsider, cast.front_door_worker):
        client = sign_in(membership)
        assert client.get(reverse("casework:assessment_start", args=[case.pk])).status_code == 404
        assert client.get(reverse("casework:assessment_detail", args=[done.pk])).status_code == 404
        assert client.get(section_url(done, 1)).status_code == 404
        assert client.get(reverse("casework:assessment_judgement", args=[done.pk])).status_code == 404
        assert client.get(reverse("casework:assessment_detail", args=[uuid.uuid4()])).status_code == 404
    officer = sign_in(cast.police_officer)
    assert officer.get(reverse("casework:assessment_detail", args=[done.pk])).status_code == 403


@pytest.mark.parametrize("number", [0, 6, 99])
def test_a_section_that_is_not_there(cast, case, idva, number):
    assert idva.get(section_url(answered(case, cast.idva, 2), number)).status_code == 404


def test_query_budgets(cast, case, idva, django_assert_max_num_queries):
    begun = answered(case, cast.idva, 2)
    done = assessed(case, cast.idva, 16)
    for url, most in (
        (reverse("casework:assessment_start", args=[case.pk]), 11),  # one for the age
        (section_url(begun, 1), 13),
        (reverse("casework:assessment_judgement", args=[begun.pk]), 13),
        (reverse("casework:assessment_detail", args=[done.pk]), 13),
    ):
        idva.get(url)  # fills what a process reads once
        with django_assert_max_num_queries(most):
            assert idva.get(url).status_code == 200


def test_the_case_page_shows_the_trend_and_asks_for_a_review(cast, case, idva):
    from datetime import date

    assessed(case, cast.idva, 16, assessed_on=date(2024, 1, 10))
    assessed(case, cast.idva, 11, assessed_on=date(2024, 3, 20))
    page = text_of(idva.get(reverse("cases:detail", args=[case.pk])))
    assert page.index("10 January 2024 ") < page.index("20 March 2024 <")
    assert "Assess the risk again: the review is due" in page
    assert "Medium risk" in page


def test_a_case_without_assessment_asks_for_one(cast, case, idva, sign_in):
    assert "Assess the risk" in text_of(idva.get(reverse("cases:detail", args=[case.pk])))
    refuge = text_of(sign_in(cast.refuge_worker).get(reverse("cases:detail", args=[case.pk])))
    assert "The risk has not been assessed yet" in refuge
    assert "Start a risk assessment" not in refuge

"""A manager stands behind a judgement or sends it back, and never her own."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.agencies.models import Membership
from dacase.audit.models import Event
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from referrals.casework.models import RiskAssessment, SignOffRequest
from referrals.casework.rules.risk_assessment import in_use, rests_on_judgement
from referrals.casework.selectors.sign_off import sign_offs_sent_back, sign_offs_waiting
from referrals.casework.services import sign_off as services
from tests.casework.builders import answered, assessed

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def judged(cast, case):
    """Four yes answers, judged high."""
    return assessed(case, cast.idva, 4, judgement="Invented reason")


def ask(assessment, actor, **changes):
    with acting_as(actor):
        return services.ask_sign_off(assessment.pk, actor=actor, **{"submission": uuid.uuid4()} | changes)


def act(service, request, actor, **changes):
    with acting_as(actor):
        return service(request.pk, actor=actor, **{"version": 1} | changes)


def waiting(member):
    with acting_as(member):
        return list(sign_offs_waiting(member))


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("tool", "yes", "band", "judged"),
    [("dash", 4, "high", True), ("dash", 16, "high", False), ("dash", 4, "standard", False), ("dara", 0, "medium", True)],
)  # fmt: skip
def test_a_band_rests_on_judgement_where_the_count_alone_does_not_make_it(tool, yes, band, judged):
    assert rests_on_judgement(in_use(tool, on=TODAY), yes, band=band, on=TODAY) is judged


def test_a_manager_signs_off_what_a_worker_judged(cast, case, judged):
    made = ask(judged, cast.idva, words="Please look")
    assert waiting(cast.idva_manager) == [made]
    done = act(services.sign_off, made, cast.idva_manager)
    assert (done.state, done.answered_by) == ("signed_off", cast.idva_manager)
    assert act(services.sign_off, made, cast.idva_manager).version == done.version
    assert waiting(cast.idva_manager) == []
    with acting_as(cast.idva):
        verbs = set(Event.objects.filter(subject_id=made.pk).values_list("verb", flat=True))
    assert verbs == {"sign_off_asked", "sign_off_given"}


def test_sent_back_with_words_it_is_on_the_day_of_who_asked_until_she_has_read_it(cast, judged, sign_in):
    made = ask(judged, cast.idva)
    with pytest.raises(ValidationError) as refused:
        act(services.send_back, made, cast.idva_manager, answer=" ")
    assert list(refused.value.error_dict) == ["answer"]
    with pytest.raises(ValidationError), acting_as(cast.idva):
        services.note_read(made.pk, actor=cast.idva)
    act(services.send_back, made, cast.idva_manager, answer="Look at the threats again")
    day, client = reverse("casework:my_day"), sign_in(cast.idva)
    assert "Read why it was sent back" in text_of(client.get(day))
    assert "Look at the threats again" in text_of(client.get(reverse("casework:sign_off", args=[made.pk])))
    assert client.post(reverse("casework:sign_off_read", args=[made.pk])).status_code == 302
    assert "Read why it was sent back" not in text_of(client.get(day))
    again = ask(judged, cast.idva)
    assert again != made
    with acting_as(cast.idva):
        assert not sign_offs_sent_back(cast.idva)


@pytest.fixture
def manager(hazel):
    """A second one of the agency."""
    Membership.objects.filter(pk=hazel.pk).update(role="idva_manager")
    hazel.refresh_from_db()
    return hazel


def test_nobody_signs_off_her_own_judgement_nor_her_own_request(cast, case, manager):
    own = ask(assessed(case, cast.idva_manager, 4, judgement="Invented"), cast.idva)
    assert waiting(cast.idva_manager) == []
    for service, answer in ((services.sign_off, ""), (services.send_back, "x")):
        with pytest.raises(ValidationError):
            act(service, own, cast.idva_manager, answer=answer)
    asked = ask(assessed(case, cast.idva, 5, judgement="Invented"), cast.idva_manager)
    with pytest.raises(ValidationError):
        act(services.sign_off, asked, cast.idva_manager)
    with pytest.raises(NotAllowed):
        act(services.sign_off, asked, cast.idva)
    with pytest.raises(IntegrityError), transaction.atomic(), acting_as(cast.idva):
        SignOffRequest.objects.filter(pk=own.pk).update(answered_by=cast.idva)


def test_only_a_completed_judgement_of_the_own_agency_is_asked_about(cast, case, judged):
    for assessment in (
        answered(case, cast.idva, 4),
        assessed(case, cast.idva, 16),
        assessed(case, cast.idva, 4),
    ):
        with pytest.raises(ValidationError):
            ask(assessment, cast.idva)
    with pytest.raises(RiskAssessment.DoesNotExist):
        ask(judged, cast.social_worker)
    with pytest.raises(NotAllowed):
        ask(judged, cast.front_door_worker)


def test_one_request_waits_at_a_time_and_stays_inside_the_agency(cast, case, judged):
    made = ask(judged, cast.idva)
    assert ask(judged, cast.idva_manager) == made
    with pytest.raises(SignOffRequest.DoesNotExist):
        act(services.sign_off, made, cast.social_worker)
    for member in (cast.social_worker, cast.outsider):
        with acting_as(member):
            assert not SignOffRequest.objects.exists()


def test_nothing_is_asked_that_nobody_else_may_answer(cast, case, sign_in):
    own = assessed(case, cast.idva_manager, 4, judgement="Invented")
    for actor in (cast.idva_manager, cast.idva):
        with pytest.raises(ValidationError, match="Nobody else"):
            ask(own, actor)
    sent = {"words": "Typed words", "submission": uuid.uuid4()}
    page = text_of(sign_in(cast.idva).post(reverse("casework:sign_off_ask", args=[own.pk]), sent))
    assert "Nobody else in your agency may sign this off" in page
    assert "Typed words" in page


def test_two_managers_who_answer_at_once_are_told(cast, judged, manager):
    made = ask(judged, cast.idva)
    act(services.sign_off, made, manager)
    with pytest.raises(StaleVersion):
        act(services.send_back, made, cast.idva_manager, answer="Mine")
    with pytest.raises(ValidationError):
        act(services.send_back, made, cast.idva_manager, answer="Mine", version=2)


def test_it_is_asked_and_answered_on_its_pages(cast, case, judged, sign_in, django_assert_max_num_queries):
    worker, manager = sign_in(cast.idva), sign_in(cast.idva_manager)
    detail = reverse("casework:assessment_detail", args=[judged.pk])
    new = reverse("casework:sign_off_ask", args=[judged.pk])
    assert new in text_of(worker.get(detail))
    sent = {"words": "Please look", "submission": uuid.uuid4()}
    for _ in range(2):
        assert worker.post(new, sent).status_code == 302
    with acting_as(cast.idva):
        made = SignOffRequest.objects.get()
    page = text_of(worker.get(detail))
    assert "Waiting for a manager" in page
    assert new not in page
    url, answer = (reverse(f"casework:{name}", args=[made.pk]) for name in ("sign_off", "sign_off_answer"))
    assert answer not in text_of(worker.get(url))
    assert "Sign off or send back: judgement of risk" in text_of(manager.get(reverse("casework:my_day")))
    assert "What waits for your sign-off" in text_of(manager.get(reverse("casework:team")))
    with django_assert_max_num_queries(12):
        assert answer in text_of(manager.get(url))
    assert "Invented reason" in text_of(manager.get(answer)), "what is to be stood behind is on the page"
    bad = text_of(manager.post(answer, {"decision": "no", "version": 1}))
    assert "Say what needs to be looked at again" in bad
    bad = text_of(manager.post(answer, {"version": 1, "answer": "Typed words"}))
    assert "Typed words" in bad
    assert manager.post(answer, {"decision": "yes", "version": 1}).status_code == 302
    assert "Signed off" in text_of(worker.get(detail))
    other = sign_in(cast.social_worker)
    assert "Signed off" not in text_of(other.get(detail))
    assert other.get(url).status_code == 404

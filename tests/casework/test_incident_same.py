"""One incident that several have recorded: asked about when it is recorded, counted once, taken back."""

import threading
import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.choices import Scope
from dacase.cases.models import Case
from dacase.cases.panels import draw
from dacase.walls.context import acting_as
from referrals.casework import incident_panels
from referrals.casework.choices import Precision
from referrals.casework.models import Incident
from referrals.casework.rules.incident import days_of, overlap
from referrals.casework.rules.tables import rows
from referrals.casework.selectors.incident import counted, lately, likely_same
from referrals.casework.services.incident import ANOTHER, change_incident, say_same, strike_incident
from tests.casework.incidents import account, act, days_ago, recorded
from tests.cast import Cast
from tests.factories import make_case, share

DAY = date(2026, 3, 10)


def number(case, actor):
    today = timezone.localdate()
    with acting_as(actor):
        return lately(counted(case, actor, on=today), on=today)


def offered(case, actor, day=None, precision=Precision.EXACT, **more):
    with acting_as(actor):
        return likely_same(case, actor, day=day or days_ago(3), precision=precision, **more)


def same(one, other, actor):
    return act(say_same, one, actor, same_as=str(getattr(other, "pk", other)))


def first_of(one, actor):
    with acting_as(actor):
        return Incident.objects.get(pk=one.pk).same_as


def test_every_line_says_how_far_a_day_may_be_off():
    assert {row["precision"] for row in rows("same_incident")} == set(Precision.values)
    for row in rows("same_incident"):
        assert date.fromisoformat(row["from_date"]) <= date(1900, 1, 1), "a day long ago is a day too"
        assert int(row["days"]) >= 0


@pytest.mark.parametrize(
    ("day", "precision", "is_same"),
    [
        (date(2026, 3, 10), Precision.EXACT, True),
        (date(2026, 3, 11), Precision.EXACT, False),
        (date(2026, 3, 13), Precision.ABOUT, True),
        (date(2026, 3, 14), Precision.ABOUT, False),
        (date(2026, 3, 1), Precision.MONTH, True),
        (date(2026, 4, 1), Precision.MONTH, False),
        (date(2026, 2, 1), Precision.MONTH, False),
    ],
)
def test_which_days_may_be_those_of_one_incident(day, precision, is_same):
    assert overlap(days_of(DAY, Precision.EXACT), days_of(day, precision)) == is_same
    assert overlap(days_of(day, precision), days_of(DAY, Precision.EXACT)) == is_same


def test_a_month_ends_with_its_last_day():
    assert days_of(date(2028, 2, 1), Precision.MONTH) == (date(2028, 2, 1), date(2028, 2, 29))


def test_what_another_agency_recorded_on_the_day_must_be_answered_to(cast, case):
    theirs = recorded(case, cast.social_worker)
    for answer in ("", "nonsense", str(uuid.uuid4())):
        with pytest.raises(ValidationError) as refused:
            recorded(case, cast.idva, same_as=answer)
        assert set(refused.value.error_dict) == {"same_as"}
    assert number(case, cast.idva).count == 1
    submission = uuid.uuid4()
    mine = recorded(case, cast.idva, submission, same_as=str(theirs.pk))
    assert mine.same_as_id == theirs.pk
    assert number(case, cast.idva).count == number(case, cast.social_worker).count == 1
    assert recorded(case, cast.idva, submission, same_as="") == mine, "a second click is asked nothing"
    assert recorded(case, cast.idva, same_as=ANOTHER).same_as_id is None
    assert number(case, cast.idva).count == 2


def test_nothing_is_asked_on_another_day_of_another_case_or_of_what_was_struck_out(cast, case):
    recorded(case, cast.idva, happened_on=days_ago(4))
    recorded(make_case(cast.idva, victim="Elsewhere"), cast.idva)
    act(strike_incident, recorded(case, cast.idva), cast.idva, reason="Wrong case")
    recorded(case, cast.idva, same_as="")
    assert number(case, cast.idva).count == 2


def test_of_a_case_that_is_not_hers_nobody_learns_that_something_is_recorded(cast, case):
    recorded(case, cast.idva)
    share(case, cast.refuge_worker.agency, actor=cast.idva, scope=Scope.SUMMARY)
    for reader in (cast.outsider, cast.refuge_worker):
        assert offered(case, reader) == []
        assert number(case, reader).count == 0
        with pytest.raises(Case.DoesNotExist):
            recorded(case, reader, same_as="")


def test_three_accounts_of_one_incident_are_no_escalation(cast, case):
    first = recorded(case, cast.idva)
    recorded(case, cast.social_worker, same_as=str(first.pk))
    recorded(case, cast.idva_manager, same_as=str(first.pk))
    assert (number(case, cast.idva).count, number(case, cast.idva).is_escalation) == (1, False)
    assert number(case, cast.idva).recorded_at == first.recorded_at, "nothing new since then"
    with acting_as(cast.idva):
        panel = draw(incident_panels.incidents_of_case, case, cast.idva)
    assert panel.context["newest"] == [first]
    for day in (20, 40):
        recorded(case, cast.idva, happened_on=days_ago(day))
    assert number(case, cast.idva).is_escalation


def test_each_incident_is_offered_once_and_all_point_to_its_first_record(cast, case):
    first = recorded(case, cast.idva)
    second = recorded(case, cast.social_worker, same_as=str(first.pk))
    third = recorded(case, cast.idva, happened_on=days_ago(9))
    assert offered(case, cast.idva) == [first]
    same(third, second, cast.idva)
    assert first_of(second, cast.idva) == first_of(third, cast.idva) == first
    assert number(case, cast.idva).count == 1


def test_it_is_said_later_by_whoever_may_record_and_taken_back_by_whoever_knows_better(cast, case):
    first, second = recorded(case, cast.idva), recorded(case, cast.social_worker)
    share(case, cast.front_door_worker.agency, actor=cast.idva)
    assert number(case, cast.idva).count == 2
    for _ in range(2):
        same(first, second, cast.front_door_worker)
        assert first_of(second, cast.idva) == first, "the first record stays the first"
        assert number(case, cast.idva).count == 1
    for _ in range(2):
        same(first, ANOTHER, cast.social_worker)
        assert number(case, cast.idva).count == 2
    with acting_as(cast.idva):
        said = list(Event.objects.filter(verb__startswith="incident_").values_list("verb", flat=True))
        assert (said.count("incident_same_as_another"), said.count("incident_told_apart")) == (1, 1)
        assert Incident.history.filter(id=second.pk, same_as=first).exists()
        assert set(Incident.objects.values_list("version", "changed_at")) == {(1, None)}


def test_the_first_record_leaves_and_the_others_stay_one_incident(cast, case):
    first = recorded(case, cast.idva)
    second = recorded(case, cast.social_worker, same_as=str(first.pk))
    third = recorded(case, cast.idva, same_as=str(first.pk))
    same(first, ANOTHER, cast.idva)
    assert (first_of(first, cast.idva), first_of(second, cast.idva), first_of(third, cast.idva)) == (
        None,
        None,
        second,
    )
    assert number(case, cast.idva).count == 2
    same(third, first, cast.idva)
    assert first_of(third, cast.idva) == first
    assert number(case, cast.idva).count == 2


def test_struck_out_or_with_another_day_the_first_record_takes_no_other_out_of_the_count(cast, case):
    first = recorded(case, cast.idva)
    second = recorded(case, cast.social_worker, same_as=str(first.pk))
    moved = account(happened_on=days_ago(900))
    act(change_incident, first, cast.idva, account=moved, version=1)
    assert number(case, cast.idva).count == 1
    act(strike_incident, first, cast.idva, reason="Wrong case")
    assert first_of(second, cast.idva) is None
    assert number(case, cast.idva).count == 1
    with pytest.raises(ValidationError):
        same(second, first, cast.idva)
    with pytest.raises(ValidationError):
        same(first, second, cast.idva)


def test_who_may_not_record_says_nothing_and_an_incident_elsewhere_is_not_the_same(cast, case):
    one = recorded(case, cast.idva)
    elsewhere = recorded(make_case(cast.idva, victim="Elsewhere"), cast.idva)
    share(case, cast.marac_coordinator.agency, actor=cast.idva, purpose="marac")
    with pytest.raises(NotAllowed):
        same(one, ANOTHER, cast.marac_coordinator)
    with pytest.raises(Incident.DoesNotExist):
        same(one, ANOTHER, cast.outsider)
    for wrong in (elsewhere, one, uuid.uuid4()):
        with pytest.raises(ValidationError):
            same(one, wrong, cast.idva)


def test_two_agencies_at_the_same_moment_do_not_both_record_it_unasked(committed):
    cast = Cast()
    case = make_case(cast.idva)
    share(case, cast.social_worker.agency, actor=cast.idva)
    both, answers = threading.Barrier(2), []

    def press(actor):
        both.wait(10)
        try:
            recorded(case, actor, same_as="")
            answers.append("recorded")
        except ValidationError:
            answers.append("asked")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[actor]) for actor in (cast.idva, cast.social_worker)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answers) == ["asked", "recorded"]


# The pages.


@pytest.fixture
def idva(cast, sign_in):
    return sign_in(cast.idva)


def answers(**changes):
    day = days_ago(3)
    return {
        "precision": "exact",
        "happened_on_day": day.day,
        "happened_on_month": day.month,
        "happened_on_year": day.year,
        "kinds": ["threats"],
        "what_happened": "At the door.",
        "perpetrator": "not_named",
        "children_present": "no",
        "reported_by": "victim",
        "police_told": "no",
        "submission": uuid.uuid4(),
    } | changes


def text_of(response):
    return response.content.decode()


def test_the_page_asks_shows_what_is_recorded_and_keeps_what_was_typed(cast, case, idva):
    new, to = (reverse(f"casework:incident{name}", args=[case.pk]) for name in ("_create", "s"))
    theirs = recorded(case, cast.social_worker, what_happened="At her  door, shouting.")
    assert "Is this the same incident?" not in text_of(idva.get(new))
    sent = answers()
    page = text_of(idva.post(new, sent))
    for words in (
        "There is a problem",
        "Say whether this is the same incident",
        "“At her door, shouting.”",
        cast.social_worker.agency.name,
        "At the door.",
        'href="#id_same_as_0"',
    ):
        assert words in page
    page = text_of(idva.post(new, sent | {"what_happened": "", "same_as": str(theirs.pk)}))
    assert f'value="{theirs.pk}" id="id_same_as_0" checked' in page, "the answer is kept beside another error"
    assert idva.post(new, sent | {"same_as": str(theirs.pk)}).url == to
    assert idva.post(new, sent).url == to, "sent twice it is one"
    page = text_of(idva.get(to))
    assert page.count("At the door.") == 1
    assert "Counted once" in page
    assert f"The same incident as the record of {cast.social_worker.agency.name}" in page
    assert "1 incident recorded in the last 12 months" in page


def test_the_page_of_a_record_says_which_is_the_same_and_takes_it_back(cast, case, idva, sign_in):
    one, other = recorded(case, cast.idva), recorded(case, cast.social_worker, happened_on=days_ago(12))
    url, to = reverse("casework:incident_same", args=[one.pk]), reverse("casework:incidents", args=[case.pk])
    assert url in text_of(idva.get(to))
    page = text_of(idva.get(url))
    assert 'value="another" id="id_same_as_1" checked' in page
    assert "There is a problem" in text_of(idva.post(url, {"same_as": str(one.pk)}))
    assert idva.post(url, {"same_as": str(other.pk)}).url == to
    assert number(case, cast.idva).count == 1
    theirs = sign_in(cast.social_worker)
    url = reverse("casework:incident_same", args=[other.pk])
    assert f'value="{one.pk}" id="id_same_as_0" checked' in text_of(theirs.get(url))
    assert theirs.post(url, {"same_as": "another"}).url == to
    assert number(case, cast.idva).count == 2
    assert sign_in(cast.outsider).get(url).status_code == 404

import uuid
from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from dacase.agencies.services.agency import public_door_of
from dacase.audit.models import Read
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Draft, Party, Person
from dacase.walls.context import acting_as
from referrals.models import Referral, ReferralPerson, Route
from referrals.services import triage as services
from referrals.services.referral import ContactAnswers, NamedPerson, OutsideDetails
from tests.factories import make_case
from tests.referrals.builders import PEOPLE, fresh, open_case_for, route_to, send


@pytest.fixture
def referral(cast):
    return send(cast.police_officer)


@pytest.fixture
def worker(cast, sign_in):
    return sign_in(cast.front_door_worker)


def url(name, referral, *more):
    return reverse(f"referrals:{name}", args=[referral.pk, *more])


def text_of(response):
    return response.content.decode()


def press(client, name, referral, actor, *more, **data):
    return client.post(
        url(name, referral, *more), {"version": fresh(referral, actor).version} | data, follow=True
    )


def test_the_queue_is_sorted_by_its_clocks(cast, worker, django_assert_max_num_queries):
    standard, high = send(cast.police_officer, priority="standard"), send(cast.hospital_umber)
    # 12 and two that a test's savepoints cost: tests run in a transaction, a request in its own.
    with django_assert_max_num_queries(14):
        page = text_of(worker.get(reverse("referrals:queue")))
    assert page.index(high.reference) < page.index(standard.reference)
    assert "<strong>2</strong> contacts about <strong>2</strong> individuals, waiting for a decision" in page
    assert '<a class="govuk-link" href="?priority=high">1 of high priority</a>' in page
    assert "immediate</a>" not in page
    assert "Nobody yet" in page
    assert "Testcase" not in page
    filtered = text_of(worker.get(reverse("referrals:queue"), {"priority": "standard"}))
    assert high.reference not in filtered
    assert "of high priority</a>" not in filtered
    headers = {"HX-Request": "true", "HX-Target": "results"}
    assert "<html" not in text_of(worker.get(reverse("referrals:queue"), {"held": "me"}, headers=headers))


def test_the_same_sent_by_two_agencies_is_said_on_both_before_there_is_a_case(cast, worker):
    first, second = send(cast.police_officer), send(cast.hospital_umber)
    other = [NamedPerson(PartyRole.VICTIM, "Elsewhere", "Otto", date(1971, 8, 20))]
    unlike = send(cast.hospital_umber, people=other, contact=ContactAnswers(phone="07700 900999"))
    for one, another in ((first, second), (second, first)):
        page = text_of(worker.get(url("triage", one)))
        assert "This may have been sent twice" in page
        assert url("triage", another) in page
        assert "Same family name" in page
        assert unlike.reference not in page
    assert "sent twice" not in text_of(worker.get(url("triage", unlike)))
    # One that was declined says so for a while; one that is in a case is found among people.
    press(worker, "decline", first, cast.front_door_worker, code="sent_twice")
    assert first.reference in text_of(worker.get(url("triage", second)))
    open_case_for(second, cast.front_door_worker)
    third = text_of(worker.get(url("triage", send(cast.police_alder))))
    assert "People who may be known already" in third
    assert second.reference not in third


@pytest.mark.parametrize(
    ("door", "words"), [("professional", "call the organisation"), ("self", "the way that they asked for")]
)
def test_after_a_decision_the_front_door_reads_that_who_has_no_account_reads_nothing_here(
    cast, worker, door, words
):
    door_member = public_door_of(cast.front_door_worker.agency)
    outside = OutsideDetails("Gale Invented", "Nurse", "Moorside Surgery", "primary_care", "07700 900555")
    referral = send(door_member, door=door, outside=outside if door == "professional" else None)
    assert words in text_of(worker.get(url("decline", referral)))
    page = text_of(press(worker, "decline", referral, cast.front_door_worker, code="outside_area"))
    assert words in page
    assert "The sender sees the reason" not in page
    assert words in text_of(worker.get(url("triage", referral)))


def test_an_empty_queue(worker):
    assert "Nothing is waiting" in text_of(worker.get(reverse("referrals:queue")))


def test_the_page_shows_everything_and_the_look_is_recorded(
    cast, worker, referral, django_assert_max_num_queries
):
    with django_assert_max_num_queries(21):  # of which 4 are the transaction of the test
        page = text_of(worker.get(url("triage", referral)))
    for words in (
        "Vera Testcase",
        "07700 900123",
        "broken door",
        "Take this referral",
        "Nobody like the people named",
    ):
        assert words in page
    assert f"<title>Referral {referral.reference} – DACase</title>" in page
    with acting_as(cast.front_door_worker):
        assert Read.objects.filter(page="referrals:triage", object_id=referral.pk).count() == 1


def test_an_agency_to_ask_is_named_and_nothing_of_its_file(cast, worker):
    hidden = make_case(cast.outsider, victim="Placeholder")
    people = [NamedPerson(PartyRole.VICTIM, "Placeholder", "Vera", date(1990, 3, 4))]
    referral = send(cast.police_officer, people=people)
    assert "Ask another agency" not in text_of(worker.get(url("triage", referral)))
    with acting_as(cast.outsider):
        Person.objects.filter(given_name="Vera", family_name="Placeholder").update(
            date_of_birth=date(1990, 3, 4)
        )
    page = text_of(worker.get(url("triage", referral)))
    assert "ask Eastvale Advocacy" in page
    assert hidden.reference not in page
    assert "Nobody like the people named" in page


def test_take_release_and_take_over(cast, worker, referral, sign_in):
    assert "You hold this referral now" in text_of(press(worker, "take", referral, cast.front_door_worker))
    colleague = sign_in(cast.mash_fennel)
    page = text_of(colleague.get(url("triage", referral)))
    assert f"{cast.front_door_worker.user.name} holds this referral" in page
    assert "Take it over" in page
    assert "Open a case" not in page
    assert "You hold this referral" in text_of(press(colleague, "take", referral, cast.mash_fennel))
    assert "back in the queue" in text_of(press(colleague, "release", referral, cast.mash_fennel))


def test_the_second_of_two_workers_is_shown_what_the_first_did(cast, worker, referral, sign_in):
    press(worker, "take", referral, cast.front_door_worker)
    page = text_of(sign_in(cast.mash_fennel).post(url("take", referral), {"version": 1}, follow=True))
    assert f"{cast.front_door_worker.user.name} changed this while you were looking" in page
    assert fresh(referral, cast.front_door_worker).held_by == cast.front_door_worker


def test_a_button_without_its_version_does_nothing(cast, worker, referral):
    for version in ("", "x", "-1"):
        page = text_of(worker.post(url("take", referral), {"version": version}, follow=True))
        assert "This page was out of date" in page or "Part of this page was missing" in page
    assert fresh(referral, cast.front_door_worker).held_by is None


def test_open_a_case_and_route_it(cast, worker, referral):
    page = text_of(press(worker, "open_case", referral, cast.front_door_worker))
    case = fresh(referral, cast.front_door_worker).case
    assert f"Case {case.reference} is open" in page
    assert "Route the referral" in page
    assert cast.idva.agency.name in page
    none = text_of(press(worker, "route", referral, cast.front_door_worker))
    assert "Select at least one service" in none
    routed = press(worker, "route", referral, cast.front_door_worker, agencies=[cast.idva.agency_id])
    assert f"Routed to {cast.idva.agency.name}" in text_of(routed)
    assert "Route to a further service" in text_of(routed)
    assert cast.idva.agency.name in text_of(routed)


def test_a_stale_route_shows_where_it_went(cast, worker, referral, sign_in):
    open_case_for(referral, cast.front_door_worker)
    version = fresh(referral, cast.front_door_worker).version
    press(worker, "route", referral, cast.front_door_worker, agencies=[cast.idva.agency_id])
    data = {"version": version, "agencies": [cast.refuge_worker.agency_id]}
    page = text_of(sign_in(cast.mash_fennel).post(url("route", referral), data))
    assert f"{cast.front_door_worker.user.name} saved this page while you were typing" in page
    with acting_as(cast.front_door_worker):
        assert Route.objects.get().to_agency == cast.idva.agency


def answers_for(referral, case, actor, new=()):
    """What the form posts: everybody of the referral is the one of the same given name in the case."""
    with acting_as(actor):
        persons = {
            p.person.given_name: p.person_id for p in Party.objects.filter(case=case).select_related("person")
        }
        people = ReferralPerson.objects.filter(referral=referral)
        return {
            f"person-{one.pk}": "new" if one.given_name in new else str(persons[one.given_name])
            for one in people
        }


def test_matches_are_shown_with_reasons_and_must_be_answered(cast, worker, referral):
    actor = cast.front_door_worker
    case = open_case_for(referral, actor)
    again = send(cast.hospital_umber)
    page = text_of(worker.get(url("triage", again)))
    assert "People who may be known already" in page
    assert "Same family name; Same given name; Same date of birth" in page
    assert f"Compare with case {case.reference}" in page
    asked = text_of(worker.get(url("open_case", again)))
    assert "Who is Vera Testcase, victim-survivor, born 4 March 1990?" in asked
    unanswered = text_of(press(worker, "open_case", again, actor))
    assert "Select who Vera Testcase is" in unanswered
    answers = answers_for(again, case, actor, new=("Percy", "Cleo", "Cosmo"))
    assert "is open" in text_of(press(worker, "open_case", again, actor, **answers))
    with acting_as(actor):
        assert Case.objects.count() == 2
        assert Party.objects.filter(person__given_name="Vera").values("person").distinct().count() == 1


def test_join_a_case_and_see_both_sides(cast, worker, referral, django_assert_max_num_queries):
    actor = cast.front_door_worker
    case = open_case_for(referral, actor)
    again = send(cast.hospital_umber, people=[replace(PEOPLE[0], also_known_as="Vee Testcase"), *PEOPLE[1:]])
    with django_assert_max_num_queries(20):
        page = text_of(worker.get(url("join_case", again, case.pk)))
    assert "Named in the referral" in page
    assert "In the case" in page
    assert "Not in this case yet" in page
    assert "Testcase, victim-survivor, born 4 March 1990, also known as Vee Testcase" in page.replace(
        "</strong>", ""
    )
    assert "Other names and another date of birth" in page
    joined = press(worker, "join_case", again, actor, case.pk, **answers_for(again, case, actor))
    assert f"The referral is in case {case.reference}" in text_of(joined)
    assert fresh(again, actor).case == case
    with acting_as(actor):
        assert Read.objects.filter(page="referrals:join_case", case_id=case.pk).exists()


def test_a_stranger_cannot_be_chosen_and_a_hidden_case_is_not_there(cast, worker, referral):
    hidden = make_case(cast.idva)
    with acting_as(cast.idva):
        stranger = Party.objects.filter(case=hidden).first().person_id
    assert worker.get(url("join_case", referral, hidden.pk)).status_code == 404
    assert worker.get(url("join_case", referral, uuid.uuid4())).status_code == 404
    actor = cast.front_door_worker
    case = open_case_for(send(cast.police_officer), actor)
    answers = answers_for(referral, case, actor)
    first = next(iter(answers))
    page = text_of(press(worker, "join_case", referral, actor, case.pk, **answers | {first: str(stranger)}))
    assert "select one of the answers" in page
    assert fresh(referral, actor).case is None


@pytest.mark.parametrize(
    ("name", "done", "state"),
    [
        ("decline", "The sender sees the reason", "declined"),
        ("no_further_action", "No further action is recorded", "no_further_action"),
    ],
)
def test_a_decision_needs_words_and_ends_the_clock(cast, worker, referral, name, done, state):
    assert worker.get(url(name, referral)).status_code == 200
    page = text_of(press(worker, name, referral, cast.front_door_worker, code="other", reason=""))
    assert "There is a problem" in page
    assert "There is a problem" in text_of(press(worker, name, referral, cast.front_door_worker, reason="x"))
    said = {"code": "other", "reason": "Already known to us"}
    page = text_of(press(worker, name, referral, cast.front_door_worker, **said))
    assert done in page
    assert fresh(referral, cast.police_officer).state == state
    decided = text_of(worker.get(url("triage", referral)))
    assert "Already known to us" in decided
    assert f"Decided by {cast.front_door_worker.user.name}" in decided
    assert "Open a case" not in decided


@pytest.mark.parametrize(("name", "code"), [("decline", "outside_area"), ("no_further_action", "not_wanted")])
def test_a_case_that_was_opened_for_nobody_is_not_left_open_unseen(cast, worker, referral, name, code):
    case = open_case_for(referral, cast.front_door_worker)
    words = "No referral in this case was routed"
    assert words not in text_of(worker.get(reverse("cases:detail", args=[case.pk])))
    page = press(worker, name, referral, cast.front_door_worker, code=code)
    assert page.redirect_chain[-1][0] == reverse("cases:detail", args=[case.pk])
    assert words in text_of(page)
    worker.post(reverse("cases:close", args=[case.pk]), {"reason": "mistake"})
    assert words not in text_of(worker.get(reverse("cases:detail", args=[case.pk])))


def test_deciding_on_what_a_colleague_has_decided_shows_it(cast, worker, referral, sign_in):
    with acting_as(cast.mash_fennel):
        services.decline_referral(
            referral.pk, version=1, code="other", reason="Lives elsewhere", actor=cast.mash_fennel
        )
    page = text_of(
        worker.post(url("decline", referral), {"version": 1, "code": "other", "reason": "Not for us"})
    )
    assert f"{cast.mash_fennel.user.name} saved this page while you were typing" in page
    assert "Lives elsewhere" in page
    assert "Not for us" in page
    second = worker.post(url("decline", referral), {"version": 2, "code": "other", "reason": "Not for us"})
    assert "This referral was decided: declined" in text_of(second)


ACTS = ["take", "release", "open_case", "route", "return", "decline", "no_further_action"]


@pytest.mark.parametrize("name", ["triage", *ACTS])
def test_only_front_door_workers_and_only_what_was_sent_to_them(cast, sign_in, referral, name):
    methods = ["get"] if name == "triage" else ["post"]
    for method in methods:
        for membership in (cast.police_officer, cast.idva, cast.commissioner):
            assert getattr(sign_in(membership), method)(url(name, referral)).status_code == 403
        worker = sign_in(cast.front_door_worker)
        absent = reverse(f"referrals:{name}", args=[uuid.uuid4()])
        response = getattr(worker, method)(absent, {"version": 1, "reason": "x"}, follow=True)
        assert response.status_code == 404


@pytest.mark.parametrize("name", ["take", "release", "route"])
def test_looking_changes_nothing(worker, referral, name):
    assert worker.get(url(name, referral)).status_code == 405


def test_pages_read_with_get_leave_the_referral_as_it_was(cast, worker, referral):
    for name in ("triage", "open_case", "return", "decline", "no_further_action"):
        assert worker.get(url(name, referral)).status_code == 200
    stored = fresh(referral, cast.front_door_worker)
    assert (stored.version, stored.state, stored.held_by) == (1, "received", None)


def test_the_home_page_starts_with_the_most_urgent(cast, worker, referral):
    page = text_of(worker.get(reverse("cases:home")))
    assert f"Decide on referral {referral.reference}" in page
    route_to(referral, cast.front_door_worker, cast.idva)
    page = text_of(worker.get(reverse("cases:home")))
    assert "Nothing is waiting" in page
    with acting_as(cast.front_door_worker):
        assert Referral.objects.count() == 1


@pytest.mark.parametrize("name", ["return", "decline", "no_further_action", "route_return", "route_decline"])
def test_what_was_typed_of_a_decision_comes_back_until_it_is_made(cast, sign_in, referral, name):
    at_service = name.startswith("route_")
    subject = route_to(referral, cast.front_door_worker, cast.idva)[0] if at_service else referral
    client, page = sign_in(cast.idva if at_service else cast.front_door_worker), url(name, subject)
    words = "Invented words of a decision."
    keep = reverse("cases:draft_save") + f"?for={page}"
    assert "Kept at" in text_of(client.post(keep, {"reason": words, "code": "other", "version": "1"}))
    shown = text_of(client.get(page))
    assert words in shown
    assert "We kept what you typed" in shown
    with acting_as(cast.idva if at_service else cast.front_door_worker):
        version = type(subject).objects.get(pk=subject.pk).version
    client.post(page, {"version": version, "code": "other", "reason": words})
    with acting_as(cast.idva if at_service else cast.front_door_worker):
        assert not Draft.objects.kept().exists()

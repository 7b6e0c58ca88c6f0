import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dacase.audit.models import Read
from dacase.cases.models import Headline, ImmigrationStatus, Party
from dacase.cases.services.case import add_location
from dacase.cases.services.facts import save_immigration
from dacase.walls.context import acting_as
from referrals.casework.choices import EpisodeKind
from referrals.casework.models import ContactAttempt, Cover, Episode
from referrals.casework.selectors.day import never_assessed
from referrals.casework.selectors.team import team
from referrals.casework.services.cover import set_cover
from tests.casework.builders import assessed
from tests.casework.episodes import all_answers, begun, fresh, plan, spoke, tried
from tests.factories import make_case
from tests.referrals.builders import route_to, send

MOST_QUERIES, OTHER_PAGES = 12, 14


@pytest.fixture
def case(cast):
    return make_case(cast.idva)


@pytest.fixture
def episode(cast, case):
    return begun(case, cast.idva_manager, cast.idva)


@pytest.fixture
def idva(cast, sign_in):
    return sign_in(cast.idva)


@pytest.fixture
def manager(cast, sign_in):
    return sign_in(cast.idva_manager)


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def day(client):
    return text_of(client.get(reverse("casework:my_day")))


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        text_of(client.get(address))
    return len(captured)


def attempt(**changes):
    now = timezone.localtime()
    later = now + timedelta(days=1)
    return {
        "submission": "00000000-0000-4000-8000-000000000009", "direction": "outgoing", "method": "phone",
        "outcome": "no_answer", "with_whom": "nobody", "was_safe": "not_known", "made_time": "00:01",
        "made_on_day": now.day, "made_on_month": now.month, "made_on_year": now.year, "next_time": "14:30",
        "next_on_day": later.day, "next_on_month": later.month, "next_on_year": later.year,
    } | changes  # fmt: skip


def test_an_empty_day_says_so(idva):
    assert "Nothing is due in the next seven days" in day(idva)


@pytest.mark.parametrize("key", ["idva", "idva_manager", "social_worker", "refuge_worker"])
def test_the_day_takes_at_most_twelve_queries_for_one_case_and_for_three(cast, sign_in, key):
    client, counts = sign_in(getattr(cast, key)), []
    for number in range(3):
        begun(make_case(cast.idva), cast.idva_manager, cast.idva)
        spoke(begun(make_case(cast.idva), cast.idva_manager, cast.idva), cast.idva, direction="incoming")
        tried(begun(make_case(cast.idva), cast.idva_manager, None), cast.idva, against_plan=True)
        route_to(send(cast.police_officer), cast.front_door_worker, getattr(cast, key))
        if number != 1:
            counts.append(queries(client, reverse("casework:my_day")))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_what_is_due_stands_by_clock_each_with_its_next_act(cast, case, episode, idva):
    late = begun(make_case(cast.idva, victim="Lateword"), cast.idva_manager, cast.idva)
    with acting_as(cast.idva):
        Episode.objects.filter(pk=late.pk).update(next_contact_at=timezone.now() - timedelta(hours=3))
    (route,) = route_to(send(cast.police_officer), cast.front_door_worker, cast.idva)
    page = day(idva)
    assert page.index(">Late (1)<") < page.rindex("Vera Lateword") < page.index("In the next seven days")
    assert reverse("casework:attempt_create", args=[late.pk]) in page
    assert reverse("referrals:route_detail", args=[route.pk]) in page
    assert "Make the first contact" in page


def test_a_case_never_assessed_stands_on_her_day_after_first_contact_until_it_is(
    cast, case, episode, idva, hazel, sign_in
):
    entry = f'href="{reverse("casework:assessment_start", args=[case.pk])}"'
    assert entry not in day(idva)
    spoke(episode, cast.idva, direction="incoming")
    page = day(idva)
    assert entry in page
    assert "Assess the risk" in page
    assert entry not in day(sign_in(hazel))
    with acting_as(cast.idva):
        Episode.objects.filter(pk=episode.pk).update(contacted_at=timezone.now() - timedelta(days=20))
    late = day(idva)
    assert late.index(">Late (1)<") < late.rindex("Assess the risk")
    assessed(case, cast.idva, yes=2)
    assert entry not in day(idva)


def test_two_supports_in_one_case_ask_for_one_assessment_the_sooner(cast, case, idva):
    first, second = (begun(case, cast.idva_manager, cast.idva, kind=kind) for kind in ("idva", "outreach"))
    for one in (first, second):
        spoke(one, cast.idva, direction="incoming")
    asks = f'href="{reverse("casework:assessment_start", args=[case.pk])}"'
    # Once on top, as the next thing to do, and once in the list.
    assert day(idva).count(asks) == 2
    with acting_as(cast.idva):
        Episode.objects.filter(pk=second.pk).update(contacted_at=timezone.now() - timedelta(days=20))
    late = day(idva)
    assert late.count(asks) == 2
    assert ">Late (1)<" in late


def test_only_support_that_begins_with_an_assessment_asks_for_one(cast, case):
    kinds = {}
    for kind in reversed(EpisodeKind):  # IDVA support last: each is begun as such
        one = begun(case, cast.idva_manager, cast.idva)
        spoke(one, cast.idva, direction="incoming")
        with acting_as(cast.idva):
            Episode.objects.filter(pk=one.pk).update(kind=kind)
        kinds[one.pk] = kind
    with acting_as(cast.idva):
        asked = never_assessed(cast.idva, [cast.idva.pk])
        assert {kinds[one.pk] for one in asked} == {"idva", "hospital_idva", "outreach"}
        Episode.objects.filter(pk=asked[0].pk).update(closing_asked_at=timezone.now())
        assert never_assessed(cast.idva, [cast.idva.pk]).count() == 2
        Headline.objects.filter(case=case).update(band="standard")
        assert not never_assessed(cast.idva, [cast.idva.pk])


def test_a_review_that_is_due_stands_on_the_day_of_who_leads_the_case(
    cast, case, episode, idva, hazel, sign_in
):
    with acting_as(cast.idva):
        assessed(case, cast.idva)
        headline = Headline.objects.get(case=case)
        assert headline.review_due_on == headline.band_set_on + timedelta(weeks=8)
        assert "Assess the risk again" not in day(idva)
        Headline.objects.filter(case=case).update(review_due_on=timezone.localdate())
    assert "Assess the risk again" in day(idva)
    assert "Assess the risk again" not in day(sign_in(hazel))


def test_a_colleagues_work_is_not_on_my_day_until_i_cover_her(cast, episode, idva, hazel, sign_in):
    client = sign_in(hazel)
    assert "Testcase" not in day(client)
    today = timezone.localdate()
    with acting_as(cast.idva):
        set_cover(cast.idva, colleague=hazel, from_on=today, until_on=today, reason="leave", actor=cast.idva)
    page = day(client)
    assert "Vera Testcase" in page
    assert f"for {cast.idva.user.name}" in page
    assert f"{hazel.user.name} stands in for you" in day(idva)
    with acting_as(cast.idva):
        Cover.objects.update(from_on=today - timedelta(days=9), until_on=today - timedelta(days=1))
    assert "Testcase" not in day(client)


def test_a_managers_day_has_what_nobody_works_on_and_what_went_against_the_plan(cast, episode, manager, idva):
    begun(make_case(cast.idva, victim="Nobodys"), cast.idva_manager, None)
    tried(episode, cast.idva, against_plan=True)
    page = day(manager)
    assert "Nobody works on this" in page
    assert "Vera Nobodys" in page
    assert "See to a contact against the safe-contact plan" in page
    assert "Nobodys" not in day(idva)


def test_the_figures_say_what_is_carried_against_the_guide(cast, episode, idva):
    with acting_as(cast.idva):
        Headline.objects.filter(case=episode.case).update(band="high")
    page = day(idva)
    assert "1 high, 0 medium, 0 standard, 0 not assessed. Guide: 25 to 30" in page
    assert "60 to 80 a year" in page


def test_the_home_page_begins_with_the_day(cast, episode, idva):
    page = text_of(idva.get("/"))
    assert "See my whole day" in page
    assert "Make the first contact" in page


def test_a_contact_that_the_plan_refuses_keeps_what_was_typed_and_says_why(cast, case, episode, idva):
    plan(case, cast.idva, safe_to_text=True)
    url = reverse("casework:attempt_create", args=[episode.pk])
    page = text_of(idva.post(url, attempt(note="Invented words")))
    assert "calling is not safe" in page
    assert "Invented words" in page
    with acting_as(cast.idva):
        assert not ContactAttempt.objects.exists()
    assert idva.post(url, attempt(method="text", outcome="sent")).status_code == 302
    assert "Text message: Sent, no answer yet" in text_of(
        idva.get(reverse("casework:episode", args=[episode.pk]))
    )
    assert "Make contact again" in day(idva)


def test_bad_input_stands_beside_its_field(cast, case, episode, idva):
    plan(case, cast.idva, safe_to_call=True)
    url = reverse("casework:attempt_create", args=[episode.pk])
    page = text_of(idva.post(url, attempt(next_time="", outcome="")))
    assert "Enter a time for the next try" in page
    assert "Select what came of it" in page or "Answer “What came of it?”" in page
    page = text_of(idva.post(url, attempt(next_time="", next_on_day="", next_on_month="", next_on_year="")))
    assert "Enter when you will try again" in page


def test_the_number_and_the_code_word_are_shown_on_request_and_logged(cast, case, episode, idva):
    plan(case, cast.idva, safe_to_call=True, code_word="Kestrel")
    with acting_as(cast.idva):
        victim = Party.objects.get(case=case, role="victim")
        add_location(victim, kind="phone", value="07700 900123", actor=cast.idva)
    before = text_of(idva.get(reverse("casework:attempt_create", args=[episode.pk])))
    assert "07700" not in before
    assert "Kestrel" not in before
    url = reverse("casework:attempt_number", args=[episode.pk])
    page = text_of(idva.post(url, {"method": "phone"}))
    assert "07700 900123" in page
    assert "Kestrel" in page
    assert f'action="{reverse("casework:attempt_create", args=[episode.pk])}"' in page
    refused = text_of(idva.post(url, {"method": "text"}))
    assert "texting is not safe" in refused
    assert "07700" not in refused
    with acting_as(cast.idva):
        assert Read.objects.filter(page="cases:locations_read", purpose="contact").count() == 1


def test_an_episode_page_takes_the_same_queries_for_one_contact_and_for_three(cast, episode, idva):
    url, counts = reverse("casework:episode", args=[episode.pk]), []
    for number in range(3):
        tried(episode, cast.idva, against_plan=True)
        if number != 1:
            counts.append(queries(idva, url))
    assert counts[0] == counts[1] <= OTHER_PAGES


def granted(case, cast, *, weeks_ago, seen_weeks_ago):
    """A concession of the victim-survivor, recorded or last looked at some weeks ago."""
    with acting_as(cast.idva):
        victim = Party.objects.get(case=case, role="victim")
        on = timezone.localdate() - timedelta(weeks=weeks_ago)
        save_immigration(victim, version=0, actor=cast.idva, concession_granted_on=on)
        seen = timezone.now() - timedelta(weeks=seen_weeks_ago)
        ImmigrationStatus.objects.filter(party=victim).update(updated_at=seen)
        return reverse("cases:immigration_edit", args=[victim.pk])


@pytest.mark.parametrize(
    ("weeks_ago", "seen_weeks_ago", "is_due"),
    [
        (6, 6, False),
        (7, 7, True),
        (9, 9, True),
        (9, 0, True),
        (8, 0, False),
        (13, 1, True),
        (20, 15, True),
        (20, 1, False),
    ],
)
def test_a_concession_is_on_the_day_from_each_alert_until_somebody_saw_to_it(
    cast, case, episode, idva, hazel, sign_in, weeks_ago, seen_weeks_ago, is_due
):
    address = granted(case, cast, weeks_ago=weeks_ago, seen_weeks_ago=seen_weeks_ago)
    assert (f'href="{address}"' in day(idva)) is is_due
    assert address not in day(sign_in(hazel))


def test_the_team_takes_the_same_queries_for_one_worker_and_for_three(cast, hazel, manager):
    url, counts = reverse("casework:team"), []
    for worker in (cast.idva, hazel, cast.idva_manager):
        begun(make_case(cast.idva), cast.idva_manager, worker)
        begun(make_case(cast.idva), cast.idva_manager, None)
        if worker != hazel:
            counts.append(queries(manager, url))
    assert counts[0] == counts[1] <= OTHER_PAGES
    page = text_of(manager.get(url))
    assert "Nobody works on these" in page
    assert "60 to 80 taken on in a year" in page


def test_the_team_counts_what_each_took_on_within_a_year(cast, case, episode, manager):
    ended = begun(case, cast.idva_manager, cast.idva, kind="outreach")
    old = begun(make_case(cast.idva), cast.idva_manager, cast.idva)
    with acting_as(cast.idva):
        Episode.objects.filter(pk=ended.pk).update(closed_at=timezone.now(), closing_reason="needs_met")
        Episode.objects.filter(pk=old.pk).update(opened_at=timezone.now() - timedelta(days=366))
        (ida,) = [row for row in team(cast.idva_manager) if row.worker == cast.idva]
    assert (ida.open, ida.year) == (2, 2)


def test_a_manager_gives_several_to_somebody_else_on_one_page(cast, episode, hazel, manager):
    other = begun(make_case(cast.idva), cast.idva_manager, cast.idva)
    url = reverse("casework:team_worker", args=[cast.idva.pk])
    chosen = {"episodes": [str(episode.pk), str(other.pk)], "worker": str(hazel.pk)}
    assert manager.post(url, chosen).status_code == 302
    assert {fresh(one, cast.idva).worker for one in (episode, other)} == {hazel}


def test_closing_the_last_support_proposes_to_close_the_case(cast, episode, idva):
    spoke(episode, cast.idva, direction="incoming")
    url = reverse("casework:episode_close", args=[episode.pk])
    version = fresh(episode, cast.idva).version
    page = text_of(idva.post(url, {"reason": "needs_met", "version": version}))
    assert "“Not asked” is one" in page
    case_page = idva.post(url, {"reason": "needs_met", "version": version} | all_answers(), follow=True)
    assert "All support has ended: close the case, or begin another" in text_of(case_page)
    detail = text_of(idva.get(reverse("casework:episode", args=[episode.pk])))
    assert "Needs met, closed as planned" in detail
    assert "Not asked" in detail


def test_who_supports_is_told_to_all_of_the_case_and_how_to_nobody(cast, case, episode, sign_in):
    from tests.factories import share

    share(case, cast.social_worker.agency, actor=cast.idva)
    client = sign_in(cast.social_worker)
    page = text_of(client.get(reverse("cases:detail", args=[case.pk])))
    assert cast.idva.user.name in page
    assert reverse("casework:episode", args=[episode.pk]) not in page
    assert client.get(reverse("casework:episode", args=[episode.pk])).status_code == 404
    assert client.get(reverse("casework:my_day")).status_code == 200


def test_a_hand_over_is_answered_on_its_page(cast, episode, idva, hazel, sign_in):
    chosen = {
        "episodes": [str(episode.pk)], "worker": str(hazel.pk), "note": "Invented note",
        "submission": "00000000-0000-4000-8000-000000000008",
    }  # fmt: skip
    assert idva.post(reverse("casework:hand_over_create"), chosen).status_code == 302
    client = sign_in(hazel)
    page = day(client)
    assert "hands work over to you" in page
    with acting_as(hazel):
        offered = fresh(episode, cast.idva).hand_over_id
    url = reverse("casework:hand_over", args=[offered])
    assert "Invented note" in text_of(client.get(url))
    assert client.post(url, {"answer": "yes"}).status_code == 302
    assert "Vera Testcase" in day(client)
    assert "Vera Testcase" not in day(idva)


def test_who_offered_it_takes_it_back_from_the_episode(cast, episode, idva, hazel):
    chosen = {
        "episodes": [str(episode.pk)], "worker": str(hazel.pk), "note": "",
        "submission": "00000000-0000-4000-8000-000000000007",
    }  # fmt: skip
    assert "Hand over to a colleague" in text_of(idva.get(reverse("casework:episode", args=[episode.pk])))
    idva.post(reverse("casework:hand_over_create"), chosen)
    page = text_of(idva.get(reverse("casework:episode", args=[episode.pk])))
    with acting_as(cast.idva):
        url = reverse("casework:hand_over", args=[fresh(episode, cast.idva).hand_over_id])
    assert url in page
    assert "Take it back" in text_of(idva.get(url))
    assert "It stays with you." in text_of(idva.post(url, {}, follow=True))
    assert "Take it back" not in text_of(idva.get(url))
    assert fresh(episode, cast.idva).hand_over_id is None


def test_contacts_page_and_one_against_the_plan_is_found_however_old(cast, episode, idva, manager):
    old = tried(episode, cast.idva, against_plan=True)
    with acting_as(cast.idva):
        ContactAttempt.objects.filter(pk=old.pk).update(made_at=timezone.now() - timedelta(days=40))
    for number in range(20):
        spoke(episode, cast.idva, direction="incoming", note=f"Word{number}")
    url = reverse("casework:episode", args=[episode.pk])
    page = text_of(manager.get(url))
    assert reverse("casework:attempt_seen", args=[old.pk]) in page
    assert page.count("moj-timeline__item") == 20
    following = re.search(r'rel="next" href="([^"]+)"', page)
    second = text_of(manager.get(url + following[1].replace("&amp;", "&")))
    assert second.count("moj-timeline__item") == 1


def test_after_a_contact_she_hears_of_it_again_although_she_said_nothing(cast, case, episode, idva):
    spoke(episode, cast.idva, direction="incoming")
    again = fresh(episode, cast.idva).next_contact_at
    assert timedelta(days=13) < again - timezone.now() < timedelta(days=14)
    planned = timezone.localtime(again)
    form = text_of(idva.get(reverse("casework:attempt_create", args=[episode.pk])))
    assert f'name="next_time" value="{planned:%H:%M}"' in form
    assert re.search(rf'name="next_on_day"[^>]* value="{planned.day}"', form)
    with acting_as(cast.idva):
        Episode.objects.filter(pk=episode.pk).update(next_contact_at=timezone.now() - timedelta(hours=1))
    assert "Make contact again" in day(idva)

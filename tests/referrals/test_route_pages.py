import uuid

import pytest
from django.urls import reverse

from dacase.audit.models import Read
from dacase.cases.models import Exclusion
from dacase.walls.context import acting_as
from referrals.models import Route
from tests.casework.episodes import begun
from tests.referrals.builders import fresh, route_to, send


@pytest.fixture
def routed(cast):
    (route,) = route_to(send(cast.police_officer), cast.front_door_worker, cast.idva)
    return route


@pytest.fixture
def idva(cast, sign_in):
    return sign_in(cast.idva)


def url(name, route):
    return reverse(f"referrals:{name}", args=[route.pk])


def text_of(response):
    return response.content.decode()


def version_of(route, actor):
    with acting_as(actor):
        return Route.objects.get(pk=route.pk).version


def test_the_inbox_shows_what_waits(cast, idva, routed, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        page = text_of(idva.get(reverse("referrals:inbox")))
    assert routed.referral.reference in page
    assert "Waiting to be opened" in page
    assert "<strong>1</strong> referral<" in page
    assert "Testcase" not in page
    assert "Nothing matches these filters" in text_of(idva.get(reverse("referrals:inbox"), {"state": "mine"}))


def test_an_empty_inbox(cast, sign_in):
    assert "No referral is waiting for you" in text_of(
        sign_in(cast.refuge_worker).get(reverse("referrals:inbox"))
    )


def test_nothing_is_shown_until_somebody_opens_it_by_name(cast, idva, routed, django_assert_max_num_queries):
    sealed = text_of(idva.get(url("route_detail", routed)))
    assert "Nobody at your service has opened it yet" in sealed
    assert "Testcase" not in sealed
    assert "07700" not in sealed
    assert version_of(routed, cast.idva) == 1
    assert idva.get(url("route_open", routed)).status_code == 405
    opened = idva.post(url("route_open", routed), follow=True)
    with django_assert_max_num_queries(17):
        page = text_of(idva.get(url("route_detail", routed)))
    for words in ("Vera Testcase", "07700 900123", f"by {cast.idva.user.name}", "Accept the referral"):
        assert words in page
        assert words in text_of(opened)
    with acting_as(cast.idva):
        assert Read.objects.filter(page="referrals:route_detail", object_id=routed.pk).count() == 3


def test_who_works_in_the_case_already_is_named_before_it_is_taken_from_her(cast, idva, routed, sign_in):
    words = "works in this case already"
    idva.post(url("route_open", routed))
    assert words not in text_of(idva.get(url("route_detail", routed)))
    case = fresh(routed.referral, cast.front_door_worker).case
    begun(case, cast.idva_manager, cast.advocacy_hazel)
    assert words in text_of(idva.get(url("route_detail", routed)))
    assert words not in text_of(sign_in(cast.advocacy_hazel).get(url("route_detail", routed)))


def test_the_front_doors_and_the_senders_page_of_it_stay_theirs(cast, idva, routed):
    assert idva.get(reverse("referrals:detail", args=[routed.referral_id])).status_code == 404
    assert idva.get(reverse("referrals:triage", args=[routed.referral_id])).status_code == 403


def test_accepting_by_name_reaches_the_sender_and_the_case(cast, idva, routed, sign_in):
    idva.post(url("route_open", routed))
    page = text_of(idva.post(url("route_accept", routed), {"version": 2}, follow=True))
    assert "You have accepted the referral" in page
    assert f"{cast.idva.user.name} has accepted this referral" in page
    sender = text_of(sign_in(cast.police_officer).get(reverse("referrals:detail", args=[routed.referral_id])))
    assert f"{cast.idva.agency.name}: accepted by {cast.idva.user.name}" in sender
    case_id = fresh(routed.referral, cast.idva).case_id
    assert idva.get(reverse("cases:detail", args=[case_id])).status_code == 200
    assert idva.post(url("route_accept", routed), {"version": 2}, follow=True).status_code == 200


def test_the_second_colleague_is_told_who_was_first(cast, idva, routed, sign_in):
    idva.post(url("route_open", routed))
    idva.post(url("route_accept", routed), {"version": 2})
    page = text_of(sign_in(cast.idva_manager).post(url("route_accept", routed), {"version": 2}, follow=True))
    assert f"{cast.idva.user.name} changed this while you were looking" in page
    late = text_of(sign_in(cast.idva_manager).post(url("route_accept", routed), {"version": 3}, follow=True))
    assert "A colleague has accepted this referral" in late


@pytest.mark.parametrize(
    ("name", "done"), [("route_return", "back with the front door"), ("route_decline", "declined")]
)
def test_sending_back_with_a_reason(cast, idva, routed, sign_in, name, done):
    case_id = fresh(routed.referral, cast.front_door_worker).case_id
    assert "can no longer open the referral" in text_of(idva.get(url(name, routed)))
    assert "There is a problem" in text_of(idva.post(url(name, routed), {"version": 1, "reason": " "}))
    page = text_of(
        idva.post(url(name, routed), {"version": 1, "reason": "Lives in another area"}, follow=True)
    )
    assert done in page
    assert idva.get(url("route_detail", routed)).status_code == 404
    assert idva.get(reverse("cases:detail", args=[case_id])).status_code == 404
    assert idva.post(url(name, routed), {"version": 1, "reason": "Twice"}).status_code == 404
    for reader, page_name in ((cast.police_officer, "detail"), (cast.front_door_worker, "triage")):
        page = text_of(sign_in(reader).get(reverse(f"referrals:{page_name}", args=[routed.referral_id])))
        assert "Lives in another area" in page
    queue = text_of(sign_in(cast.front_door_worker).get(reverse("referrals:queue")))
    assert routed.referral.reference in queue


ACTS = ["route_detail", "route_open", "route_accept", "route_return", "route_decline"]


@pytest.mark.parametrize("name", ACTS)
def test_other_services_roles_and_barred_people_find_nothing(cast, sign_in, routed, name):
    case_id = fresh(routed.referral, cast.front_door_worker).case_id
    with acting_as(cast.idva_manager):
        Exclusion.objects.create(
            case_id=case_id, group=cast.barred_colleague.user.group, reason="Knows the family"
        )
    method = "get" if name == "route_detail" else "post"
    data = {"version": 1, "reason": "x"}
    for membership in (cast.refuge_worker, cast.social_worker, cast.outsider, cast.barred_colleague):
        client = sign_in(membership)
        assert getattr(client, method)(url(name, routed), data, follow=True).status_code == 404
        absent = reverse(f"referrals:{name}", args=[uuid.uuid4()])
        assert getattr(client, method)(absent, data, follow=True).status_code == 404
    for membership in (cast.police_officer, cast.front_door_worker, cast.commissioner):
        assert getattr(sign_in(membership), method)(url(name, routed), data).status_code == 403


def test_home_and_case_name_the_next_action(cast, idva, routed):
    home = text_of(idva.get(reverse("cases:home")))
    assert f"Accept referral {routed.referral.reference}, or send it back" in home
    case_id = fresh(routed.referral, cast.idva).case_id
    case = text_of(idva.get(reverse("cases:detail", args=[case_id])))
    assert "Accept the referral or send it back" in case
    assert routed.referral.reference in case

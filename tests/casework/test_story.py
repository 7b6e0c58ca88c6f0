"""The story that is told once: written, carried on, and read as far as each scope lets."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.models import Case
from dacase.cases.panels import draw
from dacase.cases.services.case import add_location
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from marac.models import HearingPaper
from referrals.casework import panels
from referrals.casework.models import StoryPart
from referrals.casework.rules.story import READS, parts, parts_for
from referrals.casework.rules.tables import rows
from referrals.casework.selectors.story import story_texts
from referrals.casework.services.story import begin_story, write_story_part
from tests.factories import make_case, share
from tests.marac.factories import list_case, make_meeting, refer
from tests.referrals.builders import open_case_for, route_to, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    return make_case(cast.idva)


def write(case, actor, text="Invented words.", part="wishes", version=0):
    with acting_as(actor):
        return write_story_part(case.pk, part=part, text=text, version=version, actor=actor)


def test_every_part_has_its_words_and_a_scope():
    for row in rows("story_parts"):
        assert row["title"]
        assert row["hint"].endswith(".")
        assert row["scope"] in READS["view_case"]
    assert [part.code for part in parts_for("view_hearing")] == ["what_happened", "wishes"]
    assert parts_for("view_case") == list(parts().values())
    assert parts_for("view_case_summary") == []


def test_a_part_is_written_once_and_carried_on_by_whoever_holds_the_case(cast, case):
    share(case, cast.social_worker.agency, actor=cast.idva)
    first = write(case, cast.idva)
    assert write(case, cast.idva).version == 1
    second = write(case, cast.social_worker, "Carried on.", version=1)
    assert (second.pk, second.version, second.written_by) == (first.pk, 2, cast.social_worker)
    with acting_as(cast.idva):
        assert [one.text for one in second.history.order_by("version")] == ["Invented words.", "Carried on."]
        events = Event.objects.filter(verb="story_written")
        assert [event.data for event in events] == [{"kind": "wishes"}] * 2


def test_who_writes_over_a_colleague_sees_both(cast, case):
    share(case, cast.social_worker.agency, actor=cast.idva)
    write(case, cast.social_worker, "Theirs.")
    with pytest.raises(StaleVersion) as stale:
        write(case, cast.idva, "Mine.")
    assert stale.value.current == {"text": "Theirs."}
    assert stale.value.saved_by == cast.social_worker.user.name


def test_what_is_no_part_and_who_may_not_write_are_refused(cast, case):
    with pytest.raises(ValidationError):
        write(case, cast.idva, part="nothing")
    with pytest.raises(ValidationError):
        write(case, cast.idva, version=3)
    share(case, cast.refuge_worker.agency, actor=cast.idva)
    with pytest.raises(NotAllowed):
        write(case, cast.refuge_worker)
    with pytest.raises(Case.DoesNotExist):
        write(case, cast.outsider)
    with acting_as(cast.idva):
        assert not StoryPart.objects.exists()


def test_it_begins_with_the_words_of_the_first_referral(cast):
    referral = send(cast.police_officer)
    case = open_case_for(referral, cast.front_door_worker)
    with acting_as(cast.front_door_worker):
        (first,) = story_texts(case, cast.front_door_worker)
        assert (first.part, first.text) == ("what_happened", referral.what_happened)
        begin_story(case, "A later referral", actor=cast.front_door_worker)
        assert story_texts(case, cast.front_door_worker).get().text == referral.what_happened


def test_it_travels_to_the_service_that_is_routed_the_referral(cast, sign_in):
    referral = send(cast.police_officer)
    (route,) = route_to(referral, cast.front_door_worker, cast.idva)
    with acting_as(cast.front_door_worker):
        case = Case.objects.get(referrals=referral)
    write(
        case, cast.front_door_worker, "She has been asked about the knife. Do not ask again.", "already_asked"
    )
    client = sign_in(cast.idva)
    client.post(reverse("referrals:route_open", args=[route.pk]))
    page = client.get(reverse("referrals:route_detail", args=[route.pk])).content.decode()
    assert "Do not ask again." in page
    assert "The story so far" in page


def test_a_hearing_reads_its_parts_without_places_and_no_other(cast, case):
    write(case, cast.idva, "Found at 4 Nowhere Lane, twice.", "what_happened")
    write(case, cast.idva, "Asked about the knife.", "already_asked")
    share(case, cast.marac_coordinator.agency, actor=cast.idva, purpose="marac")
    with acting_as(cast.idva):
        victim = case.parties.get(role="victim")
        add_location(victim, kind="address", value="4 Nowhere Lane, Northmoor", actor=cast.idva)
    referral = refer(case, cast.idva)
    coordinator = cast.marac_coordinator
    agencies = [coordinator.agency, cast.gp_tansy.agency]
    meeting = make_meeting(coordinator, chair=cast.marac_chair, agencies=agencies)
    list_case(referral, meeting, coordinator, agencies)
    with acting_as(cast.gp_tansy):
        body = HearingPaper.objects.get(kind="summary").body
    assert [one["title"] for one in body["story"]] == ["What has happened"]
    assert body["story"][0]["text"] == "Found at [place removed], twice."


def test_the_pages(cast, case, sign_in, django_assert_max_num_queries):
    write(case, cast.idva)
    client, url = sign_in(cast.idva), reverse("casework:story", args=[case.pk])
    client.get(url)
    with django_assert_max_num_queries(12):
        page = client.get(url).content.decode()
    assert "Invented words." in page
    assert page.count("Nothing written yet") == 4
    edit = reverse("casework:story_part", args=[case.pk, "wishes"])
    assert "Invented words." in client.get(edit).content.decode()
    response = client.post(edit, {"text": "Changed words.", "version": 1})
    assert response.status_code == 302
    assert "Changed words." in client.get(url).content.decode()
    assert client.get(reverse("casework:story_part", args=[case.pk, "nothing"])).status_code == 404


def test_two_people_at_one_part_see_both_versions(cast, case, sign_in):
    share(case, cast.social_worker.agency, actor=cast.idva)
    write(case, cast.social_worker, "Theirs.")
    client = sign_in(cast.idva)
    page = client.post(
        reverse("casework:story_part", args=[case.pk, "wishes"]), {"text": "Mine.", "version": 0}
    ).content.decode()
    assert "Theirs." in page
    assert "Mine." in page


def test_what_cannot_be_kept_is_said_beside_the_field(cast, case, sign_in):
    client = sign_in(cast.idva)
    url = reverse("casework:story_part", args=[case.pk, "wishes"])
    for text in ("x" * 10_001, "null\x00byte"):
        page = client.post(url, {"text": text, "version": 0}).content.decode()
        assert "There is a problem" in page
    with acting_as(cast.idva):
        assert not StoryPart.objects.exists()


def test_the_panel_asks_for_the_beginning_where_there_is_none(cast, case, django_assert_num_queries):
    with acting_as(cast.idva):
        assert [action.text for action in draw(panels.story_of_case, case, cast.idva).next_actions]
        write_story_part(case.pk, part="what_happened", text="Invented.", version=0, actor=cast.idva)
        with django_assert_num_queries(1):
            panel = draw(panels.story_of_case, case, cast.idva)
    assert panel.next_actions == []
    assert panel.context["first"].text == "Invented."
    with acting_as(cast.commissioner):
        assert draw(panels.story_of_case, case, cast.commissioner) is None

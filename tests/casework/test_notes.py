"""Notes: the agency's own until it shares them, never deleted, never written over unseen."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.models import Case
from dacase.cases.panels import draw
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from referrals.casework import panels
from referrals.casework.models import Note
from referrals.casework.selectors.note import notes_of
from referrals.casework.services import note as services
from tests.factories import share

pytestmark = pytest.mark.django_db


def write(case, actor, text="Invented words.", **changes):
    with acting_as(actor):
        return services.write_note(case.pk, text=text, actor=actor, **{"submission": uuid.uuid4()} | changes)


def act(service, note, actor, **changes):
    with acting_as(actor):
        return service(note.pk, actor=actor, **changes)


def texts(case, actor, **chosen):
    with acting_as(actor):
        return {note.text for note in notes_of(case, actor, **chosen)}


def test_a_note_is_its_agencys_until_it_is_shared_with_a_reason(cast, case):
    note = write(case, cast.idva)
    assert texts(case, cast.idva_manager) == {"Invented words."}
    assert texts(case, cast.social_worker) == set()
    with pytest.raises(ValidationError):
        act(services.share_note, note, cast.idva, reason=" ")
    act(services.share_note, note, cast.idva, reason="They plan together")
    act(services.share_note, note, cast.idva, reason="Twice is once")
    assert texts(case, cast.social_worker) == {"Invented words."}
    assert texts(case, cast.social_worker, whose="others") == {"Invented words."}
    assert texts(case, cast.outsider) == set()
    act(services.unshare_note, note, cast.idva)
    assert texts(case, cast.social_worker) == set()
    with acting_as(cast.idva):
        assert Event.objects.filter(verb="note_shared").count() == 1


def test_who_reads_a_shared_note_cannot_change_it_nor_see_its_versions(cast, case):
    note = write(case, cast.idva, "First words.")
    act(services.change_note, note, cast.idva, text="Second words.", version=1)
    act(services.share_note, note, cast.idva, reason="They plan together")
    for service, changes in (
        (services.change_note, {"text": "x", "version": 3}),
        (services.strike_note, {"reason": "x"}),
        (services.unshare_note, {}),
    ):
        with pytest.raises(Note.DoesNotExist):
            act(service, note, cast.social_worker, **changes)
    with acting_as(cast.social_worker):
        assert not Note.history.exists()
    with acting_as(cast.idva):
        assert "First words." in Note.history.values_list("text", flat=True)


def test_a_colleague_who_changed_it_meanwhile_is_not_written_over(cast, case):
    note = write(case, cast.idva)
    act(services.change_note, note, cast.idva_manager, text="Theirs.", version=1)
    with pytest.raises(StaleVersion) as stale:
        act(services.change_note, note, cast.idva, text="Mine.", version=1)
    assert stale.value.current == {"text": "Theirs."}


def test_struck_out_it_is_hidden_kept_and_no_longer_shared(cast, case, sign_in):
    note = write(case, cast.idva, "Wrong person.")
    act(services.share_note, note, cast.idva, reason="They plan together")
    with pytest.raises(ValidationError):
        act(services.strike_note, note, cast.idva, reason="")
    act(services.strike_note, note, cast.idva, reason="Another case was meant")
    assert texts(case, cast.social_worker) == set()
    page = sign_in(cast.idva).get(reverse("casework:notes", args=[case.pk])).content.decode()
    assert "Another case was meant" in page
    assert "Wrong person." not in page
    for service, changes in (
        (services.share_note, {"reason": "x"}),
        (services.change_note, {"text": "x", "version": 3}),
    ):
        with pytest.raises(ValidationError):
            act(service, note, cast.idva, **changes)


def test_what_is_no_note_and_who_may_not_write_are_refused(cast, case):
    later = timezone.now() + timedelta(hours=2)
    for changes in ({"text": "  "}, {"happened_at": later}):
        with pytest.raises(ValidationError):
            write(case, cast.idva, **changes)
    with pytest.raises(Case.DoesNotExist):
        write(case, cast.outsider)
    share(case, cast.marac_coordinator.agency, actor=cast.idva, purpose="marac")
    with pytest.raises(NotAllowed):
        write(case, cast.marac_coordinator)
    submission = uuid.uuid4()
    assert write(case, cast.idva, submission=submission) == write(case, cast.idva, submission=submission)


def test_the_pages(cast, case, sign_in, django_assert_max_num_queries):
    client, url = sign_in(cast.idva), reverse("casework:notes", args=[case.pk])
    assert "No note here yet" in client.get(url).content.decode()
    new = reverse("casework:note_create", args=[case.pk])
    today = timezone.localdate()
    day = {f"happened_on_{part}": getattr(today, part) for part in ("day", "month", "year")}
    answers = day | {"text": "On the phone.", "kind": "conversation", "submission": uuid.uuid4()}
    assert client.post(new, answers).status_code == 302
    assert client.post(new, answers).status_code == 302
    for number in (1, 3):
        with django_assert_max_num_queries(12):
            page = client.get(url).content.decode()
        assert page.count("On the phone.") == 1
        for _ in range(2 if number == 1 else 0):
            write(case, cast.idva, f"Another, {uuid.uuid4()}")
    assert "On the phone." not in client.get(f"{url}?kind=meeting").content.decode()
    bad = client.post(new, day | {"text": "null\x00byte", "kind": "conversation", "submission": uuid.uuid4()})
    assert "There is a problem" in bad.content.decode()
    with acting_as(cast.idva):
        note = Note.objects.get(text="On the phone.")
    share_page = reverse("casework:note_share", args=[note.pk])
    assert client.post(share_page, {"reason": ""}).status_code == 200
    assert client.post(share_page, {"reason": "They plan together"}).status_code == 302
    other = sign_in(cast.social_worker)
    assert "On the phone." in other.get(url).content.decode()
    assert other.get(reverse("casework:note_change", args=[note.pk])).status_code == 404
    assert client.post(reverse("casework:note_unshare", args=[note.pk])).status_code == 302
    assert "On the phone." not in other.get(url).content.decode()


def test_what_is_typed_is_kept_as_a_draft(cast, case, sign_in):
    client = sign_in(cast.idva)
    new = reverse("casework:note_create", args=[case.pk])
    client.post(f"{reverse('cases:draft_save')}?for={new}", {"text": "Half a sentence", "kind": "meeting"})
    assert "Half a sentence" in client.get(new).content.decode()


def test_the_panel_shows_the_newest(cast, case, django_assert_num_queries):
    for number in range(4):
        write(case, cast.idva, f"Note {number}", happened_at=timezone.now() - timedelta(days=number + 1))
    with acting_as(cast.idva), django_assert_num_queries(1):
        panel = draw(panels.newest_notes, case, cast.idva)
    assert [note.text for note in panel.context["notes"]] == ["Note 0", "Note 1", "Note 2"]
    with acting_as(cast.commissioner):
        assert draw(panels.newest_notes, case, cast.commissioner) is None

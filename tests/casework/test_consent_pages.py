"""The pages of consent: on the case, on its own page, on the day of whoever works in the case."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dacase.cases.models import Headline
from dacase.cases.panels import draw
from dacase.walls.context import acting_as
from referrals.casework import consent_panels
from referrals.casework.models import ConsentRecord
from referrals.casework.services.consent import change_consent
from tests.casework.consents import party, record, said, without
from tests.casework.episodes import begun
from tests.factories import share

pytestmark = pytest.mark.django_db


def address(name, thing):
    return reverse(f"casework:{name}", args=[thing.pk])


def day_of(name, day):
    return {f"{name}_{part}": getattr(day, part) for part in ("day", "month", "year")}


def answers(about=None, **changes):
    filled = day_of("answered_on", timezone.localdate()) | {
        "answer": "given", "way": "phone", "is_informed": "yes", "submission": uuid.uuid4(),
    }  # fmt: skip
    return filled | ({"party": about.pk, "purpose": "gp"} if about else {}) | changes


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def test_it_is_recorded_changed_withdrawn_and_all_stays_readable(
    cast, case, sign_in, django_assert_max_num_queries
):
    client, page = sign_in(cast.idva), address("consents", case)
    assert "Nothing is recorded yet" in text_of(client.get(page))
    new, sent = address("consent_create", case), answers(party(case, cast.idva))
    assert client.post(new, sent).status_code == 302
    assert client.post(new, sent).status_code == 302
    with acting_as(cast.idva):
        first = ConsentRecord.objects.get()
    form = text_of(client.get(address("consent_withdraw", first)))
    assert "When was it withdrawn?" in form
    assert "What was answered?" not in form
    withdrawn = answers(version=1, reason="Invented words")
    del withdrawn["answer"]
    assert client.post(address("consent_withdraw", first), withdrawn).status_code == 302
    with django_assert_max_num_queries(12):
        found = text_of(client.get(page))
    assert found.index("Withdrawn") < found.index("What stood before") < found.index("asked and given")
    assert "Invented words" in found
    other = text_of(sign_in(cast.social_worker).get(page))
    assert "Invented words" in other


def test_bad_input_stands_beside_its_field_and_what_was_typed_stays(cast, case, sign_in):
    client, new = sign_in(cast.idva), address("consent_create", case)
    page = text_of(client.post(new, {}))
    for words in ("Who is it about?", "Answer “What for?”", "Answer “What was answered?”"):
        assert words in page
    sent = answers(party(case, cast.idva), answer="refused", goes_on="yes", necessity="Typed words")
    page = text_of(client.post(new, sent))
    assert "Select the lawful basis" in page
    assert "no more than is needed" in page
    assert "Select who decided it" in page
    assert "Typed words" in page
    sent |= {
        "lawful_basis": "vital_interests",
        "proportionality": "Measured words",
        "decided_by": cast.idva.pk,
    }
    assert client.post(new, sent).status_code == 302
    page = text_of(client.get(address("consents", case)))
    assert "Goes on without consent" in page
    assert "Measured words" in page
    assert "Vital interests" in page
    bad = text_of(client.post(new, answers(party(case, cast.idva), purpose="marac", reason="null\x00byte")))
    assert "There is a problem" in bad
    again = text_of(client.post(new, answers(party(case, cast.idva))))
    assert "Something is recorded for this already" in again


def test_a_stale_form_shows_both_and_then_saves(cast, case, sign_in):
    first = record(case, cast.idva)
    with acting_as(cast.social_worker):
        theirs = said(answer="refused", reason="Their words")
        change_consent(first.pk, said=theirs, version=1, submission=uuid.uuid4(), actor=cast.social_worker)
    client, url = sign_in(cast.idva), address("consent_change", first)
    page = text_of(client.post(url, answers(version=1, reason="My words")))
    assert "Their words" in page
    assert "My words" in page
    assert client.post(url, answers(version=2, reason="My words")).status_code == 302
    with acting_as(cast.idva):
        assert ConsentRecord.objects.order_by("-version").values_list("version", "reason").first() == (
            3,
            "My words",
        )


def test_the_page_takes_the_same_queries_for_one_record_and_for_many(
    cast, case, sign_in, django_assert_max_num_queries
):
    client, page = sign_in(cast.idva), address("consents", case)
    first = record(case, cast.idva)
    for purpose in ("marac", "school", "support"):
        record(case, cast.idva, without(cast.idva), purpose=purpose)
    with acting_as(cast.idva):
        for version in range(1, 4):
            change_consent(first.pk, said=said(), version=version, submission=uuid.uuid4(), actor=cast.idva)
    client.get(page)
    with django_assert_max_num_queries(12):
        assert text_of(client.get(page)).count("Contact with the GP") > 3


def test_what_is_due_stands_on_the_day_and_first_on_the_panel(cast, case, sign_in):
    begun(case, cast.idva_manager, cast.idva)
    made = record(case, cast.idva, said(review_on=timezone.localdate()))
    day = text_of(sign_in(cast.idva).get(reverse("casework:my_day")))
    assert "Look at consent again: Contact with the GP" in day
    assert address("consent_change", made) in day
    assert "Look at consent again" not in text_of(sign_in(cast.idva_manager).get(reverse("casework:my_day")))
    with acting_as(cast.idva):
        Headline.objects.filter(case=case).update(worker=cast.idva)


def test_the_panel_shows_what_stands_in_one_question(cast, case, django_assert_num_queries):
    record(case, cast.idva, said(review_on=timezone.localdate()))
    record(case, cast.idva, without(cast.idva), purpose="marac")
    with acting_as(cast.idva), django_assert_num_queries(1):
        panel = draw(consent_panels.consents_of_case, case, cast.idva)
    assert len(panel.context["table"].rows) == 2
    assert [action.text for action in panel.next_actions] == ["Look at consent again"]
    with acting_as(cast.commissioner):
        assert draw(consent_panels.consents_of_case, case, cast.commissioner) is None
    share(case, cast.marac_coordinator.agency, actor=cast.idva, purpose="marac")
    with acting_as(cast.marac_coordinator):
        reader = draw(consent_panels.consents_of_case, case, cast.marac_coordinator)
    assert reader.next_actions == []
    assert [words for words, _ in reader.links] == ["All of it"]


def test_what_is_typed_is_kept_as_a_draft(cast, case, sign_in):
    client, new = sign_in(cast.idva), address("consent_create", case)
    client.post(f"{reverse('cases:draft_save')}?for={new}", {"reason": "Half a sentence"})
    assert "Half a sentence" in text_of(client.get(new))


def test_a_review_to_come_is_on_no_day(cast, case, sign_in):
    begun(case, cast.idva_manager, cast.idva)
    record(case, cast.idva, said(review_on=timezone.localdate() + timedelta(days=30)))
    assert "Look at consent again" not in text_of(sign_in(cast.idva).get(reverse("casework:my_day")))

"""What is known of people: three ways of having no answer, relationships both ways, a concession's clock."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.case_panels import people
from dacase.cases.forms.facts import ChildFactsForm, EqualityForm, ImmigrationForm, NeedsForm
from dacase.cases.models import EqualityAnswers, ImmigrationStatus, Party, PartyNeeds, Relationship
from dacase.cases.panels import draw
from dacase.cases.rules.people import (
    NO_ANSWERS,
    concession_alerts,
    concession_ends_on,
    group_of,
    listed,
    relationship_kinds,
    rows,
)
from dacase.cases.selectors.facts import concession_alert, ties_of
from dacase.cases.services import facts as services
from dacase.cases.services.relationship import end_relationship, relate
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from tests.factories import make_case, share

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    return make_case(cast.idva)


@pytest.fixture
def parties(cast, case):
    with acting_as(cast.idva):
        return {party.role: party for party in Party.objects.filter(case=case).select_related("person")}


def saved(service, party, actor, version=0, **answers):
    with acting_as(actor):
        return service(party, version=version, actor=actor, **answers)


@pytest.mark.parametrize("kind", relationship_kinds().values(), ids=lambda kind: kind.code)
def test_the_inverse_of_an_inverse_is_itself(kind):
    inverse = relationship_kinds()[kind.inverse]
    assert inverse.inverse == kind.code
    assert kind.label


def test_the_lists_keep_the_three_no_answers_apart():
    for name in {row["list"] for row in rows("people_lists")}:
        codes = listed(name)
        assert list(codes)[-3:] == list(NO_ANSWERS)
        assert len(set(codes.values())) == len(codes)
    assert len([code for code in listed("ethnicity") if code not in NO_ANSWERS]) == 19
    assert {group_of("ethnicity", code) for code in listed("ethnicity")} == {
        "White", "Mixed or multiple", "Asian or Asian British", "Black or Black British", "Other", *NO_ANSWERS,
    }  # fmt: skip
    with pytest.raises(KeyError):
        listed("nothing")


@pytest.mark.parametrize("code", NO_ANSWERS)
def test_a_no_answer_stays_what_it_is_through_form_model_and_history(cast, parties, code):
    data = dict.fromkeys(EqualityForm.base_fields, code) | {"version": 0, "impairments": []}
    form = EqualityForm(data)
    assert form.is_valid(), form.errors
    answers = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    record = saved(services.save_equality, parties["victim"], cast.idva, **answers)
    with acting_as(cast.idva):
        for name in ("ethnicity", "gender_identity", "orientation", "disability", "religion"):
            assert getattr(EqualityAnswers.objects.get(pk=record.pk), name) == code
            assert getattr(record.history.get(), name) == code


def test_counting_keeps_no_answers_apart(cast):
    for code in (*NO_ANSWERS, "not_known"):
        case = make_case(cast.idva)
        with acting_as(cast.idva):
            victim = Party.objects.get(case=case, role="victim")
        saved(services.save_equality, victim, cast.idva, ethnicity=code)
    with acting_as(cast.idva):
        counted = Counter(EqualityAnswers.objects.values_list("ethnicity", flat=True))
    assert counted == {"not_asked": 1, "not_known": 2, "prefer_not_to_say": 1}


def test_everything_is_not_asked_at_first():
    for form, model in (
        (NeedsForm, PartyNeeds),
        (EqualityForm, EqualityAnswers),
        (ImmigrationForm, ImmigrationStatus),
    ):
        for name, field in form.base_fields.items():
            if hasattr(field, "choices") and name != "impairments":
                assert model._meta.get_field(name).default == "not_asked"
                assert "not_asked" in dict(field.choices), name
    assert "safeguarding" in ChildFactsForm.base_fields


def test_what_depends_on_an_answer_goes_with_it(cast, parties):
    due = timezone.localdate() + timedelta(days=90)
    needs = saved(services.save_needs, parties["victim"], cast.idva, pregnant="yes", due_on=due)
    assert needs.due_on == due
    needs = saved(services.save_needs, parties["victim"], cast.idva, version=1, pregnant="no", due_on=due)
    assert needs.due_on is None
    answers = saved(
        services.save_equality, parties["victim"], cast.idva, disability="lot", impairments=["vision"]
    )
    assert answers.impairments == ["vision"]
    answers = saved(
        services.save_equality,
        parties["victim"],
        cast.idva,
        version=1,
        disability="no",
        impairments=["vision"],
    )
    assert answers.impairments == []


def test_an_event_names_questions_and_no_answer(cast, parties):
    saved(services.save_needs, parties["victim"], cast.idva, language="polish", interpreter_note="Invented")
    with acting_as(cast.idva):
        (event,) = Event.objects.filter(verb="facts_changed")
    assert event.data == {"record": "partyneeds", "fields": ["language", "interpreter_note"]}


def test_who_saves_over_a_colleague_sees_both(cast, case, parties):
    share(case, cast.social_worker.agency, actor=cast.idva)
    saved(services.save_needs, parties["victim"], cast.social_worker, language="urdu")
    with pytest.raises(StaleVersion) as stale:
        saved(services.save_needs, parties["victim"], cast.idva, language="polish")
    assert stale.value.current["language"] == "urdu"
    with pytest.raises(ValidationError):
        saved(services.save_child_facts, parties["child"], cast.idva, version=4)


def test_only_a_child_has_the_facts_of_a_child(cast, parties):
    with pytest.raises(ValidationError):
        saved(services.save_child_facts, parties["victim"], cast.idva, education="primary")
    today = timezone.localdate()
    with pytest.raises(ValidationError):
        saved(
            services.save_child_facts, parties["child"], cast.idva,
            safeguarding_since=today, safeguarding_review_on=today - timedelta(days=1),
        )  # fmt: skip


def test_a_concession_lasts_three_months_and_warns_at_eight_and_ten_weeks():
    assert concession_ends_on(date(2026, 11, 30)) == date(2027, 2, 28)
    assert concession_ends_on(date(2026, 1, 15)) == date(2026, 4, 15)
    assert concession_alerts(date(2026, 1, 1)) == [date(2026, 2, 26), date(2026, 3, 12)]
    for row in rows("concession"):
        assert int(row["value"]) > 0
        assert (row["rule"], row["unit"]) in {("lasts", "months"), ("alert", "weeks")}
    with pytest.raises(ValueError, match="2024"):
        concession_ends_on(date(2024, 2, 15))


def test_a_concession_that_runs_out_is_the_next_action(cast, case, parties):
    granted = timezone.localdate() - timedelta(weeks=8)
    record = saved(services.save_immigration, parties["victim"], cast.idva, concession_granted_on=granted)
    assert record.concession_ends_on == concession_ends_on(granted)
    words = "Get immigration advice: the concession runs out"
    with acting_as(cast.idva):
        assert words in [action.text for action in draw(people, case, cast.idva).next_actions]
    share(case, cast.refuge_worker.agency, actor=cast.idva)
    with acting_as(cast.refuge_worker):
        panel = draw(people, case, cast.refuge_worker)
    assert words not in [action.text for action in panel.next_actions]


@pytest.mark.parametrize(
    ("weeks", "days", "said"),
    [
        (8, -1, None),
        (8, 0, "Get immigration advice: the concession runs out"),
        (10, -1, "Get immigration advice: the concession runs out"),
        (10, 0, "Get immigration advice now: the concession is about to run out"),
        (14, 0, "Get immigration advice: the concession has run out"),
    ],
)
def test_each_alert_of_a_concession_and_after_its_end(weeks, days, said):
    granted = date(2026, 1, 1)
    record = ImmigrationStatus(
        concession_granted_on=granted,
        concession_ends_on=concession_ends_on(granted),
        updated_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    alert = concession_alert(record, today=granted + timedelta(weeks=weeks, days=days))
    assert (alert and alert.words) == said
    record.updated_at = datetime(2026, 4, 3, tzinfo=UTC)  # somebody has looked since it ran out
    assert concession_alert(record, today=date(2026, 4, 10)) is None
    assert concession_alert(ImmigrationStatus(), today=granted) is None


def test_what_was_typed_of_days_and_advice_is_shown(cast, case, parties, sign_in):
    day = date(2026, 3, 4)
    saved(services.save_needs, parties["victim"], cast.idva, pregnant="yes", due_on=day)
    saved(
        services.save_child_facts, parties["child"], cast.idva,
        safeguarding="child_protection", safeguarding_since=day, safeguarding_review_on=date(2026, 6, 7),
    )  # fmt: skip
    saved(
        services.save_immigration, parties["victim"], cast.idva,
        status="partner_visa", leave_ends_on=date(2027, 8, 9), advice_note="Invented adviser, on Monday",
    )  # fmt: skip
    text = sign_in(cast.idva).get(reverse("cases:people", args=[case.pk])).content.decode()
    for words in (
        "Baby is due on 4 March 2026",
        "Child protection plan. Since 4 March 2026. Next review on 7 June 2026",
        "9 August 2027",
        "Invented adviser, on Monday",
    ):
        assert words in text


def test_immigration_is_for_roles_that_work_with_it(cast, case, parties, sign_in):
    saved(services.save_immigration, parties["victim"], cast.idva, status="asylum_seeker", no_recourse="yes")
    with pytest.raises(NotAllowed):
        saved(services.save_immigration, parties["victim"], cast.front_door_worker)
    share(case, cast.refuge_worker.agency, actor=cast.idva)
    with acting_as(cast.refuge_worker):
        assert not ImmigrationStatus.objects.visible_to(cast.refuge_worker).exists()
    page = reverse("cases:people", args=[case.pk])
    assert "Asylum seeker" not in sign_in(cast.refuge_worker).get(page).content.decode()
    assert "Asylum seeker" in sign_in(cast.idva).get(page).content.decode()


@pytest.mark.parametrize(
    ("granted", "ends"),
    [(None, 30), (-10, -20), (-1200, None)],
    ids=["no beginning", "backwards", "too early"],
)
def test_a_concession_that_cannot_be_is_refused(cast, parties, granted, ends):
    today = timezone.localdate()
    days = [None if days is None else today + timedelta(days=days) for days in (granted, ends)]
    with pytest.raises(ValidationError):
        saved(
            services.save_immigration, parties["victim"], cast.idva,
            concession_granted_on=days[0], concession_ends_on=days[1],
        )  # fmt: skip


def test_a_relationship_is_one_row_and_shows_both_ways(cast, case, parties):
    victim, perpetrator = parties["victim"], parties["perpetrator"]
    with acting_as(cast.idva):
        made = relate(perpetrator, kind="child", other=victim.pk, actor=cast.idva)  # child to parent
        assert relate(victim, kind="parent", other=perpetrator.pk, actor=cast.idva) == made
        ties = Relationship.objects.select_related("party", "other")
        assert [tie.words for tie in ties_of(victim.pk, ties)] == ["Parent of"]
        assert [tie.words for tie in ties_of(perpetrator.pk, ties)] == ["Child of"]
        assert end_relationship(made.pk, actor=cast.idva) == end_relationship(made.pk, actor=cast.idva)
        assert relate(victim, kind="parent", other=perpetrator.pk, actor=cast.idva) != made


def test_a_relationship_with_somebody_else_or_oneself_is_refused(cast, parties):
    elsewhere = make_case(cast.outsider)
    with acting_as(cast.outsider):
        stranger = Party.objects.get(case=elsewhere, role="child")
    with acting_as(cast.idva):
        for kind, other in (
            ("parent", stranger),
            ("parent", parties["victim"]),
            ("nothing", parties["child"]),
        ):
            with pytest.raises(ValidationError):
                relate(parties["victim"], kind=kind, other=other.pk, actor=cast.idva)


def test_the_pages(cast, case, parties, sign_in, django_assert_max_num_queries):
    client, victim = sign_in(cast.idva), parties["victim"]
    page = reverse("cases:people", args=[case.pk])
    assert "Not asked yet: language and needs, equality monitoring" in client.get(page).content.decode()
    answers = {
        "language": "polish", "interpreter": "yes", "interpreter_note": "A woman", "pregnant": "not_known",
        "pets": "prefer_not_to_say", "caring": "not_asked", "version": 0,
    }  # fmt: skip
    url = reverse("cases:needs_edit", args=[victim.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, answers).status_code == 302
    client.post(
        reverse("cases:relationship_create", args=[victim.pk]),
        {"kind": "parent", "other": parties["child"].pk},
    )
    with django_assert_max_num_queries(16):
        text = client.get(page).content.decode()
    for words in (
        "Interpreter: Polish",
        "A woman",
        "Not known",
        "Prefer not to say",
        "Parent of",
        "Child of",
    ):
        assert words in text
    assert client.get(reverse("cases:child_facts_edit", args=[victim.pk])).status_code == 404
    for name, party in (
        ("child_facts_edit", "child"),
        ("immigration_edit", "victim"),
        ("equality_edit", "child"),
    ):
        assert client.get(reverse(f"cases:{name}", args=[parties[party].pk])).status_code == 200


def test_bad_answers_are_said_beside_the_field_and_stay(cast, parties, sign_in):
    client = sign_in(cast.idva)
    url = reverse("cases:needs_edit", args=[parties["victim"].pk])
    text = client.post(
        url, {"language": "klingon", "interpreter_note": "x" * 301, "version": 0}
    ).content.decode()
    assert "There is a problem" in text
    assert "x" * 301 in text
    with acting_as(cast.idva):
        assert not PartyNeeds.objects.exists()

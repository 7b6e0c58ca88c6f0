"""What a form of the house draws, and what it says."""

import re
import uuid
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template import Context, Template

from dacase.ui.fields import PhoneField, TimeField
from dacase.ui.stale import StaleVersion
from tests.ui.gallery.forms import CaseFilter, EveryField, PlanForm, SmallForm

IDS = re.compile(r'\bid="([^"]+)"')
LINKS = re.compile(r'href="#([^"]+)"')
DESCRIBED = re.compile(r'aria-describedby="([^"]+)"')


def summary(*forms):
    text = Template("{% load ui %}{% error_summary one two %}")
    return text.render(Context({"one": forms[0], "two": forms[1] if len(forms) > 1 else None}))


def plan(**changes):
    typed = {
        "version": "3",
        "place": "Library",
        "review_day": "1",
        "review_month": "12",
        "review_year": "2026",
        "alone": "no",
    }
    return PlanForm(typed | changes)


def test_every_error_link_lands_on_one_control():
    form = EveryField({"way": "carrier pigeon", "born_day": "x", "born_month": "2", "born_year": "1990"})
    drawn = str(form)
    ids, links = IDS.findall(drawn), LINKS.findall(summary(form))

    assert links == [
        "id_way_0",
        "id_alone_0",
        "id_when_0",
        "id_name",
        "id_born_day",
        "id_area",
        "id_notes",
        "id_agree",
    ]
    for link in links:
        assert ids.count(link) == 1
        assert re.search(rf'<(input|select|textarea)[^>]*\bid="{link}"', drawn)


def test_no_id_is_drawn_twice_and_every_description_exists():
    drawn = str(EveryField({}))
    ids = IDS.findall(drawn)

    assert len(ids) == len(set(ids))
    assert {part for found in DESCRIBED.findall(drawn) for part in found.split()} <= set(ids)


@pytest.mark.parametrize(
    ("typed", "target"),
    [(("31", "2", "1990"), "id_born_day"), (("1", "13", "1990"), "id_born_month"), (("1", "", "1990"), "id_born_month"),
     (("1", "2", "90"), "id_born_year"), (("", "", ""), "id_born_day")],
)  # fmt: skip
def test_a_date_error_leads_to_the_box_that_is_wrong(typed, target):
    form = EveryField(dict(zip(("born_day", "born_month", "born_year"), typed, strict=True)))

    assert target in LINKS.findall(summary(form))
    assert re.search(rf'govuk-input--error" id="{target}"', str(form["born"].as_field_group()))


def test_summary_covers_several_forms_and_says_nothing_of_unsent_ones():
    assert "There is a problem" not in summary(SmallForm(), SmallForm())
    both = summary(SmallForm({}), SmallForm({"name": "x", "share": "1234"}))
    assert "Enter full name" in both
    assert "Share in % must be 3 characters or fewer" in both


def test_errors_say_what_to_do():
    errors = EveryField({"name": "x" * 101, "email": "nobody", "number": "call me", "way": "pigeon"}).errors

    assert errors["name"] == ["Full name must be 100 characters or fewer"]
    assert errors["email"] == ["Enter an email address in the correct format, like name@example.org"]
    assert errors["way"] == ["Safest way to make contact: select one of the answers"]
    assert errors["alone"] == ["Answer “Is it safe to leave a message?”"]
    assert errors["when"] == ["Select times that are safe"]
    assert errors["agree"] == ["Confirm that she or he knows"]
    assert errors["submission"] == ["Part of this page was missing. Send it again"]


def test_null_bytes_and_a_megabyte_are_refused_in_words():
    form = SmallForm({"name": "A\x00B", "share": "5" * 1_000_000})

    assert form.errors["name"] == ["Full name has a character that cannot be stored. Type it again"]
    assert form.errors["share"] == ["Share in % must be 3 characters or fewer"]


def test_control_characters_go_and_line_breaks_count_once():
    form = EveryField({"name": "Wren\x0b Testcase\x1f", "notes": "a\r\nb"})
    form.is_valid()

    assert form.cleaned_data["name"] == "Wren Testcase"
    assert form.cleaned_data["notes"] == "a\nb"


def test_sections_hold_each_field_once_and_revealed_fields_stand_with_their_choice():
    form = EveryField()
    sections = form.drawn_sections()

    assert [section.title for section in sections] == ["Contacting safely", "The person", "What happened"]
    assert [field.name for field in sections[0].fields] == ["way", "alone", "when"]
    drawn = str(form)
    assert drawn.count('name="number"') == 1
    assert drawn.index('id="id_way_0_more"') < drawn.index('name="number"') < drawn.index('id="id_way_1"')


def test_labels_say_what_is_optional():
    drawn = str(EveryField())

    assert len(re.findall(r"\(optional\)", drawn)) == 4  # number, email, time, letter
    assert "(optional)" not in str(CaseFilter())


@pytest.mark.parametrize("number", ["07700 900123", "+44 (0)20 7946 0018", "01632 960001 ext. 12"])
def test_phone_numbers_as_people_write_them(number):
    assert PhoneField().clean(number) == number


@pytest.mark.parametrize("number", ["call me", "12345", "0" * 30, "07700 900123; ring twice"])
def test_what_is_no_phone_number(number):
    with pytest.raises(ValidationError):
        PhoneField().clean(number)


@pytest.mark.parametrize(
    ("typed", "hour"), [("9am", (9, 0)), ("12am", (0, 0)), ("12:30pm", (12, 30)), ("14.05", (14, 5))]
)
def test_times(typed, hour):
    found = TimeField().clean(typed)
    assert (found.hour, found.minute) == hour


@pytest.mark.parametrize("typed", ["25:00", "13pm", "9", "noon", "9:60", "٩:30"])
def test_what_is_no_time(typed):
    with pytest.raises(ValidationError):
        TimeField().clean(typed)


def test_yes_no_gives_true_false_none():
    for typed, meant in (("yes", True), ("no", False), ("", None)):
        form = plan(alone=typed)
        assert form.is_valid(), form.errors
        assert form.cleaned_data["alone"] is meant
    assert 'value="yes" id="id_alone_0" checked' in str(PlanForm(initial={"alone": True}))
    assert 'value="no" id="id_alone_1" checked' in str(PlanForm(initial={"alone": False}))


def test_a_refusal_of_the_service_becomes_errors_of_the_form():
    def refuse():
        raise ValidationError(
            {"place": ["That place is closed"], "unknown": ["Somebody else holds this unit"]}
        )

    form = plan()
    assert form.is_valid()
    assert form.attempt(refuse) is False
    assert form.errors["place"] == ["That place is closed"]
    assert form.non_field_errors() == ["Somebody else holds this unit"]
    done = plan()
    assert done.is_valid()
    assert done.attempt(lambda: 42)
    assert done.result == 42


def test_two_people_see_both_versions_and_the_second_submit_carries_the_new_one():
    def act():
        current = {"place": "Hall", "review": date(2026, 12, 1), "alone": True}
        raise StaleVersion(
            current=current, version=4, saved_by="Juniper Sample", saved_at=datetime(2026, 11, 20, tzinfo=UTC)
        )

    form = plan()
    assert form.is_valid()
    assert form.attempt(act) is False
    drawn = str(form)

    assert [(row.label, row.theirs, row.yours) for row in form.theirs.rows] == [
        ("Meeting place", "Hall", "Library"),
        ("Safe to leave a message", "Yes", "No"),
    ]
    assert 'name="version" value="4"' in drawn
    assert 'value="Library"' in drawn
    assert LINKS.findall(summary(form)) == ["theirs"]
    assert 'id="theirs"' in drawn
    assert "Juniper Sample saved this on 20 November 2026" in drawn


def test_submit_once_keeps_its_number_while_errors_are_mended():
    first = re.search(r'name="submission" value="([^"]+)"', str(EveryField()))[1]
    assert uuid.UUID(first)
    assert f'value="{first}"' in str(EveryField({"submission": first}))
    lost = QueryDict("name=Wren")
    form = EveryField(lost)
    assert "submission" in form.errors
    assert uuid.UUID(form.data["submission"])


def test_a_filter_that_makes_no_sense_filters_nothing():
    assert CaseFilter(None).chosen() == {}
    odd = CaseFilter(
        {
            "band": ["high", "purple"],
            "area": "nowhere",
            "opened_day": "40",
            "opened_month": "",
            "opened_year": "x",
        }
    )
    assert odd.chosen() == {}
    good = QueryDict("band=high&area=east&opened_day=1&opened_month=dec&opened_year=2025")
    assert CaseFilter(good).chosen() == {"band": ["high"], "area": "east", "opened": date(2025, 12, 1)}


def test_what_was_typed_is_escaped():
    form = EveryField({"name": '"><script>alert(1)</script>', "born_day": '"><b>', "way": "<i>"})
    assert "<script>" not in str(form) + summary(form)
    assert "<b>" not in str(form)

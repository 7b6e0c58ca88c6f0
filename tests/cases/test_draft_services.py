"""Drafts: kept for their own user and agency only, without secrets, and restored into every widget."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.forms import formset_factory
from django.test import RequestFactory

from dacase.cases.choices import PartyRole
from dacase.cases.forms.draft import FormDraft
from dacase.cases.models import Draft
from dacase.cases.selectors.draft import draft_for
from dacase.cases.services.draft import LARGEST_BYTES, discard_draft, save_draft
from dacase.ui.forms import (
    CheckboxesField,
    ConfirmField,
    DateField,
    Form,
    LongTextField,
    RadioField,
    YesNoField,
)
from dacase.walls.context import acting_as

PATH = "/drafts/save/"


class EveryWidget(Form):
    name = LongTextField(label="Name", max_length=10)
    role = RadioField(label="Role", choices=PartyRole)
    roles = CheckboxesField(label="Roles", choices=PartyRole)
    born = DateField(label="Date of birth", not_future=True)
    agreed = YesNoField(label="Agreed?")
    sure = ConfirmField(label="Sure", must="Say that you are sure")


EveryRow = formset_factory(EveryWidget, extra=1)


def request_of(membership, method="get", data=None):
    request = getattr(RequestFactory(), method)(PATH, data or {})
    request.membership = membership
    return request


def test_a_draft_is_kept_once_for_a_form_and_forgotten(cast):
    with acting_as(cast.idva):
        save_draft(cast.idva, path=PATH, data={"name": ["first"]})
        save_draft(cast.idva, path=PATH, data={"name": ["second"]})
        assert draft_for(cast.idva, PATH).data == {"name": ["second"]}
        assert Draft.objects.count() == 1
        assert discard_draft(cast.idva, path=PATH)
        assert not discard_draft(cast.idva, path=PATH)
        assert not draft_for(cast.idva, PATH).data


def test_a_draft_is_seen_by_its_user_alone(cast):
    with acting_as(cast.idva):
        save_draft(cast.idva, path=PATH, data={"name": ["mine"]})
    with acting_as(cast.idva_manager):
        assert not Draft.objects.kept().exists()
        assert not draft_for(cast.idva_manager, PATH).data
        assert not discard_draft(cast.idva_manager, path=PATH)


def test_secrets_and_odd_names_are_not_kept(cast):
    posted = {
        "csrfmiddlewaretoken": ["x"], "password": ["x"], "new_password1": ["x"], "code": ["123456"],
        "__proto__": ["x"], "a b": ["x"], "x" * 101: ["x"], "": ["x"], "form-0-name": ["kept"],
    }  # fmt: skip
    with acting_as(cast.idva):
        assert save_draft(cast.idva, path=PATH, data=posted).data == {"form-0-name": ["kept"]}


def test_what_the_database_cannot_hold_is_left_out(cast):
    with acting_as(cast.idva):
        assert save_draft(cast.idva, path=PATH, data={"name": ["a\x00b\ud800c"]}).data == {"name": ["abc"]}


def test_too_much_is_refused_and_the_former_draft_stays(cast):
    with acting_as(cast.idva):
        save_draft(cast.idva, path=PATH, data={"name": ["short"]})
        for much in ({"name": ["x" * LARGEST_BYTES]}, {f"field{n}": [""] for n in range(601)}):
            with pytest.raises(ValidationError):
                save_draft(cast.idva, path=PATH, data=much)
        assert draft_for(cast.idva, PATH).data == {"name": ["short"]}


def typed(prefix=""):
    return {
        f"{prefix}name": ["Longer than ten"],
        f"{prefix}role": ["child"],
        f"{prefix}roles": ["child", "victim"],
        f"{prefix}born_day": ["31"],
        f"{prefix}born_month": ["2"],
        f"{prefix}born_year": [""],
        f"{prefix}agreed": ["no"],
        f"{prefix}sure": ["on"],
    }


def assert_restored(form):
    assert form["name"].value() == "Longer than ten"
    assert form["roles"].value() == ["child", "victim"]
    assert [part["value"] for part in form["born"].parts] == ["31", "2", ""]
    html = str(form)
    assert 'value="child" ' in html
    assert html.count("checked") == 5  # one role, two of the boxes, “No”, and “Sure”
    assert "Longer than ten" in html
    assert "govuk-error" not in html


def test_a_restored_form_shows_everything_typed_and_no_error(cast):
    with acting_as(cast.idva):
        save_draft(cast.idva, path=PATH, data=typed())
        draft = FormDraft(request_of(cast.idva))
        assert_restored(draft.bind(EveryWidget, initial={"name": "Saved"}))
        assert draft.context["draft"]["saved_at"] == draft_for(cast.idva, PATH).saved_at
        assert draft.context["draft_url"] == "/drafts/save/?for=%2Fdrafts%2Fsave%2F&round=0"


def test_the_rows_of_a_formset_come_back(cast):
    rows = {"rows-TOTAL_FORMS": ["2"], "rows-INITIAL_FORMS": ["0"], **typed("rows-0-"), **typed("rows-1-")}
    with acting_as(cast.idva):
        save_draft(cast.idva, path=PATH, data=rows)
        formset = FormDraft(request_of(cast.idva)).bind(EveryRow, prefix="rows")
    assert len(formset.forms) == 2
    for form in formset:
        assert_restored(form)
    assert formset.total_error_count() == 0


def test_a_draft_of_a_page_that_has_changed_starts_the_formset_anew(cast):
    with acting_as(cast.idva):
        save_draft(cast.idva, path=PATH, data={"name": ["x"]})
        formset = FormDraft(request_of(cast.idva)).bind(EveryRow, prefix="rows")
    assert not formset.is_bound
    assert len(formset.forms) == 1


def test_without_a_draft_the_form_is_as_it_was_made(cast):
    with acting_as(cast.idva):
        draft = FormDraft(request_of(cast.idva))
        form = draft.bind(EveryWidget, initial={"name": "Saved"})
    assert not form.is_bound
    assert form["name"].value() == "Saved"
    assert "draft" not in draft.context


def test_a_sent_form_is_checked_and_takes_nothing_from_the_draft(cast):
    with acting_as(cast.idva):
        save_draft(cast.idva, path=PATH, data=typed())
        draft = FormDraft(request_of(cast.idva, "post", {"name": "New"}))
        form = draft.bind(EveryWidget)
        assert draft.sent
        assert not form.is_valid()
        assert form["name"].value() == "New"
        draft.discard()
        assert not draft_for(cast.idva, PATH).data


def test_nothing_is_kept_without_a_context(cast):
    with pytest.raises(Exception, match="row-level security"):
        save_draft(cast.idva, path=PATH, data={"name": ["x"]})
    connection.set_rollback(True)

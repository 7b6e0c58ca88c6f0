from typing import Any

from django import forms
from django.forms import formset_factory
from django.forms.utils import ErrorDict

from dacase.agencies.models import Agency
from dacase.ui.forms import (
    CheckboxesField,
    DateField,
    Form,
    LongTextField,
    Look,
    RadioField,
    SelectField,
    SubmitOnceForm,
    TextField,
    VersionedForm,
)
from marac.models import ActionPoint
from marac.selectors.hearing import Invitee
from marac.services.hearing_record import ActionDraft

MOST_ACTIONS = 40
BLANK_ROWS = 2


class InvitationsForm(Form):
    """Which agencies read the papers of a hearing. Barred agencies are not offered."""

    agencies = CheckboxesField(
        label="Agencies invited to this hearing",
        choices=[],
        required=False,
        help_text="They read this hearing’s papers until the meeting is closed, and nothing else of the case.",
    )

    looks = {"agencies": Look(small=True)}
    mark_optional = False

    def __init__(self, *args: Any, invitees: list[Invitee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.possible = {str(one.agency.pk): one.agency for one in invitees if not one.is_barred}
        self.fields["agencies"].choices = [  # type: ignore[attr-defined]
            (str(one.agency.pk), _words(one)) for one in invitees if not one.is_barred
        ]

    def clean_agencies(self) -> list[Agency]:
        return [self.possible[key] for key in self.cleaned_data["agencies"]]


def _words(invitee: Invitee) -> str:
    extra = " (not a core agency)" if not invitee.is_core else ""
    extra += " – somebody there is barred and will see nothing" if invitee.some_barred else ""
    return f"{invitee.agency.name}{extra}"


class TakeOffForm(Form):
    """Take a hearing off the agenda."""

    what = RadioField(
        label="What happens to this case?",
        choices=[
            ("defer", "It is deferred, and waits for another meeting"),
            ("withdraw", "It is withdrawn from MARAC"),
        ],
    )
    reason = LongTextField(label="Reason", max_length=500, rows=3)


class RecordForm(SubmitOnceForm, VersionedForm):
    """What the meeting decided about a case."""

    outcome = LongTextField(
        label="Outcome",
        help_text="What was agreed and why. Every agency invited to this hearing reads it. "
        "Do not write where anybody lives.",
        max_length=5000,
        rows=6,
    )

    looks = {"outcome": Look(count=True)}


class ActionForm(Form):
    """One action point: a new one, or one that is still open."""

    action_point = forms.UUIDField(required=False, widget=forms.HiddenInput)
    task = TextField(label="Task", max_length=500)
    owner = SelectField(label="Agency that does it", choices=[])
    due_on = DateField(label="Due by")
    take_off = forms.BooleanField(label="Take this action point off", required=False)

    mark_optional = False

    def __init__(self, *args: Any, owners: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {str(agency.pk): agency for agency in owners}
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *((key, agency.name) for key, agency in self.owners.items()),
        ]

    def clean_owner(self) -> Agency:
        return self.owners[self.cleaned_data["owner"]]

    def draft(self) -> ActionDraft | None:
        """The action point that was typed; None for a row left empty.

        Which one a row changes is in the row itself: the list may have changed since the page was drawn.
        """
        typed = self.cleaned_data
        if not typed.get("action_point") and not self.has_changed():
            return None
        return ActionDraft(
            task=typed["task"],
            owner=typed["owner"],
            due_on=typed["due_on"],
            action_point=typed["action_point"],
            is_taken_off=bool(typed["action_point"]) and typed["take_off"],
        )


ActionFormSet = formset_factory(
    ActionForm, extra=BLANK_ROWS, max_num=MOST_ACTIONS, absolute_max=MOST_ACTIONS + 10
)


def action_initial(points: list[ActionPoint]) -> list[dict[str, Any]]:
    """What the rows of open action points start with."""
    return [
        {
            "action_point": point.pk,
            "task": point.task,
            "owner": str(point.owner_agency_id),
            "due_on": point.due_on,
        }
        for point in points
    ]


def with_one_more(data: Any, prefix: str) -> Any:
    """The posted data with one more empty row."""
    data = data.copy()
    name = f"{prefix}-TOTAL_FORMS"
    total = data.get(name, "")
    data[name] = str(
        min(int(total) + 1 if total.isdecimal() and len(total) < 4 else BLANK_ROWS, MOST_ACTIONS)
    )
    return data


def hold_errors(form: Form) -> Form:
    """The bound form as if nobody had pressed its button yet."""
    form._errors = ErrorDict()  # type: ignore[attr-defined]
    return form

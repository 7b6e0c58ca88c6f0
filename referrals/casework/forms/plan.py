"""Forms of safety and support plans, of their actions and of their paper."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from dacase.agencies.models import Membership
from dacase.ui.forms import (
    ConfirmField,
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
from referrals.casework.choices import ActionOwner, ActionState
from referrals.casework.rules.plan import headings
from referrals.casework.services.plan_action import Step

SETTLED = [(one.value, one.label) for one in ActionState if one != ActionState.TO_DO]
LEFT_OUT = "Leave out where anybody lives, works or goes to school: this may be printed."


class _PlanFields(Form):
    wishes = LongTextField(
        label="What do they wish for?",
        help_text=f"In their own words. {LEFT_OUT}",
        max_length=5_000,
        rows=8,
        required=False,
    )
    review_on = DateField(label="When do you look at the plan again?")


class PlanForm(_PlanFields, SubmitOnceForm):
    pass


class ChangePlanForm(_PlanFields, VersionedForm):
    pass


class SharePlanForm(Form):
    reason = TextField(
        label="Why do other agencies need to read it?", max_length=500, help_text="It is kept with the plan."
    )


class _StepFields(Form):
    heading = SelectField(label="Heading", choices=(), blank="Select a heading")
    need = LongTextField(
        label="Which risk or need does it answer?",
        help_text="In your own words, or theirs. It is never printed.",
        max_length=2_000,
        rows=3,
    )
    text = LongTextField(label="What is done?", help_text=LEFT_OUT, max_length=2_000, rows=3)
    owner = RadioField(label="Who does it?", choices=ActionOwner)
    worker = SelectField(label="Which colleague?", choices=(), blank="Select a colleague", required=False)
    other_agency = TextField(label="Name of the agency", required=False)
    due_on = DateField(label="By when?")

    mark_optional = False  # who does it decides which of the two that it reveals is needed
    looks = {
        "owner": Look(reveals={ActionOwner.WORKER: ("worker",), ActionOwner.OTHER: ("other_agency",)}),
    }

    def __init__(self, *args: Any, colleagues: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(one.code, one.title) for one in headings().values()]
        people = [(str(one.pk), one.user.name) for one in colleagues]
        self.fields["heading"].choices = [("", "Select a heading"), *titles]  # type: ignore[attr-defined]
        self.fields["worker"].choices = [("", "Select a colleague"), *people]  # type: ignore[attr-defined]

    def step(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        kept = {name: data.pop(name) for name in ("version", "submission") if name in data}
        return kept | {"step": Step(**data | {"worker": UUID(data["worker"]) if data["worker"] else None})}


class ActionForm(_StepFields, SubmitOnceForm):
    pass


class ChangeActionForm(_StepFields, VersionedForm):
    pass


class SettleActionForm(VersionedForm):
    state = RadioField(label="What became of it?", choices=SETTLED)
    reason = TextField(label="If it is not done, why?", max_length=500, required=False)


class PrintPlanForm(SubmitOnceForm):
    is_safe_to_give = ConfirmField(
        label="I have made sure with them that they can take this paper and keep it without danger",
        must="Confirm that they can keep it without danger, or do not print it",
    )

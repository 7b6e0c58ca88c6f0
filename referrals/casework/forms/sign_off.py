"""Forms of asking a manager to stand behind a judgement or a plan, and of her answer."""

from typing import Any

from django.forms import CharField, HiddenInput

from dacase.ui.forms import LongTextField, RadioField, SubmitOnceForm, VersionedForm
from referrals.casework.rules.sign_off import PlanAsRead
from referrals.casework.services.sign_off import CHANGED

YES, NO = "yes", "no"


class AskForm(SubmitOnceForm):
    words = LongTextField(
        label="What should the manager look at?",
        max_length=1_000,
        rows=4,
        required=False,
        help_text="Leave out where anybody lives",
    )


class AnswerSignOffForm(VersionedForm):
    """Give the page's plan as `plan`, None for a judgement: who has read an older one reads it again first."""

    plan_read = CharField(widget=HiddenInput, required=False)
    decision = RadioField(
        label="Do you stand behind it?",
        choices=[(YES, "Yes, sign it off"), (NO, "Not yet, send it back")],
    )
    answer = LongTextField(
        label="In your own words",
        max_length=4_000,
        rows=5,
        required=False,
        help_text="Needed where you send it back: say what needs to be looked at again",
    )

    # Words are needed for one of the two answers, and their help says so.
    mark_optional = False

    def __init__(self, *args: Any, plan: PlanAsRead | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan_now = plan.digest if plan else ""
        self.fields["plan_read"].initial = self.plan_now

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("plan_read") != self.plan_now:
            self.retype("plan_read", self.plan_now)
            self.add_error(None, CHANGED)
        return data

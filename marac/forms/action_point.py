from dacase.ui.forms import FilterForm, LongTextField, Look, RadioField, VersionedForm
from marac.choices import ActionState
from marac.selectors.action_point import FILTERS


class ReportForm(VersionedForm):
    """Report on an action point of one's own agency."""

    state = RadioField(
        label="Is it done?",
        choices=[
            (ActionState.DONE.value, "Yes, it is done"),
            (ActionState.NOT_POSSIBLE.value, "It is not possible"),
        ],
    )
    outcome = LongTextField(
        label="What was done, or why it is not possible",
        help_text="Needed when it is not possible. Do not write where anybody lives.",
        required=False,
        max_length=1000,
        rows=4,
    )

    looks = {"outcome": Look(count=True)}

    def clean(self) -> None:
        if self.cleaned_data.get("state") == ActionState.NOT_POSSIBLE and not self.cleaned_data.get(
            "outcome"
        ):
            self.add_error("outcome", "Say why it is not possible")


class ActionPointFilter(FilterForm):
    state = RadioField(label="State", choices=[*FILTERS, ("all", "All")])
    whose = RadioField(
        label="Owned by", choices=[("own", "My agency"), ("all", "All agencies at hearings I can see")]
    )

    looks = {"state": Look(small=True), "whose": Look(small=True)}

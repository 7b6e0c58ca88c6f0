from typing import cast

from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.ui.forms import SelectField, SubmitOnceForm
from reporting.models import Return
from reporting.periods import recent_quarters
from reporting.services import request_return

# Ten years: as far back as a partnership is likely to have brought records along.
QUARTERS_OFFERED = 41


class RequestReturnForm(SubmitOnceForm):
    """Which quarter to count."""

    period = SelectField(
        label="Which quarter?",
        choices=[],
        help_text="Quarter 1 is April to June. A quarter that has not finished is counted as far as it has come.",
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        quarters = recent_quarters(QUARTERS_OFFERED, today)
        field = cast("SelectField", self.fields["period"])
        field.choices = [
            (
                quarter.code,
                f"{quarter.title} ({quarter.code}{'' if quarter.is_finished(today) else ', not finished'})",
            )
            for quarter in quarters
        ]
        field.initial = quarters[1].code

    def save(self, *, actor: Membership) -> Return:
        """Ask for the return."""
        return request_return(
            kind="quarterly",
            period=self.cleaned_data["period"],
            submission=self.cleaned_data["submission"],
            actor=actor,
        )

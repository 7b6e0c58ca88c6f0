"""The form of one contact, or one try."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from dacase.cases.choices import ContactMethod
from dacase.ui.forms import (
    CheckboxesField,
    DateField,
    Form,
    LongTextField,
    Look,
    RadioField,
    SubmitOnceForm,
    TimeField,
)
from referrals.casework.choices import Direction, WasSafe, WithWhom
from referrals.casework.rules.contact import outcomes
from referrals.casework.services.contact import Contact

YES = "yes"
AFTERWARDS = (
    "Choose another time of day than last time if you can. Once you have spoken you may leave it empty: "
    "it then comes back on your day by itself."
)


class AttemptForm(SubmitOnceForm):
    direction = RadioField(label="Who made contact?", choices=Direction)
    method = RadioField(label="How?", choices=ContactMethod)
    was_agreed = CheckboxesField(
        label="Was this way agreed?",
        choices=[(YES, "They asked for this, or agreed to it, beforehand")],
        required=False,
        help_text="For a visit, and for contact through somebody else",
    )
    outcome = RadioField(label="What came of it?", choices=())
    with_whom = RadioField(label="With whom?", choices=WithWhom)
    was_safe = RadioField(label="Did it go without danger?", choices=WasSafe)
    made_on = DateField(label="Day", not_future=True)
    made_time = TimeField(label="Time")
    next_on = DateField(label="Day of the next try or contact", required=False, not_past=True)
    next_time = TimeField(label="Time of the next try or contact", required=False)
    note = LongTextField(
        label="Note",
        max_length=1_000,
        rows=3,
        required=False,
        help_text="Seen by your agency alone. Leave out where anybody lives",
    )
    against_plan = CheckboxesField(
        label="Against the safe-contact plan",
        choices=[(YES, "This happened although the plan does not allow it")],
        required=False,
        help_text="It is recorded, and a manager is told so that they can help",
    )

    sections = [
        ("What happened", "", ["direction", "method", "was_agreed", "outcome", "with_whom", "was_safe"]),
        ("When", "", ["made_on", "made_time"]),
        (
            "What comes next",
            AFTERWARDS,
            ["next_on", "next_time"],
        ),
        ("More", "", ["note", "against_plan"]),
    ]
    looks = {"made_time": Look(width=10), "next_time": Look(width=10)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [(one.code, one.label) for one in outcomes().values()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.cleaned_data.get("next_on") and not self.cleaned_data.get("next_time"):
            self.add_error("next_time", "Enter a time for the next try")
        return data

    def contact(self) -> Contact:
        """The cleaned answers as the service takes them."""
        data = self.cleaned_data
        return Contact(
            direction=data["direction"],
            method=data["method"],
            outcome=data["outcome"],
            with_whom=data["with_whom"],
            was_safe=data["was_safe"],
            was_agreed=YES in data["was_agreed"],
            made_at=_moment(data["made_on"], data["made_time"]),
            next_try_at=_moment(data["next_on"], data["next_time"]) if data["next_on"] else None,
            note=data["note"],
            against_plan=YES in data["against_plan"],
        )


class ShowForm(Form):
    """Which way one is about to use: the page then shows the number, logged."""

    method = RadioField(
        label="How do you want to make contact?",
        choices=[
            (method.value, method.label)
            for method in ContactMethod
            if method not in (ContactMethod.VISIT, ContactMethod.THIRD_PARTY)
        ],
    )

    looks = {"method": Look(inline=True, small=True)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The page holds a second form with a question of this name.
        super().__init__(*args, auto_id="show_%s", **kwargs)


def _moment(day: Any, clock: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))

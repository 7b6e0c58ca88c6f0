"""The form of a severity grid: three questions for each type of abuse, as radio groups on one page."""

from typing import Any

from django.db.models import TextChoices
from django.utils import timezone

from dacase.ui.forms import DateField, LongTextField, Look, RadioField, SubmitOnceForm, plain_words
from referrals.casework.choices import FrequencyChange, Severity, SeverityChange, Stage
from referrals.casework.rules.severity import types
from referrals.casework.services.severity import Rating

# The questions on each type, with their answers.
ASKED: dict[str, type[TextChoices]] = {
    "severity": Severity,
    "severity_change": SeverityChange,
    "frequency_change": FrequencyChange,
}


class SeverityForm(SubmitOnceForm):
    stage = RadioField(label="When in the support is this?", choices=Stage)
    assessed_on = DateField(label="Date of the conversation", not_future=True)
    note = LongTextField(
        label="Note", max_length=5_000, rows=4, required=False, help_text="Leave out where anybody lives."
    )

    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessed_on"].initial = timezone.localdate
        self.looks: dict[str, Look] = {"stage": Look(small=True), "note": Look(count=True)}  # type: ignore[misc]
        self.types = types(timezone.localdate())
        self.sections = [("About this record", "", ["stage", "assessed_on"])]  # type: ignore[misc]
        for code, one in self.types.items():
            self._ask(code, one.label.lower())
            self.sections.append((one.label, f"{one.hint}.", [f"{code}_{name}" for name in ASKED]))
        self.sections.append(("Anything else", "", ["note"]))
        plain_words(self.fields)

    def _ask(self, code: str, words: str) -> None:
        """The three questions on one type. They name it, so that each error says what it is about."""
        labels = (
            f"How severe is the {words} now?",
            f"Has the {words} become more or less severe?",
            f"Does the {words} happen more or less often?",
        )
        for (name, choices), label in zip(ASKED.items(), labels, strict=True):
            field = RadioField(label=label, choices=choices, required=name == "severity")
            field.error_messages["required"] = f"Say how severe it is: {words}. “Not asked” is an answer"
            field.label_suffix = ""
            self.fields[f"{code}_{name}"] = field
            self.looks[f"{code}_{name}"] = Look(small=True, inline=True)

    def ratings(self) -> dict[str, Rating]:
        """What the service takes."""
        return {code: Rating(*(self.cleaned_data[f"{code}_{name}"] for name in ASKED)) for code in self.types}

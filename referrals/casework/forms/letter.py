"""Forms of letters and e-mails."""

from collections.abc import Iterable
from typing import Any

from dacase.agencies.models import Membership
from dacase.ui.forms import Form as PlainForm
from dacase.ui.forms import Look, RadioField, SelectField, SubmitOnceForm, YesNoField
from referrals.casework.choices import LetterWay
from referrals.casework.rules.letter import PROFESSIONAL, VICTIM, letter_templates

TO = [(VICTIM, "The victim-survivor"), (PROFESSIONAL, "A colleague who holds the case")]


def _templates(recipient: str) -> list[tuple[str, str]]:
    return [(one.code, one.title) for one in letter_templates().values() if one.recipient == recipient]


class LetterForm(SubmitOnceForm):
    to = RadioField(label="Who is it to?", choices=TO)
    to_victim = RadioField(label="What is it for?", choices=_templates(VICTIM), required=False)
    way = RadioField(label="How does it go?", choices=LetterWay, required=False)
    to_colleague = RadioField(label="What is it for?", choices=_templates(PROFESSIONAL), required=False)
    colleague = SelectField(label="Which colleague?", choices=(), blank="Select a colleague", required=False)

    looks = {
        "to": Look(reveals={VICTIM: ("to_victim", "way"), PROFESSIONAL: ("to_colleague", "colleague")}),
        "to_victim": Look(small=True),
        "way": Look(small=True),
        "to_colleague": Look(small=True),
    }

    def __init__(self, *args: Any, colleagues: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].choices = [("", "Select a colleague")] + [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.user.name}, {one.agency.name}") for one in colleagues
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needed = {
            VICTIM: {"to_victim": "Select what it is for", "way": "Select how it goes"},
            PROFESSIONAL: {"to_colleague": "Select what it is for", "colleague": "Select a colleague"},
        }
        for name, words in needed.get(data.get("to", ""), {}).items():
            if not data.get(name):
                self.add_error(name, words)
        return data

    def letter(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        if data["to"] == VICTIM:
            return {"template": data["to_victim"], "way": data["way"], "submission": data["submission"]}
        return {
            "template": data["to_colleague"],
            "way": LetterWay.EMAIL,
            "colleague": data["colleague"],
            "submission": data["submission"],
        }


class SettleForm(PlainForm):
    was_sent = YesNoField(
        label="Did it arrive?",
        help_text="Ask when you next speak, or look at what the mail server recorded. Do not send it again before you know.",
    )

"""A sender's answers to what the front door asks."""

from typing import Any

from dacase.ui.forms import Form, LongTextField, Look
from referrals.choices import QuestionCode
from referrals.forms.contact import CONTACT_LOOKS, WAYS, ContactFields
from referrals.models import ReferralContact, ReferralQuestion
from referrals.rules.contact import ContactAnswers

PLACES = ("phone", "email", "address", "code_word")


class AnswerForm(Form):
    answer = LongTextField(label="Your answer", max_length=2_000, rows=6)

    looks = {"answer": Look(count=True)}

    def __init__(self, *args: Any, kept: ReferralContact, shows: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def contact(self) -> ContactAnswers | None:
        """Nothing: such a question changes nothing about contact."""
        return None


class ContactAnswerForm(ContactFields):
    """The safe contact questions again, and room for another idea where no way is safe."""

    answer = LongTextField(
        label="If no way is safe: how else might the victim-survivor be reached?",
        max_length=2_000,
        rows=3,
        required=False,
        help_text="For example, through somebody whom they see every week. Leave out where anybody lives.",
    )

    looks = CONTACT_LOOKS

    def __init__(self, *args: Any, kept: ReferralContact, shows: bool, **kwargs: Any) -> None:
        texts = ["safe_times", "who_else_sees", *(PLACES if shows else ())]
        known: dict[str, Any] = {name: getattr(kept, name) for name in texts}
        known["ways"] = [name for name, _ in WAYS if getattr(kept, name)]
        super().__init__(*args, initial=known, **kwargs)
        self.kept, self.shows = kept, shows
        if not shows:
            for name in PLACES:
                self.fields[name].help_text = "Leave it empty to keep what was given before"

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.shows:
            # Who may not see what was given keeps it by leaving the field empty.
            for name in PLACES:
                if not data.get(name) and name not in self.errors:
                    data[name] = getattr(self.kept, name)
        return super().clean()


def answer_form(question: ReferralQuestion) -> type[AnswerForm | ContactAnswerForm]:
    """The form that asks what `question` asks. It is made with what is known so far (`kept`) and whether the
    reader may see that (`shows`).
    """
    return ContactAnswerForm if question.code == QuestionCode.SAFE_CONTACT else AnswerForm

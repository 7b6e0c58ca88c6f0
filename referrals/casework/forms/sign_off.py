"""Forms of asking a manager to stand behind a judgement or a plan, and of her answer."""

from dacase.ui.forms import LongTextField, RadioField, SubmitOnceForm, VersionedForm

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

"""Forms of supervision."""

from django.utils import timezone

from dacase.ui.forms import DateField, Form, LongTextField, SubmitOnceForm, VersionedForm
from referrals.casework.services.supervision import Talk


class TalkForm(Form):
    """What a supervision came to."""

    held_on = DateField(label="When did you talk?", not_future=True, initial=timezone.localdate)
    discussed = LongTextField(
        label="What did you talk about?",
        max_length=10_000,
        rows=8,
        help_text="It stays inside your agency and is never shared. Leave out where anybody lives",
    )
    decisions = LongTextField(label="What was decided?", max_length=10_000, rows=6)
    next_due_on = DateField(
        label="By when is the next one?",
        required=False,
        help_text="Leave it empty for the usual time at this risk",
    )

    def talk(self) -> Talk:
        """What the service takes."""
        data = self.cleaned_data
        return Talk(data["held_on"], data["discussed"], data["decisions"], data["next_due_on"])


class SupervisionForm(TalkForm, SubmitOnceForm):
    pass


class ChangeSupervisionForm(TalkForm, VersionedForm):
    pass

"""Forms of cover and of handing over."""

from collections.abc import Iterable
from typing import Any

from dacase.agencies.models import Membership
from dacase.ui.forms import DateField, Form, LongTextField, RadioField, SubmitOnceForm
from referrals.casework.choices import CoverReason
from referrals.casework.forms.episode import EpisodesField, WorkerField
from referrals.casework.models import Episode


class CoverForm(Form):
    worker = WorkerField(label="Who is away?")
    colleague = WorkerField(label="Who stands in?")
    from_on = DateField(label="First day")
    until_on = DateField(label="Last day", not_past=True)
    reason = RadioField(label="Why?", choices=CoverReason)

    def __init__(self, *args: Any, away: Iterable[Membership], workers: Iterable[Membership], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["worker"].offer(away)  # type: ignore[attr-defined]
        self.fields["colleague"].offer(workers)  # type: ignore[attr-defined]


class HandOverForm(SubmitOnceForm):
    episodes = EpisodesField(label="What do you hand over?")
    worker = WorkerField(label="To whom?", help_text="They accept it by name. Until then it stays with you")
    note = LongTextField(
        label="What do they need to know?",
        max_length=1_000,
        rows=4,
        required=False,
        help_text="Name nobody here. What belongs to one person belongs in that case",
    )

    def __init__(
        self, *args: Any, episodes: Iterable[Episode], workers: Iterable[Membership], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["episodes"].offer(episodes)  # type: ignore[attr-defined]
        self.fields["worker"].offer(workers)  # type: ignore[attr-defined]


class AnswerForm(Form):
    answer = RadioField(
        label="Do you take this over?",
        choices=[("yes", "Yes, I take it over"), ("no", "No, it stays where it is")],
    )

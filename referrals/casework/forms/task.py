"""Forms of tasks."""

from collections.abc import Iterable
from typing import Any

from dacase.agencies.models import Membership
from dacase.ui.forms import (
    DateField,
    Form,
    LongTextField,
    SelectField,
    SubmitOnceForm,
    TextField,
    TimeField,
    VersionedForm,
)
from referrals.casework.forms.episode import WorkerField
from referrals.casework.models import Episode
from referrals.casework.services.task import What


class WhatForm(Form):
    """What is to be done by when."""

    title = TextField(
        label="What is to be done?",
        max_length=120,
        help_text="A few words. Nothing that names anybody: it stands on lists",
    )
    due_on = DateField(label="By which day?")
    due_time = TimeField(
        label="By what time?",
        required=False,
        help_text="For example, 9:30am or 14:30. Leave it empty for 5pm",
    )
    detail = LongTextField(
        label="More about it",
        max_length=4_000,
        required=False,
        help_text="Your agency alone reads it. Leave out where anybody lives",
    )
    remind_on = DateField(
        label="When does an email remind of it?",
        required=False,
        help_text="Leave it empty for the day before. The email says that something is due, and nothing more",
    )

    def what(self) -> What:
        """What the service takes."""
        data = self.cleaned_data
        return What(data["title"], data["due_on"], data["due_time"], data["detail"], data["remind_on"])


class TaskForm(WhatForm, SubmitOnceForm):
    worker = WorkerField(label="Who does it?")
    episode = SelectField(
        label="Does it belong to a support?",
        choices=(),
        required=False,
        help_text="Then it goes to the next worker together with that support",
    )

    sections = [("", "", ["title", "due_on", "due_time", "worker", "detail", "episode", "remind_on"])]

    def __init__(
        self, *args: Any, workers: Iterable[Membership], episodes: Iterable[Episode], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].offer(workers)  # type: ignore[attr-defined]
        self.fields["episode"].choices = [("", "No")] + [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.get_kind_display()}, {one.party.person.name}") for one in episodes
        ]


class ChangeTaskForm(WhatForm, VersionedForm):
    pass


class GiveTaskForm(VersionedForm):
    worker = WorkerField(label="Who does it from now on?")

    def __init__(self, *args: Any, workers: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].offer(workers)  # type: ignore[attr-defined]


class DropTaskForm(Form):
    reason = TextField(label="Why is it not done?", max_length=500)

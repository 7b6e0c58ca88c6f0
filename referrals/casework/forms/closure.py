"""Forms that end an episode, step it to another service, sign its end off or open it again."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.ui.forms import RadioField, VersionedForm
from referrals.casework.choices import EpisodeKind
from referrals.casework.forms.episode import AllocateForm, WorkerField
from referrals.casework.rules.closure import items, reasons

RATERS = {
    "worker": (
        "As the worker sees it",
        "What has changed since support began. None of these says that danger is over.",
    ),
    "client": ("As they told us", "Ask where it can be done without danger. “Not asked” is an answer."),
}
UP, DOWN = "up", "down"


class OutcomesForm(VersionedForm):
    """The outcomes at exit, a question for each item of outcomes.csv. Which are required, the service says."""

    first_section: tuple[str, str, list[str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = items(timezone.localdate())
        for item in asked.values():
            self.fields[item.code] = RadioField(label=item.label, choices=item.answers, required=False)
            self.fields[item.code].label_suffix = ""
        parts = [
            (*words, [item.code for item in asked.values() if item.rater == rater])
            for rater, words in RATERS.items()
        ]
        self.sections = [self.first_section, *parts]  # type: ignore[misc]

    mark_optional = False

    def answers(self) -> dict[str, str]:
        """Item -> answer, of those that were given."""
        return {
            name: self.cleaned_data[name] for name in items(timezone.localdate()) if self.cleaned_data[name]
        }


class CloseForm(OutcomesForm):
    reason = RadioField(label="Why does support end?", choices=())

    first_section = (
        "Reason",
        "A manager signs some of these off. Until then the episode stays open and with its worker.",
        ["reason"],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = reasons(timezone.localdate()).values()
        self.fields["reason"].choices = [(one.code, one.label) for one in known if not one.is_step]  # type: ignore[attr-defined]


class StepForm(OutcomesForm):
    way = RadioField(label="Up or down?", choices=[(UP, "Step up: more support"), (DOWN, "Step down: less")])
    kind = RadioField(label="To which support?", choices=())
    worker = WorkerField(label="Who works on it there", required=False)

    first_section = (
        "Where to",
        "This episode ends and the next one begins, in one act.",
        ["way", "kind", "worker"],
    )

    def __init__(
        self, *args: Any, kinds: Iterable[EpisodeKind], workers: Iterable[Membership], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["worker"].offer(workers)  # type: ignore[attr-defined]


class SignOffForm(VersionedForm):
    decision = RadioField(
        label="Do you agree that support ends?",
        choices=[("yes", "Yes, sign it off"), ("no", "No, it stays open with its worker")],
    )


class ReopenForm(AllocateForm):
    """An episode is opened again with a named worker."""

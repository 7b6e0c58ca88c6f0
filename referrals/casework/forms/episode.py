"""Forms of an episode's beginning, and of who works on it."""

from collections.abc import Iterable
from typing import Any

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models import Party
from dacase.ui.forms import (
    CheckboxesField,
    Form,
    RadioField,
    SelectField,
    SubmitOnceForm,
    VersionedForm,
)
from referrals.casework.choices import EpisodeKind
from referrals.casework.models import Episode
from referrals.choices import Priority


class WorkerField(SelectField):
    """A colleague, as a membership."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=(), **kwargs)

    def offer(self, workers: Iterable[Membership]) -> None:
        """Say who may be chosen."""
        self.workers = {str(one.pk): one for one in workers}
        names = [(key, f"{one.user.name}, {one.get_role_display()}") for key, one in self.workers.items()]
        self.choices = [("", "Choose"), *names]

    def clean(self, value: Any) -> Membership | None:
        return self.workers.get(super().clean(value))


class AllocateForm(VersionedForm):
    worker = WorkerField(label="Who works on it from now on")

    def __init__(self, *args: Any, workers: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].offer(workers)  # type: ignore[attr-defined]


class BeginForm(SubmitOnceForm):
    party = RadioField(label="Who is supported?", choices=())
    kind = RadioField(label="Which support?", choices=())
    priority = RadioField(label="How soon must first contact be tried?", choices=Priority)
    worker = WorkerField(
        label="Who works on it",
        required=False,
        help_text="Leave it empty to say so later. It stays with the managers until then",
    )

    def __init__(
        self,
        *args: Any,
        parties: Iterable[Party],
        kinds: Iterable[EpisodeKind],
        workers: Iterable[Membership],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        self.parties = {str(one.pk): one for one in parties}
        self.fields["party"].choices = [  # type: ignore[attr-defined]
            (key, f"{one.person.name}, {PartyRole(one.role).label.lower()}")
            for key, one in self.parties.items()
        ]
        self.fields["worker"].offer(workers)  # type: ignore[attr-defined]

    def clean_party(self) -> Party:
        return self.parties[self.cleaned_data["party"]]


class EpisodesField(CheckboxesField):
    """Some of the episodes that the page shows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=(), **kwargs)

    def offer(self, episodes: Iterable[Episode]) -> None:
        """Say which may be chosen."""
        self.choices = [(str(one.pk), words_of(one)) for one in episodes]


class ReallocateForm(Form):
    episodes = EpisodesField(label="Which episodes?")
    worker = WorkerField(label="Who works on them from now on")

    def __init__(
        self, *args: Any, episodes: Iterable[Episode], workers: Iterable[Membership], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["episodes"].offer(episodes)  # type: ignore[attr-defined]
        self.fields["worker"].offer(workers)  # type: ignore[attr-defined]


def words_of(episode: Episode) -> str:
    """An episode in one line, as a list of cases names it."""
    headline = episode.case.headline
    band = headline.get_band_display() if headline.band else "not assessed"
    about = episode.party.person.name
    return f"{about}, {episode.get_kind_display()}, risk: {band.lower()}, {episode.case.reference}"

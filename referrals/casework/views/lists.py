"""Episodes and entries of a day as tables show them. Values only, no markup."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from dacase.ui.components import Band, Clock, Link, Many, Table, Tag, Text
from referrals.casework.choices import ConsentAnswer, EpisodeState
from referrals.casework.day import Entry
from referrals.casework.models import ConsentRecord, Episode, SignOffRequest, Task
from referrals.casework.selectors.supervision import due_on

STATES = {
    EpisodeState.NOBODY: "bad",
    EpisodeState.FIRST_CONTACT: "new",
    EpisodeState.IN_SUPPORT: "good",
    EpisodeState.SIGN_OFF: "warning",
    EpisodeState.CLOSED: "neutral",
}
ANSWERS = {
    ConsentAnswer.GIVEN: "good",
    ConsentAnswer.REFUSED: "bad",
    ConsentAnswer.NOT_SAFE: "warning",
    ConsentAnswer.NOT_ASKED: "neutral",
    ConsentAnswer.WITHDRAWN: "bad",
}


def state_tag(episode: Episode) -> Tag:
    """Where an episode stands."""
    return Tag(episode.state.label, STATES[episode.state])


def worker_cell(one: Any) -> Text | str:
    """Who works on an episode or a task, and while it is open whether she cannot any more (`is_stranded`)."""
    if one.worker is None:
        return "Nobody yet"
    return Text(one.worker.user.name, "Cannot work on it any more" if one.is_open and one.is_stranded else "")


def due_cell(episode: Episode) -> Any:
    """When contact is due next, if it is."""
    return Clock(episode.next_contact_at) if episode.next_contact_at else ""


def entry_table(caption: str, entries: Iterable[Entry]) -> Table:
    """What is due, the soonest first."""
    rows = [
        [
            Link(entry.words, entry.address, sub=f"for {entry.whose}" if entry.whose else ""),
            Text(entry.about or entry.reference, entry.reference if entry.about else ""),
            Band(entry.band) if entry.about else "",
            Clock(entry.due),
        ]
        for entry in entries
    ]
    return Table(caption, ["What to do", "About", "Risk", "Clock"], rows)


def episode_table(caption: str, episodes: Iterable[Episode]) -> Table:
    """Episodes with whom they are about."""
    rows = [
        [
            Link(one.case.headline.victim.name, address_of(one), sub=one.case.reference),
            one.get_kind_display(),
            Many([Band(one.case.headline.band), state_tag(one)]),
            due_cell(one),
        ]
        for one in episodes
    ]
    return Table(caption, ["Case", "Support", "Risk and state", "Next contact"], rows)


def task_table(caption: str, tasks: Iterable[Task]) -> Table:
    """Tasks of one case. Those that have ended say how."""
    rows = [
        [
            Link(one.title, reverse("casework:task", args=[one.pk])),
            worker_cell(one),
            Clock(one.due_at if one.due_time else one.due_on) if one.is_open else one.get_state_display(),
        ]
        for one in tasks
    ]
    return Table(caption, ["What to do", "Who does it", "Due"], rows)


def held_by_nobody_table(caption: str, tasks: Iterable[Task]) -> Table:
    """Tasks of several cases whose worker cannot do them any more."""
    rows = [
        [
            Link(one.title, reverse("casework:task", args=[one.pk]), sub=one.case.reference),
            one.case.headline.victim.name,
            f"Was with {one.worker.user.name}",
            Clock(one.due_at if one.due_time else one.due_on),
        ]
        for one in tasks
    ]
    return Table(caption, ["What to do", "About", "Who", "Due"], rows)


def supervision_table(caption: str, episodes: Iterable[Episode]) -> Table:
    """Episodes whose worker and a manager are to talk them through."""
    rows = [
        [
            Link(
                one.case.headline.victim.name,
                reverse("casework:supervisions", args=[one.pk]),
                sub=one.case.reference,
            ),
            one.worker.user.name if one.worker else "",
            Band(one.case.headline.band),
            Clock(due_on(one)),
        ]
        for one in episodes
    ]
    return Table(caption, ["Case", "Worker", "Risk", "Supervision"], rows)


def sign_off_table(caption: str, requests: Iterable[SignOffRequest]) -> Table:
    """Judgements and plans that somebody is asked to stand behind."""
    rows = [
        [
            Link(
                one.case.headline.victim.name,
                reverse("casework:sign_off", args=[one.pk]),
                sub=one.case.reference,
            ),
            one.asked_by.user.name,
            Many([one.about, Band(one.assessment.band)]) if one.assessment else one.about,
            one.asked_at,
        ]
        for one in requests
    ]
    return Table(caption, ["Case", "Asked by", "What", "Asked"], rows)


def address_of(episode: Episode) -> str:
    """The page of an episode."""
    return reverse("casework:episode", args=[episode.pk])


def consent_tags(record: ConsentRecord) -> list[Tag]:
    """What was answered, whether it goes on without consent, and whether its last day has passed."""
    tags = [Tag(record.get_answer_display(), ANSWERS[ConsentAnswer(record.answer)])]
    if record.goes_on:
        tags.append(Tag("Goes on without consent", "warning"))
    if record.has_ended:
        tags.append(Tag("Its last day has passed", "bad"))
    return tags

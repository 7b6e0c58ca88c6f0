"""What the pages about one episode share."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from dacase.agencies.access import ActingRequest
from dacase.cases.access import read_or_404
from referrals.casework.models import Episode
from referrals.casework.selectors.episode import own_episodes


def episode_or_404(request: ActingRequest, pk: UUID) -> Episode:
    """An episode of the reader's own agency, with a row in the read log."""
    return read_or_404(request, own_episodes(request.membership), pk)


def form_page(episode: Episode, heading: str, /, **context: Any) -> dict[str, Any]:
    """The context of layouts/form.html for a form about an episode."""
    return {
        "heading": heading,
        "caption": f"{episode.get_kind_display()}, case {episode.case.reference}",
        "back_url": reverse("casework:episode", args=[episode.pk]),
        **context,
    }

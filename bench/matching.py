"""Matching one person among all, beside a plain trigram look-up of the family name on the bare login."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db import transaction

from bench.pages import SURNAME, within
from bench.settings import BARE
from dacase.agencies.models import Membership
from dacase.cases.models import Person
from dacase.cases.rules import search_key
from dacase.cases.rules.location import match_key
from dacase.cases.rules.match import Identity
from dacase.cases.selectors.match import MOST_CANDIDATES, find_matches

MATCH = "Match one person among all"
NAMED = Identity(
    SURNAME,
    "Wren",
    date(1987, 11, 9),
    "Wrenna",
    "9434765919",
    "2015/0123456A",
    frozenset({match_key("phone", "07700 900123")}),
)


def match_and_plain(actor: Membership) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """(the match as pages ask for it, the plain look-up)."""
    return {MATCH: (lambda: within(actor, lambda a: find_matches(a, [NAMED])), plain)}


def plain() -> list[Person]:
    """As many persons with a family name like this one as a match considers, the likest first."""
    key = search_key(SURNAME)
    like = Person.objects.using(BARE).filter(family_name_key__trigram_similar=key)
    with transaction.atomic(using=BARE):
        return list(
            like.annotate(likeness=TrigramSimilarity("family_name_key", key)).order_by("-likeness", "id")[
                :MOST_CANDIDATES
            ]
        )

"""Looking a referral up: somebody is on the phone and names a person, or a reference."""

from django.db.models import Exists, Func, OuterRef, Q, QuerySet, TextField

from dacase.agencies.models import Membership
from dacase.cases.rules import looks_like_reference, search_key
from dacase.cases.selectors.case import SHORTEST_SEARCH
from referrals.models import Referral, ReferralPerson
from referrals.selectors.triage import taken_in, waiting_or_lately_decided


class SearchKey(Func):
    """`cases.rules.search_key` in the database: upper case, letters and digits only, without accents."""

    template = (
        "regexp_replace(normalize(replace(replace(translate(upper(%(expressions)s), 'ŁØĐĦ', 'LODH'), 'Æ', 'AE'),"
        " 'Œ', 'OE'), NFKD), '[^[:alnum:]]', '', 'g')"
    )
    output_field = TextField()


def find_referrals(membership: Membership, words: str) -> QuerySet[Referral]:
    """The front door's referrals with this reference, or that name somebody whose family, first or other name begins
    like `words`: those that wait, and those decided within the last 90 days. A later one is found by its case.
    """
    if looks_like_reference(words):
        found = taken_in(membership).filter(reference=words.strip().upper())
    else:
        found = waiting_or_lately_decided(membership).filter(_names_somebody_like(search_key(words)))
    return found.select_related("sender_agency", "outside_sender")


def _names_somebody_like(key: str) -> Exists | Q:
    if len(key) < SHORTEST_SEARCH:
        return Q(pk__in=[])
    named = ReferralPerson.objects.filter(referral=OuterRef("pk")).alias(
        family=SearchKey("family_name"), given=SearchKey("given_name"), others=SearchKey("also_known_as")
    )
    like = Q(family__startswith=key) | Q(given__startswith=key) | Q(others__contains=key)
    return Exists(named.filter(like))


def is_named_like(person: ReferralPerson, words: str) -> bool:
    """Whether `find_referrals` found the referral by this person."""
    key = search_key(words)
    begins = any(search_key(name).startswith(key) for name in (person.family_name, person.given_name))
    return bool(key) and (begins or key in search_key(person.also_known_as))

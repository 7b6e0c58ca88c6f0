"""After a new context key: without this, nobody's address or phone would match any more, and nobody would notice."""

from itertools import islice

from django.db import connections, transaction

from dacase.cases.models import Location
from dacase.cases.rules.location import match_key

BATCH = 2_000


def rekey_locations(using: str = "owner") -> int:
    """Make every location's match key with the context key that is in force. Run as the owner, with the door shut.

    Returns how many were changed; all of them or none. The key is no part of the history, which stays as it is.
    """
    keyed = Location.objects.using(using).exclude(match_key="")
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        first = keyed.order_by("pk").first()
        if first is None or first.match_key == match_key(first.kind, first.value):
            return 0
        table = Location._meta.db_table
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        changed = 0
        rows = keyed.only("kind", "value").iterator(BATCH)
        while batch := list(islice(rows, BATCH)):
            for location in batch:
                location.match_key = match_key(location.kind, location.value)
            changed += keyed.bulk_update(batch, ["match_key"])
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return changed

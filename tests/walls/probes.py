"""Writes that must go through, one for each policy that lets something be written and shows nothing.

A policy without a SELECT is not noticed by comparing sets: what its loss breaks is its probe.
"""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class, whatever its case

from tests.walls.world import World

Probe = tuple[str, Callable[[Cursor, World], int]]  # who does it, and how many rows it wrote


def copy_row(cursor: Cursor, table: str, where: str, values: tuple[Any, ...] = (), **changes: Any) -> int:
    """Insert a row like the first one that `where` finds, under a new key, with `changes`."""
    cursor.execute(f"SELECT * FROM {table} WHERE {where} LIMIT 1", values)
    columns = [column.name for column in cursor.description]
    row = cursor.fetchone()
    assert row is not None, f"the world has no row of {table} where {where}"
    return insert(cursor, table, dict(zip(columns, row, strict=True)) | changes)


def insert(cursor: Cursor, table: str, row: dict[str, Any]) -> int:
    """Insert `row` with a new key where the key is a UUID of its own."""
    from psycopg2.extras import Json

    names = ", ".join(row)
    marks = ", ".join("gen_random_uuid()" if name == "id" else "%s" for name in row)
    values = [
        Json(value) if isinstance(value, dict | list) and is_json(table, name) else value
        for name, value in row.items()
        if name != "id"
    ]
    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
    return cursor.rowcount


def is_json(table: str, column: str) -> bool:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    return any(
        field.column == column and field.get_internal_type() == "JSONField" for field in model._meta.fields
    )


def changed(cursor: Cursor, statement: str, *values: Any) -> int:
    cursor.execute(statement, values)
    return cursor.rowcount


def own_act(cursor: Cursor, world: World) -> int:
    member = world.cast.idva
    return insert(
        cursor, "audit_event",
        {"id": None, "at": "now", "verb": "x", "actor_id": member.pk, "agency_id": member.agency_id, "subject_type": "", "data": {}},
    )  # fmt: skip


def nobodys_act(cursor: Cursor, world: World) -> int:
    return insert(
        cursor, "audit_event", {"id": None, "at": "now", "verb": "x", "subject_type": "", "data": {}}
    )


def own_look(cursor: Cursor, world: World) -> int:
    member = world.cast.idva
    row = {
        "id": None,
        "at": "now",
        "user_id": member.user_id,
        "actor_id": member.pk,
        "agency_id": member.agency_id,
    }
    return insert(cursor, "audit_read", row | {"page": "x", "purpose": "", "was_allowed": True})


def list_again(cursor: Cursor, world: World) -> int:
    case = world.cases["front_door"].pk
    return copy_row(cursor, "marac_hearing", "case_id = %s", (case,), number=99, state="deferred")


def put_in(cursor: Cursor, world: World) -> int:
    row = {"id": None, "receiver_id": world.cast.front_door_worker.agency_id, "door": "self", "body": {}}
    return insert(cursor, "referrals_publicreferral", row | {"received_at": "now"})


def begin_support(cursor: Cursor, world: World) -> int:
    case = world.cases["advocacy"].pk
    return copy_row(
        cursor,
        "casework_episode",
        "case_id = %s",
        (case,),
        kind="outreach",
        submission="00000000-0000-4000-8000-000000000002",
    )


def assess_again(cursor: Cursor, world: World) -> int:
    return copy_row(
        cursor, "casework_riskassessment", "case_id = %s", (world.cases["advocacy"].pk,),
        submission="00000000-0000-4000-8000-000000000004",
    )  # fmt: skip


def answer_more(cursor: Cursor, world: World) -> int:
    of_the_case = (
        "topic = '1' AND assessment_id IN (SELECT id FROM casework_riskassessment WHERE case_id = %s)"
    )
    return copy_row(cursor, "casework_riskanswer", of_the_case, (world.cases["advocacy"].pk,), topic="3")


def record_anew(cursor: Cursor, world: World) -> int:
    case = world.cases["advocacy"].pk
    return copy_row(
        cursor, "casework_consentrecord", "case_id = %s AND version = 2", (case,), version=3,
        submission="00000000-0000-4000-8000-000000000003",
    )  # fmt: skip


def add_child(cursor: Cursor, world: World) -> int:
    return copy_row(
        cursor,
        "cases_party",
        "case_id = %s AND role = 'child'",
        (world.cases["advocacy"].pk,),
        role="perpetrator",
    )


PROBES: dict[tuple[str, str], Probe] = {
    ("audit_event", "who_acts_writes"): ("idva", own_act),
    ("audit_event", "of_nobody_writes"): ("idva", nobodys_act),
    ("audit_read", "who_looks_writes"): ("idva", own_look),
    ("cases_party", "in_open_case_add"): ("idva", add_child),
    ("cases_party", "in_open_case_change"): ("idva", lambda c, w: changed(c, "UPDATE cases_party SET relationship = 'x'")),
    ("referrals_referral", "sender_writes"): (
        "police_officer",
        lambda c, w: copy_row(
            c, "referrals_referral", "sender_agency_id = %s", (w.cast.police_officer.agency_id,),
            reference="R-PROBE", submission="00000000-0000-4000-8000-000000000001",
        ),
    ),
    ("referrals_referral", "sent_taken_in_or_routed_change"): (
        "front_door_worker", lambda c, w: changed(c, "UPDATE referrals_referral SET priority = 'high'"),
    ),
    ("referrals_publicreferral", "anybody_puts_in"): ("idva", put_in),
    ("referrals_publicreferral", "front_door_takes_in"): (
        "front_door_worker", lambda c, w: changed(c, "UPDATE referrals_publicreferral SET body = '{}'"),
    ),
    ("casework_episode", "own_begin"): ("idva", begin_support),
    ("casework_episode", "own_change"): ("idva", lambda c, w: changed(c, "UPDATE casework_episode SET priority = 'high'")),
    ("casework_riskassessment", "own_begin"): ("idva", assess_again),
    ("casework_riskassessment", "own_change"): (
        "idva", lambda c, w: changed(c, "UPDATE casework_riskassessment SET judgement_reason = 'x'"),
    ),
    ("casework_riskanswer", "own_begin"): ("idva", answer_more),
    ("casework_riskanswer", "own_change"): ("idva", lambda c, w: changed(c, "UPDATE casework_riskanswer SET note = 'x'")),
    ("casework_consentrecord", "own_record"): ("idva", record_anew),
    ("marac_hearing", "who_holds_the_case_lists_it"): ("marac_coordinator", list_again),
    ("marac_hearing", "invited_record"): ("gp_tansy", lambda c, w: changed(c, "UPDATE marac_hearing SET outcome = 'x'")),
    ("marac_hearinggrant", "coordinator_ends_invitations"): (
        "marac_coordinator",
        lambda c, w: changed(
            c, "DELETE FROM marac_hearinggrant g USING marac_hearing h WHERE h.id = g.content_object_id AND h.case_id = %s",
            w.cases["advocacy"].pk,
        ),
    ),
}  # fmt: skip

"""Merges: of two perpetrators of the front door's cases, of two of the outsider's, and of a child recorded twice."""

from typing import Any

from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party
from dacase.cases.services.case import PersonDetails, add_party
from dacase.cases.services.merge import merge_people
from dacase.walls.context import acting_as
from tests.factories import make_case


def merge(world: Any) -> None:
    """Each merge joins a case of the world with a new one that nobody else sees."""
    cast = world.cast
    for key, actor in (("front_door", cast.front_door_worker), ("outsider", cast.outsider)):
        again = make_case(actor, victim="Twice")
        world.cases[f"{key}_again"] = again
        with acting_as(actor):
            pair = [
                Party.objects.select_related("person").get(case=case, role="perpetrator")
                for case in (world.cases[key], again)
            ]
            _merge(*pair, actor)
            if key == "front_door":
                _record_a_child_twice(again, actor)


def _record_a_child_twice(case: Case, actor: Any) -> None:
    """So that one party of the case is the double of another."""
    kept = Party.objects.select_related("person").get(case=case, role=PartyRole.CHILD)
    double = add_party(case, person=PersonDetails("Twice", "Clio"), role=PartyRole.CHILD, actor=actor)
    _merge(kept, double, actor)


def _merge(kept: Party, merged: Party, actor: Any) -> None:
    merge_people(
        kept.person_id,
        merged.person_id,
        chosen={},
        reason="same_details",
        versions=(kept.person.version, merged.person.version),
        # Not by the outsider's role, which merges nobody; the wall asks for no role.
        actor=actor if actor.may("merge_people") else _as_manager(actor),
    )


def _as_manager(member: Any) -> Any:
    """The same membership with a role that merges, unsaved."""
    return type(member)(
        pk=member.pk, user=member.user, agency=member.agency, team=member.team, role="idva_manager",
        starts_on=member.starts_on,
    )  # fmt: skip

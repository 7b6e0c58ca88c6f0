"""Merges: of two perpetrators of the front door's cases, and of two of the outsider's."""

from typing import Any

from dacase.cases.models import Party
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
            kept, merged = (
                Party.objects.select_related("person").get(case=case, role="perpetrator").person
                for case in (world.cases[key], again)
            )
            # Not by the outsider's role, which merges nobody; the wall asks for no role.
            merger = actor if actor.may("merge_people") else _as_manager(actor)
            merge_people(
                kept.pk,
                merged.pk,
                chosen={},
                reason="same_details",
                versions=(kept.version, merged.version),
                actor=merger,
            )


def _as_manager(member: Any) -> Any:
    """The same membership with a role that merges, unsaved."""
    return type(member)(
        pk=member.pk, user=member.user, agency=member.agency, team=member.team, role="idva_manager",
        starts_on=member.starts_on,
    )  # fmt: skip

"""Dull builders of records, made through the services so that walls, events and history are real."""

from typing import Any

from dacase.agencies.models import Agency, Membership
from dacase.cases.choices import LawfulBasis, PartyRole, Purpose, Scope
from dacase.cases.models import Case
from dacase.cases.services.case import PersonDetails, add_party, open_case
from dacase.cases.services.grant import grant_access
from dacase.walls.context import acting_as


def make_case(
    actor: Membership, *, victim: str = "Testcase", shared_with: list[Agency] | None = None
) -> Case:
    """A case with victim-survivor, perpetrator and child, opened by `actor` and shared as a whole file."""
    with acting_as(actor):
        case = open_case(victim=PersonDetails(family_name=victim, given_name="Vera"), actor=actor)
        add_party(
            case,
            person=PersonDetails(family_name=victim, given_name="Percy"),
            role=PartyRole.PERPETRATOR,
            relationship="Ex-partner",
            actor=actor,
        )
        add_party(
            case,
            person=PersonDetails(family_name=victim, given_name="Cleo"),
            role=PartyRole.CHILD,
            actor=actor,
        )
        for agency in shared_with or []:
            share(case, agency, actor=actor)
    return case


def share(case: Case, agency: Agency, *, actor: Membership, scope: str = Scope.CASE, **fields: Any) -> None:
    """Grant `agency` access, for support and as a public task unless said otherwise."""
    values = {"purpose": Purpose.SUPPORT, "lawful_basis": LawfulBasis.PUBLIC_TASK} | fields
    with acting_as(actor):
        grant_access(case, agency=agency, scope=scope, actor=actor, **values)

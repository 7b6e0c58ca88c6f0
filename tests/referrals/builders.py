"""Referrals for tests, made through the services."""

import uuid
from datetime import date
from typing import Any

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole, Sex
from dacase.cases.models import Case
from dacase.walls.context import acting_as
from referrals.choices import Aware, Consent, Priority
from referrals.models import Referral, Route
from referrals.services import route, triage
from referrals.services.referral import ContactAnswers, NamedPerson, make_referral

CONTACT = ContactAnswers(
    phone="07700 900123",
    email="vera@example.org",
    address="1 Invented Street",
    safe_to_call=True,
    safe_to_text=True,
    safe_times="Weekdays, 10am to 2pm",
    who_else_sees="Shares the phone bill",
    code_word="Kestrel",
)
PEOPLE = [
    NamedPerson(PartyRole.VICTIM, "Testcase", "Vera", date(1990, 3, 4), Sex.FEMALE),
    NamedPerson(PartyRole.PERPETRATOR, "Testcase", "Percy", date(1988, 5, 6), Sex.MALE, "Ex-partner"),
    NamedPerson(PartyRole.CHILD, "Testcase", "Cleo", date(2018, 7, 8), Sex.FEMALE, "Daughter"),
    NamedPerson(PartyRole.CHILD, "Testcase", "Cosmo", date(2020, 9, 10), Sex.MALE, "Son"),
]


def answers(**changes: Any) -> dict[str, Any]:
    """Everything that make_referral asks for but the actor."""
    return {
        "submission": uuid.uuid4(),
        "contact": CONTACT,
        "people": PEOPLE,
        "what_happened": "Shouting and a broken door on Friday night.",
        "priority": Priority.HIGH,
        "victim_aware": Aware.YES,
        "consent": Consent.GIVEN,
    } | changes


def send(actor: Membership, **changes: Any) -> Referral:
    with acting_as(actor):
        return make_referral(**answers(**changes), actor=actor)


def fresh(referral: Referral, actor: Membership) -> Referral:
    with acting_as(actor):
        return Referral.objects.select_related("held_by", "case").get(pk=referral.pk)


def open_case_for(referral: Referral, worker: Membership, **known: Any) -> Case:
    with acting_as(worker):
        version = Referral.objects.get(pk=referral.pk).version
        return triage.open_case_from(referral.pk, version=version, actor=worker, **known)


def route_to(referral: Referral, worker: Membership, *services: Membership) -> list[Route]:
    """Open a case and route the referral to the agencies of `services`."""
    open_case_for(referral, worker)
    with acting_as(worker):
        version = Referral.objects.get(pk=referral.pk).version
        agencies = [one.agency for one in services]
        return triage.route_referral(referral.pk, version=version, agencies=agencies, actor=worker)


def accepted(referral: Referral, worker: Membership, service: Membership) -> Case:
    """The case of a referral that the front door routed and `service` accepted."""
    (routed,) = route_to(referral, worker, service)
    with acting_as(service):
        route.open_route(routed.pk, actor=service)
        route.accept_route(routed.pk, version=Route.objects.get(pk=routed.pk).version, actor=service)
        return Case.objects.get(pk=Referral.objects.get(pk=referral.pk).case_id)

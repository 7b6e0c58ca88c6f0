"""E-mails of the front door: one person, one link, nothing of the referral in it.

They tell of what must be known whoever acted, and so are sent also where the actor's membership has ended since.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from dacase.agencies.models import Agency, Membership
from dacase.jobs.services import queue_mail
from referrals.choices import PUBLIC_DOORS, RouteState
from referrals.models import Referral, Route
from referrals.selectors.people import addresses, people_of


def tell(to: Iterable[str], template: str, *, path: str, key: str) -> None:
    """Queue one e-mail to each address. The same `key` again sends nothing.

    Args:
        to: addresses, each told once.
        template: of templates/mail.
        path: where on this site the reader looks.
        key: what the e-mail tells of.
    """
    for address in dict.fromkeys(to):
        queue_mail(to=address, template=template, context={"path": path}, key=f"{key}:{address}", actor=None)


def tell_sender(referral: Referral, template: str, *, key: str) -> None:
    """To whoever sent the referral; where she no longer works there, to her agency's mailbox, or to everybody there
    who may answer.
    """
    if referral.door in PUBLIC_DOORS:
        return  # nobody there has an account: the front door calls
    path = reverse("referrals:detail", args=[referral.pk])
    found = reached_at(referral.sender_agency, "make_referral", first=referral.sender_id)
    tell(found, template, path=path, key=f"{template}:{key}")


def tell_front_door(referral: Referral, template: str, *, key: str) -> None:
    """To who holds the referral; while nobody does, to the front door's mailbox, or to everybody there."""
    path = reverse("referrals:triage", args=[referral.pk])
    found = reached_at(referral.receiver_agency, "triage_referral", first=referral.held_by_id)
    tell(found, template, path=path, key=f"{template}:{key}")


def tell_services(referral: Referral, template: str, *, key: str) -> None:
    """To who accepted the referral at each service; while nobody has, to the service's mailbox, or to everybody there."""
    for route in Route.objects.live().filter(referral=referral).select_related("to_agency"):
        path = reverse("referrals:route_detail", args=[route.pk])
        found = reached_at(route.to_agency, "accept_referral", first=route.accepted_by_id)
        tell(found, template, path=path, key=f"{template}:{key}:{route.pk}")


def reached_at(agency: Agency, verb: str, *, first: UUID | None = None) -> list[str]:
    """Whom to write to at an agency: the membership `first` while she works there, else the agency's mailbox, else
    everybody there who may do `verb`.
    """
    one = addresses(Membership.objects.active().filter(pk=first)) if first else []
    return one or agency_mailbox(agency) or addresses(people_of(agency.pk, verb))


def agency_mailbox(agency: Agency) -> list[str]:
    """The agency's own address, if it has one."""
    return [agency.email] if agency.email else []


def record_work_ended(case_id: UUID, *, agency_id: UUID, at: datetime, actor: Membership) -> list[Route]:
    """Note on what `agency_id` accepted into the case that its work has ended, and tell the senders.

    For whoever ends a service's work in a case; inside that transaction. Twice is once.
    """
    seen = Route.objects.visible_to(actor).filter(state=RouteState.ACCEPTED, ended_at__isnull=True)
    here = seen.filter(to_agency_id=agency_id, referral__case_id=case_id)
    routes = list(here.select_for_update(of=("self",)).select_related("referral__sender_agency"))
    for route in routes:
        route.ended_at = at
        route.version += 1
        route.save(update_fields=["ended_at", "version"])
        tell_sender(route.referral, "referral_feedback", key=f"{route.pk}:ended")
    return routes

"""What this room itself adds to the case page and to the home page."""

from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party
from dacase.cases.panels import NextAction, Panel, Rows, asks
from dacase.cases.selectors.case import NEWEST_FIRST, case_grants, case_rows
from dacase.cases.selectors.facts import concession_alert, facts_of, marks_of
from dacase.cases.selectors.people import in_order, people_of, victim_of
from dacase.cases.selectors.timeline import NEWEST_FIRST as NEWEST_LOOK_FIRST
from dacase.cases.selectors.timeline import looks_of_agency

RECENT = 5
WEEK = timedelta(days=7)


@asks(lambda case, membership: {"parties": people_of(case)} | facts_of(case, membership))
def people(case: Case, membership: Membership, rows: Rows) -> Panel:
    """Everybody in the case, with what is still missing about them."""
    parties = in_order(rows["parties"])
    victim = victim_of(parties)
    actions, links = concession_actions(rows, membership), []
    if membership.may("edit_case"):
        links.append(("Add a person", reverse("cases:party_create", args=[case.pk])))
        if case.is_open and victim is not None and not hasattr(victim, "safe_contact_plan"):
            url = reverse("cases:safe_contact_edit", args=[victim.pk])
            actions.append(NextAction("Record how the victim-survivor can be contacted without danger", url))
        elif case.is_open and not any(party.role == PartyRole.PERPETRATOR for party in parties):
            actions.append(
                NextAction("Add the perpetrator to the case", reverse("cases:party_create", args=[case.pk]))
            )
    if membership.may("view_location"):
        links.append(("See addresses and phone numbers", reverse("cases:locations", args=[case.pk])))
    return Panel(
        "People",
        "cases/panels/people.html",
        {"people": [(party, marks_in(party, rows)) for party in parties]},
        actions,
        links,
    )


def marks_in(party: Party, rows: Rows) -> list[tuple[str, str]]:
    """The marks of a party among the facts of its case."""
    own = [
        next((one for one in rows[name] if one.party_id == party.pk), None)
        for name in ("needs", "child_facts", "immigration")
    ]
    return marks_of(*own)


def concession_actions(rows: Rows, membership: Membership) -> list[NextAction]:
    """What to do about a concession that runs out, from its first alert on."""
    if not membership.may("view_immigration"):
        return []
    today = timezone.localdate()
    return [
        NextAction(
            alert.words,
            reverse("cases:immigration_edit", args=[one.party_id]),
            timezone.make_aware(datetime.combine(alert.ends_on, time(17))),
        )
        for one in rows["immigration"]
        if (alert := concession_alert(one, today=today)) is not None
    ]


def recent_cases(membership: Membership) -> Panel | None:
    """The open cases that the reader works on, newest first; else the newest of her agency."""
    if not membership.may("view_case"):
        return None
    own = case_grants(membership, worker=membership).order_by(*NEWEST_FIRST)[:RECENT]
    rows, title = case_rows(own), "Cases you work on"
    if not rows:
        rows, title = (
            case_rows(case_grants(membership).order_by(*NEWEST_FIRST)[:RECENT]),
            "Newest cases of your agency",
        )
    return Panel(
        title, "cases/panels/recent_cases.html", {"rows": rows}, links=[("All cases", reverse("cases:list"))]
    )


def refused_looks(membership: Membership) -> Panel | None:
    """For the auditor: what people of the agency tried to open in the last seven days and were refused."""
    if not membership.may("view_read_log"):
        return None
    since = timezone.localdate() - WEEK
    looks = list(looks_of_agency(membership, since=since, refused=True).order_by(*NEWEST_LOOK_FIRST)[:RECENT])
    record = reverse("cases:read_log")
    actions = [NextAction("Ask about the looks that were refused", f"{record}?refused=on")] if looks else []
    links = [("Who looked", record), ("Who did what", reverse("cases:event_log"))]
    return Panel(
        "Refused in the last seven days", "cases/panels/refused_looks.html", {"looks": looks}, actions, links
    )

"""What the room's lists share: tabs, and where “Referrals” in the navigation leads each role."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from dacase.agencies.access import ActingRequest, requires
from dacase.agencies.models import Membership
from dacase.ui.components import Column, Many, Tab, Tag, Text
from referrals.choices import Priority, ReferralDoor, ReferralState
from referrals.models import Referral

TABS = (
    ("Front door queue", "referrals:queue", "triage_referral"),
    ("Routed to us", "referrals:inbox", "accept_referral"),
    ("Sent by us", "referrals:sent", "make_referral"),
)
PRIORITIES = {
    Priority.IMMEDIATE: Tag("Immediate", "bad"),
    Priority.HIGH: Tag("High priority", "bad"),
    Priority.MEDIUM: Tag("Medium priority", "warning"),
    Priority.STANDARD: Tag("Standard"),
}
VERBS = ("triage_referral", "accept_referral", "make_referral")


@require_GET
@requires(*VERBS)
def referral_list(request: ActingRequest) -> HttpResponse:
    """To the list that this role works from."""
    return redirect(next(name for _, name, verb in TABS if request.membership.may(verb)))


def tabs_for(membership: Membership, current: str) -> list[Tab]:
    """The lists of this role; none where there is only one."""
    tabs = [Tab(text, reverse(name), name == current) for text, name, verb in TABS if membership.may(verb)]
    return tabs if len(tabs) > 1 else []


def priority_tag(referral: Referral) -> Tag:
    """The priority in a word or two."""
    return PRIORITIES[Priority(referral.priority)]


def marks(referral: Referral) -> Many:
    """Priority, that the sender is asked something, and that no safe way of contact is known."""
    tags = [priority_tag(referral)]
    if referral.state == ReferralState.RETURNED:
        tags.append(Tag("With the sender", "info"))
    if not referral.contact.has_safe_way:
        tags.append(Tag("No safe way to make contact", "warning"))
    if referral.waits_for_call_back:
        tags.append(Tag("Call back the sender first", "warning"))
    return Many(tags)


def sender_cell(referral: Referral) -> Text:
    """The sending agency and its kind; of what came by a public page, whom it came from."""
    if referral.door == ReferralDoor.SELF:
        return Text(referral.get_source_display(), "On the public page")
    if referral.door == ReferralDoor.PROFESSIONAL:
        return Text(
            referral.outside_sender.organisation, f"{referral.get_source_display()}, on the public page"
        )
    return Text(referral.sender_agency.name, referral.get_source_display())


DUE = Column("Clock", sort="due")

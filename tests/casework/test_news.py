"""Who is told by e-mail of what others did to her work, and what the e-mail does not say."""

import re

from django.core import mail

from dacase.cases.selectors.people import parties_of
from dacase.cases.services.exclusion import bar_from_case
from dacase.jobs.models import OutboxMessage
from dacase.jobs.tasks_base import run_message
from dacase.walls.context import acting_as
from referrals.casework.models import Episode
from referrals.services import route as routes
from referrals.services import triage
from tests.referrals.builders import accepted, send


def joined(case, cast, **fields):
    """A later referral from the police that the front door has put into the case."""
    later, worker = send(cast.police_officer, **fields), cast.front_door_worker
    with acting_as(worker):
        persons = {(party.role, party.person.given_name): party.person_id for party in parties_of(case)}
        known = {one.pk: persons[one.role, one.given_name] for one in later.people.all()}
        triage.join_case(later.pk, case.pk, version=1, known=known, actor=worker)
        triage.join_case(later.pk, case.pk, version=1, known=known, actor=worker)  # a second click
    return later


def mails(template):
    found = OutboxMessage.objects.filter(args__template=template)
    return [(one.args["to"], one.args["with_path"]) for one in found]


def read(template):
    """The one e-mail of that template, as it was sent."""
    run_message(OutboxMessage.objects.get(args__template=template).pk)
    return mail.outbox[-1]


def words_of(message):
    """Its text without the line of the link."""
    return "\n".join(line for line in message.body.splitlines() if "http" not in line)


def test_whoever_supports_is_told_of_a_referral_that_nobody_routed_to_her(cast):
    case = accepted(send(cast.police_officer), cast.front_door_worker, cast.idva)
    joined(case, cast)
    assert mails("further_referral") == [(cast.idva.user.email, f"/cases/{case.pk}/")]


def test_where_she_is_barred_by_now_her_agency_is_told(cast):
    case = accepted(send(cast.police_officer), cast.front_door_worker, cast.idva)
    with acting_as(cast.idva_manager):
        bar_from_case(case, group=cast.idva.user.group, reason="Knows him", actor=cast.idva_manager)
    joined(case, cast)
    assert mails("further_referral") == [(cast.idva.agency.email, f"/cases/{case.pk}/")]


def test_nobody_is_told_in_a_new_case_or_once_support_has_ended(cast):
    case = accepted(send(cast.police_officer), cast.front_door_worker, cast.idva)
    assert mails("further_referral") == []
    with acting_as(cast.idva):
        Episode.objects.update(closed_at="2026-01-01T00:00Z", closing_reason="goals_met")
    joined(case, cast)
    assert mails("further_referral") == []


def test_whose_support_a_colleague_takes_over_is_told(cast):
    case = accepted(send(cast.police_officer), cast.front_door_worker, cast.idva)
    later, manager = joined(case, cast), cast.idva_manager
    with acting_as(cast.front_door_worker):
        (route,) = triage.route_referral(
            later.pk, version=2, agencies=[cast.idva.agency], actor=cast.front_door_worker
        )
    with acting_as(manager):
        routes.accept_route(route.pk, version=1, actor=manager)
        episode = Episode.objects.get(case=case)
        assert episode.worker == manager
    assert mails("work_taken_over") == [(cast.idva.user.email, f"/episodes/{episode.pk}/")]
    told = [read("further_referral"), read("work_taken_over")]
    for message in told:
        assert message.to == [cast.idva.user.email]
        assert "Sign in and look here: http" in message.body
        assert not {"Testcase", "referral", "case", "victim"} & set(
            re.findall(r"\w+", message.subject + words_of(message))
        )


def test_who_accepts_her_own_next_referral_is_told_nothing(cast):
    case = accepted(send(cast.police_officer), cast.front_door_worker, cast.idva)
    later = joined(case, cast)
    with acting_as(cast.front_door_worker):
        (route,) = triage.route_referral(
            later.pk, version=2, agencies=[cast.idva.agency], actor=cast.front_door_worker
        )
    with acting_as(cast.idva):
        routes.accept_route(route.pk, version=1, actor=cast.idva)
    assert mails("work_taken_over") == []

"""Changing and ending people's work: the acts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.agencies.models import Membership, Team
from dacase.agencies.services import membership as services
from dacase.audit.models import Event
from dacase.jobs.models import OutboxMessage
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from tests.cast import Cast

TODAY = timezone.localdate


def act(service, membership, actor, **fields):
    with acting_as(actor):
        return service(Membership.objects.get(pk=membership.pk), actor=actor, **fields)


def end(membership, actor, **fields):
    return act(services.end_membership, membership, actor, **({"at_once": True} | fields))


def change(membership, actor, **fields):
    return act(services.change_membership, membership, actor, **({"team": None, "version": 1} | fields))


def verbs_of(membership):
    with acting_as(membership):
        return list(Event.objects.order_by("at").values_list("verb", "data"))


def test_a_colleague_gets_another_role_and_team_from_the_next_page_on(cast, sign_in):
    team = Team.objects.get(agency=cast.idva.agency, name="Outreach")
    client = sign_in(cast.idva)
    assert client.get("/people/").status_code == 403
    changed = change(cast.idva, cast.administrator, role="idva_manager", team=team)
    assert (changed.role, changed.team, changed.version, changed.changed_by) == (
        "idva_manager", team, 2, cast.administrator
    )  # fmt: skip
    assert client.get("/people/").status_code == 200
    ((verb, data),) = verbs_of(cast.administrator)
    assert verb == "membership_changed"
    assert data["from"]["role"] == "idva"
    assert data["to"] == {"role": "idva_manager", "team": str(team.pk)}


def test_the_second_of_two_who_save_sees_what_the_first_saved(cast):
    change(cast.idva, cast.administrator, role="referrer")
    with pytest.raises(StaleVersion) as stale:
        change(cast.idva, cast.idva_manager, role="idva_manager")
    assert stale.value.current == {"role": "referrer", "team": ""}
    assert (stale.value.version, stale.value.saved_by) == (2, "Addie Invented")


@pytest.mark.parametrize(
    ("role", "field"), [("front_door", "role"), ("refuge_worker", "role"), ("x", "role")]
)
def test_a_role_that_the_agency_does_not_have_is_refused(cast, role, field):
    with pytest.raises(ValidationError) as refusal:
        change(cast.idva, cast.administrator, role=role)
    assert list(refusal.value.message_dict) == [field]


def test_a_manager_may_move_an_auditor_to_a_team_but_make_none(cast):
    team = Team.objects.get(agency=cast.idva.agency, name="Outreach")
    assert change(cast.auditor, cast.idva_manager, role="auditor", team=team).team == team
    with pytest.raises(ValidationError):
        change(cast.idva, cast.idva_manager, role="auditor")


def test_a_team_of_another_agency_is_refused(cast):
    team = Team.objects.exclude(agency=cast.idva.agency).first()
    with pytest.raises(ValidationError):
        change(cast.idva, cast.administrator, role="idva", team=team)


def test_ending_now_signs_out_everywhere_and_leaves_the_agencys_group(walk_in, cast, sign_in):
    walk_in.walk_in(cast.idva, "/agencies/choose/")
    assert UserSession.objects.filter(user=cast.idva.user).count() == 1
    other = sign_in(cast.idva)
    row = end(cast.idva, cast.administrator)
    assert (row.ends_on, row.is_active()) == (TODAY(), False)
    assert not UserSession.objects.filter(user=cast.idva.user).exists()
    assert not list(cast.idva.user.groups.all())
    for client in (walk_in, other):
        assert client.get("/cases/")["Location"].startswith("/accounts/login/")
    assert verbs_of(cast.administrator)[-1] == (
        "membership_ended", {"ends_on": TODAY().isoformat(), "at_once": True}
    )  # fmt: skip


def test_work_that_began_today_can_end_today(cast):
    Membership.objects.filter(pk=cast.idva.pk).update(starts_on=TODAY())
    assert not end(cast.idva, cast.administrator).is_active()


def test_ending_later_lets_her_work_until_then_and_can_be_taken_back(cast, sign_in):
    client = sign_in(cast.idva)
    day = TODAY() + timedelta(days=10)
    row = end(cast.idva, cast.administrator, at_once=False, last_day=day)
    assert row.is_active()
    assert row.is_active(on=day)
    assert not row.is_active(on=day + timedelta(days=1))
    assert client.get("/agencies/choose/").status_code == 200
    assert act(services.undo_membership_end, cast.idva, cast.administrator).ends_on is None
    act(services.undo_membership_end, cast.idva, cast.administrator)
    assert [verb for verb, _ in verbs_of(cast.administrator)] == ["membership_ended", "membership_end_undone"]


def test_today_as_the_last_day_lasts_until_midnight(cast):
    assert end(cast.idva, cast.administrator, at_once=False, last_day=TODAY()).is_active()


@pytest.mark.parametrize("last_day", [None, -1, -4000])
def test_a_last_day_in_the_past_or_none_is_refused(cast, last_day):
    day = None if last_day is None else TODAY() + timedelta(days=last_day)
    with pytest.raises(ValidationError) as refusal:
        end(cast.idva, cast.administrator, at_once=False, last_day=day)
    assert list(refusal.value.message_dict) == ["last_day"]


def test_nobody_ends_changes_or_resets_her_own_work(cast):
    own = cast.administrator
    with pytest.raises(ValidationError):
        end(own, own)
    with pytest.raises(ValidationError):
        change(own, own, role="auditor")
    with pytest.raises(ValidationError):
        act(services.reset_second_step, own, own)
    with pytest.raises(ValidationError):
        act(services.undo_membership_end, own, own)


def test_what_has_ended_is_not_ended_changed_or_undone(cast):
    end(cast.idva, cast.administrator)
    for service, fields in [
        (services.end_membership, {"at_once": True}),
        (services.change_membership, {"role": "idva", "team": None, "version": 2}),
        (services.undo_membership_end, {}),
        (services.reset_second_step, {}),
    ]:
        with pytest.raises(ValidationError):
            act(service, cast.idva, cast.administrator, **fields)


def test_the_last_who_manages_people_stays(cast):
    # Advocacy has an administrator and a manager; one is leaving, so the other must stay.
    end(cast.administrator, cast.idva_manager, at_once=False, last_day=TODAY() + timedelta(days=5))
    with pytest.raises(ValidationError):
        end(cast.idva_manager, cast.administrator)
    with pytest.raises(ValidationError):
        change(cast.idva_manager, cast.administrator, role="idva")
    assert Membership.objects.get(pk=cast.idva_manager.pk).is_active()


def test_two_who_end_each_other_at_once_leave_one(committed):
    cast = Cast()
    pairs = [(cast.idva_manager, cast.administrator), (cast.administrator, cast.idva_manager)]

    def go(pair):
        try:
            end(pair[0], pair[1], at_once=False, last_day=TODAY() + timedelta(days=3))
        except ValidationError:
            return False
        finally:
            connections.close_all()
        return True

    try:
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(go, pairs)) == [False, True]
    finally:
        Membership.objects.using("owner").filter(pk__in=[cast.idva_manager.pk, cast.administrator.pk]).update(
            ends_on=None, version=1, changed_by=None
        )


@pytest.mark.parametrize("key", ["idva", "police_officer", "commissioner", "auditor"])
def test_only_who_manages_people_may(cast, key):
    actor = getattr(cast, key)
    target = cast.barred_colleague
    for service, fields in [
        (services.end_membership, {"at_once": True}),
        (services.change_membership, {"role": "idva", "team": None, "version": 1}),
        (services.undo_membership_end, {}),
        (services.reset_second_step, {}),
    ]:
        with pytest.raises(NotAllowed):
            act(service, target, actor, **fields)


def test_people_of_another_agency_cannot_be_reached(cast):
    for service, fields in [
        (services.end_membership, {"at_once": True}),
        (services.change_membership, {"role": "referrer", "team": None, "version": 1}),
        (services.undo_membership_end, {}),
        (services.reset_second_step, {}),
    ]:
        with pytest.raises(Membership.DoesNotExist):
            act(service, cast.police_officer, cast.administrator, **fields)


def test_ending_one_work_of_two_leaves_the_other(cast):
    other = Membership.objects.create(user=cast.idva.user, agency=cast.police_officer.agency, role="referrer")
    cast.idva.user.groups.add(cast.police_officer.agency.group)
    end(cast.idva, cast.administrator)
    assert list(cast.idva.user.groups.all()) == [cast.police_officer.agency.group]
    assert Membership.objects.active().get(user=cast.idva.user) == other


def test_resetting_the_second_step_takes_password_and_sessions_and_sends_one_mail(walk_in, cast):
    walk_in.walk_in(cast.idva, "/agencies/choose/")
    before = cast.idva.user.password
    act(services.reset_second_step, cast.idva, cast.administrator)
    assert not Authenticator.objects.filter(user=cast.idva.user).exists()
    assert not UserSession.objects.filter(user=cast.idva.user).exists()
    user = type(cast.idva.user).objects.get(pk=cast.idva.user_id)
    assert user.password != before
    mail = OutboxMessage.objects.get()
    assert (mail.args["to"], mail.args["template"]) == ("idva@example.org", "password_reset")
    assert walk_in.get("/cases/")["Location"].startswith("/accounts/login/")
    assert verbs_of(cast.administrator)[-1][0] == "second_step_reset"

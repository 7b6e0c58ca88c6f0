"""Inviting colleagues, and their coming in: the acts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.agencies.models import Invitation, Membership, Team, User
from dacase.agencies.services import invitation as services
from dacase.agencies.services.invitation import HasAccount, NotOpen, token_of
from dacase.audit.models import Event
from dacase.jobs.models import OutboxMessage
from dacase.walls.context import acting_as
from tests.cast import Cast

NEW = {"name": "Nora New", "email": "Nora.New@Example.org ", "role": "idva"}
PASSWORD = "three-random-words-here"


def invite(actor, **changes):
    with acting_as(actor):
        return services.invite_colleague(actor=actor, **(NEW | changes))


def verbs_of(membership):
    with acting_as(membership):
        return list(Event.objects.order_by("at").values_list("verb", flat=True))


def test_an_invitation_keeps_a_hash_and_queues_one_neutral_mail(cast):
    team = Team.objects.get(agency=cast.administrator.agency, name="IDVA")
    row = invite(cast.administrator, team=team)
    token = token_of(row)
    assert row.email == "nora.new@example.org"
    assert token not in str(Invitation.objects.values().get())
    mail = OutboxMessage.objects.get()
    assert token not in str(mail.args)
    assert (mail.args["to"], mail.args["template"]) == ("nora.new@example.org", "invitation")
    assert timedelta(days=6, hours=23) < row.expires_at - timezone.now() <= timedelta(days=7)
    assert verbs_of(cast.administrator) == ["invitation_sent"]


def test_accepting_makes_a_user_who_may_sign_in_and_a_membership(cast):
    team = Team.objects.get(agency=cast.administrator.agency, name="IDVA")
    row = invite(cast.administrator, team=team)
    with acting_as(None):
        membership = services.accept_invitation(token_of(row), name="Nora Newer", password=PASSWORD)
    user = User.objects.get(email="nora.new@example.org")
    assert user.check_password(PASSWORD)
    assert (user.name, membership.role, membership.team, membership.agency) == (
        "Nora Newer", "idva", team, cast.administrator.agency
    )  # fmt: skip
    assert membership.is_active()
    assert list(user.groups.all()) == [cast.administrator.agency.group]
    assert user.group.name == "person:nora.new@example.org"
    assert verbs_of(cast.administrator) == ["invitation_sent", "invitation_accepted"]


def test_a_link_works_once(cast):
    row = invite(cast.administrator)
    services.accept_invitation(token_of(row), name="Nora", password=PASSWORD)
    with pytest.raises(NotOpen):
        services.accept_invitation(token_of(row), name="Nora", password=PASSWORD)
    with pytest.raises(NotOpen):
        services.join_with_invitation(token_of(row), user=User.objects.get(email=row.email))
    assert Membership.objects.filter(user__email=row.email).count() == 1


@pytest.mark.parametrize("why", ["old", "withdrawn", "sent_again", "agency", "wrong", "empty", "long"])
def test_a_link_that_does_not_work_looks_the_same_for_every_reason(cast, why):
    row = invite(cast.administrator)
    token = token_of(row)
    with acting_as(cast.administrator):
        match why:
            case "old":
                Invitation.objects.update(expires_at=timezone.now())
            case "withdrawn":
                services.withdraw_invitation(row, actor=cast.administrator)
            case "sent_again":
                services.send_invitation_again(row, actor=cast.administrator)
            case "agency":
                type(row.agency).objects.filter(pk=row.agency_id).update(is_active=False)
            case "wrong":
                token = token[:-1] + ("A" if token[-1] != "A" else "B")
            case "empty":
                token = ""
            case "long":
                token = "x" * 100_000
    with pytest.raises(NotOpen):
        services.accept_invitation(token, name="Nora", password=PASSWORD)
    assert not User.objects.filter(email="nora.new@example.org").exists()


def test_sending_again_makes_a_new_link_for_seven_more_days(cast):
    row = invite(cast.administrator)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    with acting_as(cast.administrator):
        again = services.send_invitation_again(row, actor=cast.administrator)
    services.accept_invitation(token_of(again), name="Nora", password=PASSWORD)
    assert OutboxMessage.objects.count() == 2
    assert verbs_of(cast.administrator) == ["invitation_sent", "invitation_sent_again", "invitation_accepted"]


def test_what_has_been_used_or_withdrawn_is_not_sent_again_and_not_withdrawn_later(cast):
    used, withdrawn = invite(cast.administrator), invite(cast.administrator, email="other@example.org")
    services.accept_invitation(token_of(used), name="Nora", password=PASSWORD)
    with acting_as(cast.administrator):
        services.withdraw_invitation(withdrawn, actor=cast.administrator)
        services.withdraw_invitation(withdrawn, actor=cast.administrator)
        for row in (used, withdrawn):
            with pytest.raises(ValidationError):
                services.send_invitation_again(row, actor=cast.administrator)
        with pytest.raises(ValidationError):
            services.withdraw_invitation(used, actor=cast.administrator)
    assert verbs_of(cast.administrator).count("invitation_withdrawn") == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "front_door"}, "role"),
        ({"role": "commissioner"}, "role"),
        ({"role": "nonsense"}, "role"),
        ({"email": "idva@example.org"}, "email"),
        ({"email": "IDVA@example.org"}, "email"),
        ({"email": "two@example.org,three@example.org"}, ""),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(cast, changes, field):
    with pytest.raises(ValidationError) as refusal:
        invite(cast.administrator, **changes)
    assert not field or list(refusal.value.message_dict) == [field]
    assert not Invitation.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_team_of_another_agency_is_refused(cast):
    with pytest.raises(ValidationError):
        invite(cast.administrator, team=Team.objects.exclude(agency=cast.administrator.agency).first())


def test_the_same_address_is_invited_once_at_a_time_by_each_agency(cast):
    invite(cast.administrator)
    with pytest.raises(ValidationError):
        invite(cast.idva_manager)
    other = Membership.objects.create(
        user=cast.administrator.user, agency=cast.police_officer.agency, role="administrator"
    )
    assert invite(other, role="referrer").agency == cast.police_officer.agency


def test_a_double_click_is_one_invitation(cast):
    once = uuid4()
    assert invite(cast.administrator, submission=once) == invite(cast.administrator, submission=once)
    assert Invitation.objects.count() == OutboxMessage.objects.count() == 1


def test_a_submission_that_another_agency_used_shows_nothing_of_it(cast):
    once = uuid4()
    first = invite(cast.administrator, submission=once)
    other = Membership.objects.create(
        user=cast.administrator.user, agency=cast.police_officer.agency, role="administrator"
    )
    second = invite(other, role="referrer", submission=once)
    assert second.pk != first.pk
    assert second.agency != first.agency


@pytest.mark.parametrize("key", ["idva", "police_officer", "commissioner", "auditor", "marac_chair"])
def test_only_who_manages_people_invites(cast, key):
    actor = getattr(cast, key)
    with pytest.raises(NotAllowed):
        invite(actor)
    row = invite(cast.administrator)
    for act in (services.send_invitation_again, services.withdraw_invitation):
        with pytest.raises(NotAllowed), acting_as(actor):
            act(row, actor=actor)


def test_a_manager_who_is_no_administrator_makes_no_administrators(cast):
    with pytest.raises(ValidationError):
        invite(cast.idva_manager, role="administrator")
    with pytest.raises(ValidationError):
        invite(cast.idva_manager, role="auditor")
    assert invite(cast.administrator, role="auditor")


def test_an_address_with_an_account_must_sign_in_to_accept(cast):
    row = invite(cast.administrator, email=cast.police_officer.user.email)
    with pytest.raises(HasAccount):
        services.accept_invitation(token_of(row), name="Thief", password=PASSWORD)
    assert not cast.police_officer.user.check_password(PASSWORD)
    with pytest.raises(HasAccount):
        services.join_with_invitation(token_of(row), user=cast.idva.user)
    membership = services.join_with_invitation(token_of(row), user=cast.police_officer.user)
    assert membership.user == cast.police_officer.user
    assert Membership.objects.active().filter(user=cast.police_officer.user).count() == 2


def test_fifty_uses_of_one_link_at_once_make_one_account(committed):
    row = invite(Cast().administrator)
    token = token_of(row)

    def use(number):
        try:
            services.accept_invitation(token, name=f"Nora {number}", password=PASSWORD)
        except (NotOpen, HasAccount):
            return False
        finally:
            connections.close_all()
        return True

    try:
        with ThreadPoolExecutor(50) as pool:
            assert sum(pool.map(use, range(50))) == 1
        assert Membership.objects.filter(user__email=row.email).count() == 1
    finally:
        forget(row.email)


def test_two_invitations_of_one_address_used_at_once_make_one_account(committed):
    cast = Cast()
    other = Membership.objects.create(
        user=cast.administrator.user, agency=cast.police_officer.agency, role="administrator"
    )
    rows = [invite(cast.administrator), invite(other, role="referrer")]

    def use(row):
        try:
            services.accept_invitation(token_of(row), name="Nora", password=PASSWORD)
        except HasAccount:
            return False
        finally:
            connections.close_all()
        return True

    try:
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(use, rows)) == [False, True]
        assert User.objects.filter(email=rows[0].email).count() == 1
    finally:
        forget(rows[0].email)
        Invitation.objects.using("owner").filter(invited_by=other).delete()
        Membership.objects.using("owner").filter(pk=other.pk).delete()


def forget(email):
    """The partnership outlives a test that commits: take what was added out of it, past the audit's wall."""
    from tests.cast import empty_database

    empty_database()
    Membership.objects.using("owner").filter(user__email=email).delete()
    Invitation.objects.using("owner").filter(email=email).delete()
    user = User.objects.using("owner").filter(email=email).first()
    if user is not None:
        user.groups.clear()
        group = user.group
        user.delete()
        group.delete()

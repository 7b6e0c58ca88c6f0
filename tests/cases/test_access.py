"""Sharing a case, ending access, barring somebody and lifting the bar."""

import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.choices import Scope
from dacase.cases.models import Case, Exclusion, Grant
from dacase.cases.selectors.access import can_open, ended_grants, grants_on, who_can_open
from dacase.cases.services.exclusion import bar_from_case, lift_exclusion
from dacase.cases.services.grant import end_access, end_grant, grant_access
from dacase.cases.services.upkeep import end_expired_grants
from dacase.walls.context import acting_as
from tests.factories import share

pytestmark = pytest.mark.usefixtures("own_panels")
BASIS = {"purpose": "support", "lawful_basis": "public_task"}


def sees(member, case):
    with acting_as(member):
        return can_open(member, case.pk) and Case.objects.filter(pk=case.pk).exists()


def grant_of(cast, case, member):
    with acting_as(cast.idva):
        return Grant.objects.get(content_object=case, group=member.agency.group)


class TestGrants:
    def test_a_grant_opens_and_its_end_closes(self, cast, case):
        assert not sees(cast.refuge_worker, case)
        share(case, cast.refuge_worker.agency, actor=cast.idva)
        assert sees(cast.refuge_worker, case)
        with acting_as(cast.idva):
            end_grant(grants_on(case).get(group=cast.refuge_worker.agency.group), actor=cast.idva)
        assert not sees(cast.refuge_worker, case)
        with acting_as(cast.idva):
            assert [(ended.agency, ended.by) for ended in ended_grants(case)] == [
                ("Harbour Refuge", cast.idva.user.name)
            ]
            assert Event.objects.filter(verb="access_ended").count() == 1

    def test_ending_what_has_ended_does_nothing(self, cast, case):
        share(case, cast.refuge_worker.agency, actor=cast.idva)
        with acting_as(cast.idva):
            grant = grants_on(case).get(group=cast.refuge_worker.agency.group)
            end_grant(grant, actor=cast.idva)
            end_grant(grant, actor=cast.idva)
            assert Event.objects.filter(verb="access_ended").count() == 1

    def test_a_second_grant_of_one_scope_renews_the_first(self, cast, case):
        share(case, cast.refuge_worker.agency, actor=cast.idva)
        share(case, cast.refuge_worker.agency, actor=cast.idva, purpose="accommodation")
        assert grant_of(cast, case, cast.refuge_worker).purpose == "accommodation"

    def test_the_last_agency_cannot_leave_a_case_that_nobody_opens(self, cast, case):
        share(case, cast.refuge_worker.agency, actor=cast.idva, scope=Scope.SUMMARY)
        with acting_as(cast.idva):
            with pytest.raises(ValidationError):
                end_grant(grants_on(case).get(group=cast.idva.agency.group), actor=cast.idva)
            with pytest.raises(ValidationError):
                end_access(case, agency=cast.idva.agency, actor=cast.idva)
        assert sees(cast.idva, case)
        share(case, cast.social_worker.agency, actor=cast.idva)
        with acting_as(cast.idva):
            assert end_access(case, agency=cast.idva.agency, actor=cast.idva) == 1
        assert not sees(cast.idva, case)
        assert sees(cast.social_worker, case)

    def test_a_past_end_and_a_barred_agency_are_refused(self, cast, case):
        with acting_as(cast.idva_manager):
            with pytest.raises(ValueError, match="future"):
                grant_access(
                    case,
                    agency=cast.refuge_worker.agency,
                    until=timezone.now(),
                    actor=cast.idva_manager,
                    **BASIS,
                )
            bar_from_case(case, group=cast.refuge_worker.agency.group, reason="x", actor=cast.idva_manager)
            with pytest.raises(ValidationError, match="barred"):
                grant_access(case, agency=cast.refuge_worker.agency, actor=cast.idva_manager, **BASIS)

    @pytest.mark.parametrize(
        "key", ["police_officer", "refuge_worker", "commissioner", "auditor", "marac_chair"]
    )
    def test_other_roles_may_not(self, cast, case, key):
        actor = getattr(cast, key)
        with acting_as(actor):
            with pytest.raises(NotAllowed):
                grant_access(case, agency=actor.agency, actor=actor, **BASIS)
            with pytest.raises(NotAllowed):
                end_access(case, agency=cast.idva.agency, actor=actor)
            with pytest.raises(NotAllowed):
                end_grant(Grant(), actor=actor)
            with pytest.raises(NotAllowed):
                bar_from_case(case, group=actor.user.group, reason="x", actor=actor)
            with pytest.raises(NotAllowed):
                lift_exclusion(Exclusion(), actor=actor)

    def test_the_sweep_takes_nothing_that_runs(self, cast, case):
        share(case, cast.refuge_worker.agency, actor=cast.idva, until=timezone.now() + timedelta(days=1))
        assert end_expired_grants() == 0
        assert sees(cast.refuge_worker, case)


class TestExclusions:
    @pytest.mark.parametrize("which", ["user", "team", "agency"])
    def test_a_person_a_team_or_an_agency_is_barred_and_let_in_again(self, cast, case, which):
        share(case, cast.social_worker.agency, actor=cast.idva)
        barred = cast.social_worker
        with acting_as(cast.idva_manager):
            exclusion = bar_from_case(
                case, group=getattr(barred, which).group, reason="Knows her", actor=cast.idva_manager
            )
            same = bar_from_case(
                case, group=getattr(barred, which).group, reason="Again", actor=cast.idva_manager
            )
            assert exclusion == same
        assert not sees(barred, case)
        assert sees(cast.idva, case)
        with acting_as(cast.idva_manager):
            lift_exclusion(exclusion, actor=cast.idva_manager)
            lift_exclusion(exclusion, actor=cast.idva_manager)
            assert Event.objects.filter(verb="exclusion_lifted").count() == 1
        assert sees(barred, case)

    def test_barring_the_team_leaves_the_rest_of_the_agency(self, cast, case):
        with acting_as(cast.idva_manager):
            bar_from_case(case, group=cast.barred_colleague.team.group, reason="x", actor=cast.idva_manager)
        assert not sees(cast.barred_colleague, case)
        assert sees(cast.idva, case)

    def test_nobody_may_be_left_out_all_together(self, cast, case):
        with acting_as(cast.idva_manager), pytest.raises(ValidationError):
            bar_from_case(case, group=cast.idva.agency.group, reason="x", actor=cast.idva_manager)
        assert sees(cast.idva, case)
        share(case, cast.commissioner.agency, actor=cast.idva)  # nobody there may open a case
        with acting_as(cast.idva_manager), pytest.raises(ValidationError):
            bar_from_case(case, group=cast.idva.agency.group, reason="x", actor=cast.idva_manager)

    def test_she_who_bars_herself_loses_the_case(self, cast, case):
        with acting_as(cast.idva_manager):
            bar_from_case(
                case, group=cast.idva_manager.user.group, reason="My neighbour", actor=cast.idva_manager
            )
        assert not sees(cast.idva_manager, case)
        with acting_as(cast.idva):
            assert cast.idva_manager not in who_can_open(case)
            assert cast.idva in who_can_open(case)


class TestPages:
    def test_sharing_through_the_page(self, cast, case, sign_in):
        client = sign_in(cast.idva)
        share_url = reverse("cases:grant_create", args=[case.pk])
        until = timezone.localdate() + timedelta(days=7)
        answers = {
            "agency": str(cast.social_worker.agency_id), "scope": "view_case", "reason": "Two children", **BASIS,
            "until_day": until.day, "until_month": until.month, "until_year": until.year,
        }  # fmt: skip
        assert client.get(share_url).status_code == 200
        response = client.post(share_url, answers)
        assert response.status_code == 302
        assert sees(cast.social_worker, case)
        html = client.get(response["Location"]).content.decode()
        assert "Two children" in html
        assert "Public task (Article 6(1)(e))" in html
        grant = grant_of(cast, case, cast.social_worker)
        assert timezone.localtime(grant.valid_until).date() == until + timedelta(
            days=1
        )  # to the end of the day

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [("agency", "", "Select agency"), ("reason", "", "Enter why this agency"), ("purpose", "x", "select one"),
         ("until_year", "2020", "must be today or in the future"), ("reason", "x" * 1_000_000, "500 characters")],
    )  # fmt: skip
    def test_a_share_without_its_why_is_told(self, cast, case, sign_in, field, value, words):
        answers = {"agency": str(cast.social_worker.agency_id), "scope": "view_case", "reason": "x", **BASIS,
                   "until_day": "1", "until_month": "1", "until_year": "2099"}  # fmt: skip
        response = sign_in(cast.idva).post(
            reverse("cases:grant_create", args=[case.pk]), answers | {field: value}
        )
        assert words in response.content.decode()
        assert not sees(cast.social_worker, case)

    def test_ending_access_asks_first(self, cast, case, sign_in):
        share(case, cast.social_worker.agency, actor=cast.idva)
        client = sign_in(cast.idva)
        url = reverse("cases:grant_end", args=[case.pk, grant_of(cast, case, cast.social_worker).pk])
        assert "End this access?" in client.get(url).content.decode()
        assert sees(cast.social_worker, case)
        assert client.post(url).status_code == 302
        assert not sees(cast.social_worker, case)
        assert client.get(url).status_code == 404

    def test_giving_up_own_access_leads_back_to_the_list(self, cast, case, sign_in):
        client = sign_in(cast.idva)
        url = reverse("cases:grant_end", args=[case.pk, grant_of(cast, case, cast.idva).pk])
        assert "Nobody else holds this case" in client.post(url).content.decode()
        share(case, cast.social_worker.agency, actor=cast.idva)
        assert client.post(url)["Location"] == reverse("cases:list")
        assert not sees(cast.idva, case)

    def test_barring_and_lifting_through_the_pages(self, cast, case, sign_in):
        client = sign_in(cast.idva_manager)
        url = reverse("cases:exclusion_create", args=[case.pk])
        answers = {
            "kind": "person",
            "person": str(cast.barred_colleague.user.group_id),
            "reason": "Knows her",
            "sure": "on",
        }
        for missing, words in {
            "person": "Select the person",
            "sure": "Confirm that they",
            "reason": "Enter reason",
        }.items():
            assert words in client.post(url, answers | {missing: ""}).content.decode()
        assert client.post(url, answers)["Location"] == reverse("cases:access", args=[case.pk])
        assert not sees(cast.barred_colleague, case)
        assert (
            "Barry Supposed (person)" in client.get(reverse("cases:access", args=[case.pk])).content.decode()
        )
        with acting_as(cast.idva):
            exclusion = Exclusion.objects.get()
        lift = reverse("cases:exclusion_lift", args=[case.pk, exclusion.pk])
        assert "Lift this exclusion?" in client.get(lift).content.decode()
        assert client.post(lift).status_code == 302
        assert sees(cast.barred_colleague, case)

    def test_barring_oneself_leads_back_to_the_list(self, cast, case, sign_in):
        client = sign_in(cast.idva_manager)
        answers = {
            "kind": "person",
            "person": str(cast.idva_manager.user.group_id),
            "reason": "x",
            "sure": "on",
        }
        assert client.post(reverse("cases:exclusion_create", args=[case.pk]), answers)["Location"] == reverse(
            "cases:list"
        )

    def test_barring_everybody_is_refused_in_words(self, cast, case, sign_in):
        answers = {"kind": "agency", "agency": str(cast.idva.agency.group_id), "reason": "x", "sure": "on"}
        response = sign_in(cast.idva_manager).post(reverse("cases:exclusion_create", args=[case.pk]), answers)
        assert "Nobody would be left" in response.content.decode()

    def test_grants_and_exclusions_of_another_case_are_not_there(self, cast, case, sign_in):
        client = sign_in(cast.idva_manager)
        for name in ("grant_end", "exclusion_lift"):
            assert client.get(reverse(f"cases:{name}", args=[case.pk, case.pk])).status_code == 404

    def test_a_grant_that_ran_out_a_moment_ago_can_be_given_anew(self, cast, case, sign_in):
        """It is not swept yet: the new one must neither collide with it nor stay ended."""
        share(case, cast.refuge_worker.agency, actor=cast.idva)
        with acting_as(cast.idva):
            Grant.objects.filter(group=cast.refuge_worker.agency.group).update(
                valid_until=timezone.now() + timedelta(milliseconds=200)
            )
        time.sleep(0.3)
        assert not sees(cast.refuge_worker, case)
        page = reverse("cases:access", args=[case.pk])
        assert "Harbour Refuge" not in sign_in(cast.idva).get(page).content.decode()
        share(case, cast.refuge_worker.agency, actor=cast.idva)
        assert sees(cast.refuge_worker, case)
        assert "Harbour Refuge" in sign_in(cast.idva).get(page).content.decode()

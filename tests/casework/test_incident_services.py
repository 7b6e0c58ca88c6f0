"""Incidents: recorded once for all who hold the file, put right by their agency, struck out and never deleted."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.models import Case
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from referrals.casework.choices import Known, Precision
from referrals.casework.models import Incident
from referrals.casework.rules.incident import counts_from
from referrals.casework.selectors.incident import counted, incidents_of, lately, years_of
from referrals.casework.services.incident import change_incident, strike_incident
from tests.casework.incidents import account, act, days_ago, recorded
from tests.factories import make_case, share

pytestmark = pytest.mark.django_db


def number(case, actor):
    today = timezone.localdate()
    with acting_as(actor):
        return lately(counted(case, actor, on=today), on=today)


def party(case, actor, role):
    with acting_as(actor):
        return case.parties.get(role=role)


def test_everybody_who_holds_the_file_reads_it_and_its_agency_alone_changes_it(cast, case):
    one = recorded(case, cast.idva, perpetrator=party(case, cast.idva, "perpetrator"))
    for reader, sees in ((cast.social_worker, 1), (cast.idva_manager, 1), (cast.outsider, 0)):
        with acting_as(reader):
            assert incidents_of(case, reader).count() == sees
    for service, changes in (
        (change_incident, {"account": account(), "version": 1}),
        (strike_incident, {"reason": "x"}),
    ):
        with pytest.raises(NotAllowed):
            act(service, one, cast.social_worker, **changes)
        with pytest.raises(Incident.DoesNotExist):
            act(service, one, cast.outsider, **changes)
    changed = act(
        change_incident, one, cast.idva_manager, account=account(what_happened="Put right."), version=1
    )
    assert (changed.version, changed.what_happened) == (2, "Put right.")
    with acting_as(cast.idva):
        said = Incident.history.order_by("version").values_list("what_happened", flat=True)
        assert list(said) == ["Invented words.", "Put right."]


def test_the_same_submission_is_one_incident_and_one_event(cast, case):
    submission = uuid.uuid4()
    assert recorded(case, cast.idva, submission) == recorded(case, cast.idva, submission)
    with acting_as(cast.idva):
        assert Event.objects.filter(verb="incident_recorded").count() == 1


def test_who_changes_what_a_colleague_changed_meanwhile_sees_both(cast, case):
    one = recorded(case, cast.idva)
    act(change_incident, one, cast.idva_manager, account=account(kinds=["stalking"]), version=1)
    with pytest.raises(StaleVersion) as stale:
        act(change_incident, one, cast.idva, account=account(what_happened="Mine."), version=1)
    assert stale.value.current["kinds"] == ["stalking"]
    assert stale.value.current["perpetrator"] == "not_named"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("happened_on", {"happened_on": days_ago(-1)}),
        ("kinds", {"kinds": []}),
        ("kinds", {"kinds": ["threats", "nothing_known"]}),
        ("what_happened", {"what_happened": "  "}),
        ("reported_on", {"reported_on": days_ago(-1)}),
        ("reported_on", {"reported_on": days_ago(9)}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(cast, case, field, changes):
    with pytest.raises(ValidationError) as refused:
        recorded(case, cast.idva, **changes)
    assert set(refused.value.error_dict) == {field}
    with acting_as(cast.idva):
        assert not Incident.objects.exists()


def test_only_a_perpetrator_of_the_case_is_named(cast, case):
    other = make_case(cast.idva, victim="Elsewhere")
    for wrong in (party(case, cast.idva, "child"), party(other, cast.idva, "perpetrator")):
        with pytest.raises(ValidationError) as refused:
            recorded(case, cast.idva, perpetrator=wrong)
        assert "perpetrator" in refused.value.error_dict


def test_about_a_day_it_may_have_been_told_before_that_day(cast, case):
    one = recorded(case, cast.idva, precision=Precision.ABOUT, reported_on=days_ago(5))
    assert one.when.startswith("About ")


def test_a_month_is_kept_as_its_first_day_and_shown_as_a_month(cast, case):
    one = recorded(case, cast.idva, precision=Precision.MONTH, happened_on=days_ago(40))
    assert one.happened_on == days_ago(40).replace(day=1)
    assert one.when == f"{days_ago(40):%B %Y}"


def test_a_crime_reference_stays_only_where_the_police_were_told(cast, case):
    told = recorded(case, cast.idva, police_told=Known.YES, crime_reference="42/1/26")
    assert told.crime_reference == "42/1/26"
    assert recorded(case, cast.idva, crime_reference="42/1/26").crime_reference == ""


def test_roles_without_the_verb_and_agencies_without_the_file_record_nothing(cast, case):
    share(case, cast.marac_coordinator.agency, actor=cast.idva, purpose="marac")
    with pytest.raises(NotAllowed):
        recorded(case, cast.marac_coordinator)
    with pytest.raises(Case.DoesNotExist):
        recorded(case, cast.outsider)


def test_struck_out_it_counts_no_more_stays_in_the_history_and_is_changed_no_more(cast, case):
    one = recorded(case, cast.idva, what_happened="Another case was meant.")
    with pytest.raises(ValidationError):
        act(strike_incident, one, cast.idva, reason=" ")
    act(strike_incident, one, cast.idva, reason="Wrong case")
    act(strike_incident, one, cast.idva, reason="Twice is once")
    with pytest.raises(ValidationError):
        act(change_incident, one, cast.idva, account=account(what_happened="x"), version=2)
    assert number(case, cast.idva).count == 0
    with acting_as(cast.idva):
        assert Incident.objects.get().struck_reason == "Wrong case"
        assert Event.objects.filter(verb="incident_struck_out").count() == 1
        assert "Another case was meant." in Incident.history.values_list("what_happened", flat=True)


def test_of_any_agency_those_within_the_months_count_and_no_other_case_s(cast, case):
    first = counts_from(timezone.localdate())
    recorded(case, cast.idva, happened_on=first)
    recorded(case, cast.idva, happened_on=first - timedelta(days=1))
    recorded(make_case(cast.idva, victim="Elsewhere"), cast.idva)
    assert number(case, cast.idva).count == 1
    recorded(case, cast.social_worker, happened_on=timezone.localdate())
    assert (number(case, cast.idva).count, number(case, cast.idva).is_escalation) == (2, False)
    newest = recorded(case, cast.idva)
    found = number(case, cast.social_worker)
    assert (found.count, found.is_escalation, found.recorded_at) == (3, True, newest.recorded_at)
    assert number(case, cast.outsider).count == 0


def test_of_a_month_that_reaches_into_the_months_nothing_is_lost(cast, case):
    first = counts_from(timezone.localdate())
    recorded(case, cast.idva, happened_on=first, precision=Precision.MONTH)
    assert number(case, cast.idva).count == 1
    recorded(case, cast.idva, happened_on=first.replace(day=1) - timedelta(days=1), precision=Precision.MONTH)
    assert number(case, cast.idva).count == 1


def test_the_list_is_filtered_by_kind_and_year(cast, case):
    old = recorded(case, cast.idva, happened_on=days_ago(800), kinds=["economic", "threats"])
    new = recorded(case, cast.idva, happened_on=days_ago(0), kinds=["stalking"])
    with acting_as(cast.idva):
        assert list(incidents_of(case, cast.idva, kind="threats")) == [old]
        assert list(incidents_of(case, cast.idva, year=str(timezone.localdate().year))) == [new]
        assert years_of(case, cast.idva) == [timezone.localdate().year, days_ago(800).year]

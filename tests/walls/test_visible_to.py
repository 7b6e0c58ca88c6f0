"""Every `visible_to` is right by itself: run as the owner, whom no policy hides anything from."""

import pytest
from django.apps import apps

from dacase.cases.choices import Scope
from dacase.cases.models import Case, Grant
from dacase.cases.selectors.timeline import looks_of_agency
from dacase.walls.install import declared
from tests.walls.world import MEMBERS

MODELS = [
    model
    for model in apps.get_models()
    if hasattr(model._default_manager, "visible_to") and not hasattr(model, "instance_type")
]


def files(oracle, member):
    """The cases whose whole file the member may open."""
    seen = oracle.seen(member)
    return {
        row["content_object_id"] for row in oracle.rows["cases_grant"]
        if row["id"] in seen["cases_grant"] and row["permission_id"] == oracle.whole and row["group_id"] == member.agency.group_id
    }  # fmt: skip


# What a `visible_to` leaves out on purpose, although the database would show it. (oracle, member) -> keys.
NARROWER = {
    "cases_case": files,
    "cases_location": lambda o, m: o.seen(m)["cases_location"] if m.may("view_location") else set(),
    "cases_immigrationstatus": lambda o, m: (
        o.seen(m)["cases_immigrationstatus"] if m.may("view_immigration") else set()
    ),
    "cases_party": lambda o, m: {
        row["id"]
        for row in o.rows["cases_party"]
        if row["case_id"] in files(o, m) and row["double_of_id"] is None
    },
    "cases_person": lambda o, m: {
        row["person_id"] for row in o.rows["cases_party"] if row["case_id"] in files(o, m)
    },
    "audit_event": lambda o, m: {
        row["id"]
        for row in o.rows["audit_event"]
        if row["case_id"] is None and row["agency_id"] == m.agency_id
    },
    # Audit stands below cases and knows no exclusion: cases.selectors.timeline.looks_of_agency leaves them out.
    "audit_read": lambda o, m: {row["id"] for row in o.rows["audit_read"] if row["agency_id"] == m.agency_id},
}
# Tables that hold no case data, and so have no wall but their own `visible_to`.
OPEN = {
    "agencies_membership": lambda o, m: {
        row["id"] for row in o.rows["agencies_membership"] if row["agency_id"] == m.agency_id
    },
    "agencies_invitation": lambda o, m: {
        row["id"] for row in o.rows["agencies_invitation"] if row["agency_id"] == m.agency_id
    },
    "casework_toolwording": lambda o, m: {
        row["id"] for row in o.rows["casework_toolwording"] if row["agency_id"] == m.agency_id
    },
    "marac_meeting": lambda o, m: {
        row["id"] for row in o.rows["marac_meeting"]
        if row["coordinator_agency_id"] == m.agency_id
        or any(core["meeting_id"] == row["id"] and core["agency_id"] == m.agency_id for core in o.rows["marac_meetingagency"])
        or any(
            hearing["meeting_id"] == row["id"] and hearing["id"] in o.seen(m)["marac_hearing"]
            for hearing in o.rows["marac_hearing"]
        )
    },
}  # fmt: skip


# Reached through their parent, whose `visible_to` decides.
THROUGH_PARENT = {
    "cases_grant", "cases_exclusion", "referrals_referralperson", "referrals_referralcontact",
    "referrals_outsidesender", "referrals_uploadrow", "casework_riskanswer", "casework_taskreminder", "marac_hearinggrant", "marac_hearingpaper", "refuge_placementmember", "reporting_figure",
}  # fmt: skip


def wrong(oracle, world, model):
    """The members for whom `model`'s visible_to differs from the oracle."""
    table = model._meta.db_table
    rule = NARROWER.get(table) or OPEN.get(table) or (lambda o, m: o.seen(m)[table])
    return [
        key for key, member in world.members.items()
        if set(model._default_manager.using("owner").visible_to(member).values_list("pk", flat=True)) != rule(oracle, member)
    ]  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_it_gives_the_oracles_set_without_the_databases_help(world, oracle, model):
    assert wrong(oracle, world, model) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_one_that_returned_everything_would_be_noticed(world, oracle, model, monkeypatch):
    monkeypatch.setattr(
        type(model._default_manager.all()), "visible_to", lambda self, *args, **kwargs: self.all()
    )
    assert wrong(oracle, world, model)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_one_that_returned_nothing_would_be_noticed(world, oracle, model, monkeypatch):
    monkeypatch.setattr(
        type(model._default_manager.all()), "visible_to", lambda self, *args, **kwargs: self.none()
    )
    assert wrong(oracle, world, model)


def test_every_walled_model_has_one_or_is_reached_through_its_parent():
    without = {
        wall.table
        for room in declared()
        for wall in room.walled
        if not hasattr(wall.model._default_manager, "visible_to")
    }
    assert without == THROUGH_PARENT


def test_looks_of_the_agency_leave_out_what_bars_the_reader(world, oracle):
    for key, member in world.members.items():
        own = {row["id"] for row in oracle.rows["audit_read"] if row["agency_id"] == member.agency_id}
        found = looks_of_agency(member).using("owner").values_list("pk", flat=True)
        assert set(found) == own & oracle.seen(member)["audit_read"], key


def test_a_summary_adds_the_cases_that_are_known_of(world, oracle):
    for key in MEMBERS:
        member = world.members[key]
        found = Case.objects.using("owner").visible_to(member, Scope.SUMMARY).values_list("pk", flat=True)
        assert set(found) == oracle.seen(member)["cases_case"], key


def test_guardian_reads_the_same_rows(world, oracle):
    """has_perm and our own selectors answer from one table, before exclusions and dates."""
    cast = world.cast
    group = cast.adults_olive.agency.group
    held = (
        Grant.objects.using("owner")
        .filter(group=group)
        .values_list("content_object_id", "permission__codename")
    )
    assert set(held) == {
        (world.cases["advocacy"].pk, "view_case"), (world.cases["front_door"].pk, "view_case_summary"),
    }  # fmt: skip

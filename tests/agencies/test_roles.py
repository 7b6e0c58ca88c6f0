"""The table of roles, as a practitioner would read it."""

import ast
import csv
from pathlib import Path

import pytest

from dacase.agencies.choices import Role
from dacase.agencies.partnership import read_rows
from dacase.agencies.roles import (
    OFFERS_CSV,
    ROLES_CSV,
    needs_second_factor,
    role_may,
    roles_of_agency,
    roles_to_give,
    verbs,
    who_may,
)

ROOT = Path(__file__).resolve().parents[2]

EXPECTED = {
    "referrer": "see_case_data make_referral complete_action_point",
    "front_door": "see_case_data record_incident record_consent write_note answer_escalation make_referral triage_referral view_case edit_case view_location assess_risk share_case merge_people ask_other_agency"
    " exclude_from_case refer_to_marac",
    "idva": "see_case_data record_incident record_consent write_note write_plan write_letter work_episode make_referral accept_referral view_case edit_case view_location view_immigration assess_risk share_case"
    " refer_to_marac view_hearing complete_action_point",
    "idva_manager": "see_case_data supervise record_incident record_consent write_note write_plan write_letter answer_escalation work_episode allocate_episode make_referral accept_referral view_case edit_case view_location view_immigration assess_risk share_case"
    " exclude_from_case refer_to_marac view_hearing complete_action_point manage_people merge_people",
    "social_worker": "see_case_data supervise record_incident record_consent write_note write_plan write_letter answer_escalation work_episode allocate_episode make_referral accept_referral view_case edit_case view_location view_immigration assess_risk"
    " share_case exclude_from_case refer_to_marac view_hearing complete_action_point merge_people",
    "marac_coordinator": "see_case_data view_case view_location share_case exclude_from_case manage_meeting view_hearing"
    " record_hearing complete_action_point",
    "marac_chair": "see_case_data view_hearing record_hearing complete_action_point",
    "marac_representative": "see_case_data make_referral view_hearing complete_action_point",
    "refuge_worker": "see_case_data supervise record_incident record_consent write_note write_plan answer_escalation work_episode allocate_episode make_referral accept_referral view_case view_location view_hearing"
    " complete_action_point manage_placement",
    "programme_worker": "see_case_data record_incident record_consent write_note view_case",
    "commissioner": "request_return view_return",
    "auditor": "see_case_data view_read_log",
    "administrator": "manage_people load_wording",
    "public_door": "make_referral",
}


@pytest.mark.parametrize("role", Role.values)
def test_each_role_may_do_exactly_this(role):
    assert {verb for verb in verbs() if role_may(role, verb)} == set(EXPECTED[role].split())


def test_the_table_has_a_column_for_every_role_and_no_other_mark_than_yes():
    with ROLES_CSV.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {"verb", "meaning", *Role.values}
    assert {mark for row in rows for name, mark in row.items() if name in Role.values} <= {"yes", ""}
    assert all(row["meaning"] for row in rows)


def verbs_in_code():
    """Every verb that code asks for, with the file that does."""
    found = []
    for room in ("dacase", "referrals", "marac", "refuge", "reporting"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found += [(verb, path.relative_to(ROOT)) for verb in asked_in(node)]
    return found


def asked_in(node):
    if not isinstance(node, ast.Call):
        return []
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    first = {"requires": 0, "check_may": 1, "may": 0, "who_may": 0, "role_may": 1}.get(name)
    if first is None:
        return []
    last = None if name == "requires" else first + 1
    return [
        one.value
        for one in node.args[first:last]
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]


def test_every_verb_that_code_asks_for_is_in_the_table():
    asked = verbs_in_code()
    assert len(asked) > 10
    assert [(verb, str(path)) for verb, path in asked if verb not in verbs()] == []


def test_an_unknown_verb_is_an_error_and_no_silent_no():
    with pytest.raises(KeyError):
        role_may("idva", "see_everything")
    with pytest.raises(KeyError):
        who_may("see_everything")


def test_who_sees_case_data_or_lets_others_see_it_needs_a_second_step():
    assert {role for role in Role.values if not needs_second_factor(role)} == {"commissioner", "public_door"}


def test_every_role_is_offered_to_somebody_and_the_demos_people_have_roles_of_their_agency():
    with OFFERS_CSV.open(newline="", encoding="utf-8") as file:
        assert {row["role"] for row in csv.DictReader(file)} == set(Role.values)
    agencies = {row["key"]: row for row in read_rows("agencies")}
    for row in read_rows("users"):
        agency = agencies[row["agency"]]
        assert row["role"] in roles_of_agency(agency["kind"], agency["services"].split()), row["key"]


@pytest.mark.parametrize(
    ("giver", "kind", "services", "roles"),
    [
        ("administrator", "commissioner", [], "commissioner auditor administrator"),
        ("administrator", "police", [], "referrer marac_chair marac_representative auditor administrator"),
        (
            "administrator",
            "specialist",
            ["advocacy"],
            "referrer idva idva_manager marac_representative programme_worker auditor administrator",
        ),
        (
            "idva_manager",
            "specialist",
            ["advocacy"],
            "referrer idva idva_manager marac_representative programme_worker",
        ),
        (
            "administrator",
            "other",
            ["front_door"],
            "referrer front_door marac_representative auditor administrator",
        ),
    ],
)
def test_the_roles_that_may_be_given_are_those_of_the_agency(giver, kind, services, roles):
    assert set(roles_to_give(giver, kind, services)) == set(roles.split())

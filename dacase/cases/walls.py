"""The walls round the case. What each condition means: docs/permissions.md."""

from dacase.cases.models import (
    Case,
    ChildFacts,
    Draft,
    EqualityAnswers,
    Exclusion,
    Grant,
    Headline,
    ImmigrationStatus,
    Location,
    Merge,
    Party,
    PartyNeeds,
    Person,
    Relationship,
    SafeContactPlan,
)
from dacase.walls.policies import (
    AGENCY,
    GROUPS,
    RUNNING,
    USER,
    Policy,
    Wall,
    Walls,
    case_child,
    child_of,
    in_open_case,
    rarely_in_open_case,
    summary,
    whole_file,
)

OF_A_CASE = "EXISTS (SELECT 1 FROM cases_party p WHERE p.person_id = {id} OFFSET 0)"
# A record that was merged into another is seen by who sees a case in which it stood, so that it can come back.
STOOD_IN_A_CASE = "merged_into_id IS NOT NULL AND app_stood_in_open_case(id)"
NAMES_WHOM_SHE_SEES = f"{in_open_case('case_id')} AND app_sees_person(person_id)"

WALLS = Walls(
    walled=[
        Wall(
            Case,
            [
                Policy("whole_file", whole_file("cases_case")),
                Policy("summary", summary("cases_case"), "SELECT"),
            ],
            case_column="id",
        ),
        Wall(
            Grant,
            [
                # PostgreSQL asks the policies from Z to A: first whether the grant is one's own, which takes no look
                # at the case, and only then the case of another agency's grant.
                Policy("own_grant", f"group_id = ANY ({GROUPS}::int[]) AND {RUNNING}", "SELECT"),
                # Ended ones too until they are swept, or a new grant would collide with one unseen.
                Policy("of_an_open_case", rarely_in_open_case("content_object_id")),
            ],
            rights="SELECT, INSERT, UPDATE, DELETE",
            case_column="content_object_id",
            history=in_open_case("content_object_id"),
        ),
        case_child(Exclusion),
        case_child(Headline),
        Wall(
            Party,
            [
                Policy("in_open_case", in_open_case("case_id"), "SELECT"),
                Policy("in_open_case_change", in_open_case("case_id"), "UPDATE", check=NAMES_WHOM_SHE_SEES),
                # Else a case of one's own would show anybody whose identifier one has come by.
                Policy("in_open_case_add", "", "INSERT", check=NAMES_WHOM_SHE_SEES),
            ],
            history=in_open_case("case_id"),
        ),
        case_child(Location),
        case_child(SafeContactPlan),
        case_child(Relationship),
        case_child(PartyNeeds),
        case_child(ChildFacts),
        case_child(ImmigrationStatus),
        child_of(EqualityAnswers, Person, "person_id"),
        Wall(
            Person,
            [
                Policy("party_to_an_open_case", OF_A_CASE.format(id="cases_person.id")),
                Policy("merged_into_another", STOOD_IN_A_CASE),
                Policy("not_yet_a_party", f"NOT is_party AND made_by_group_id = ANY ({GROUPS}::int[])"),
            ],
        ),
        child_of(Merge, Person, "kept_id"),
        Wall(
            Draft,
            [Policy("own_draft", f"user_id = {USER} AND agency_id = {AGENCY}")],
            rights="SELECT, INSERT, UPDATE, DELETE",
        ),
    ],
    triggers=[
        ("guard_viewers", "cases_case", "BEFORE INSERT OR UPDATE", "guard_case_viewers"),
        ("copy_to_grants", "cases_case", "AFTER UPDATE OF closed_at, opened_at", "copy_case_to_grants"),
        ("prepare_grant", "cases_grant", "BEFORE INSERT", "prepare_grant"),
        ("refresh_viewers", "cases_grant", "AFTER INSERT OR UPDATE OR DELETE", "refresh_case_viewers"),
        ("mark_new", "cases_person", "BEFORE INSERT OR UPDATE", "mark_new_person"),
        ("refuse_merged", "cases_party", "AFTER INSERT OR UPDATE OF person_id", "refuse_merged_person"),
        ("refuse_double", "cases_party", "AFTER INSERT OR UPDATE OF double_of_id", "refuse_strange_double"),
        ("mark_party", "cases_party", "AFTER INSERT", "mark_party"),
    ],
    figures={
        "cases_case": ["id", "opened_at", "closed_at"],
        # Whose case it is, as a key: a person referred twice is counted once.
        "cases_headline": ["case_id", "victim_id"],
    },
)

"""Casework is seen with the case; what one agency wrote, by that agency until it shares it."""

from django.db.models import Model

from dacase.walls.policies import (
    AGENCY,
    Policy,
    Wall,
    Walls,
    case_child,
    child_of,
    in_open_case,
    in_visible,
    own_agency,
)
from referrals.casework.models import (
    ConsentRecord,
    ContactAttempt,
    Cover,
    Episode,
    ExitOutcome,
    HandOver,
    Incident,
    Letter,
    Note,
    Plan,
    PlanAction,
    PlanPrint,
    RiskAnswer,
    RiskAssessment,
    SeverityGrid,
    SeverityLine,
    SignOffRequest,
    StoryPart,
    Supervision,
    Task,
    TaskReminder,
)

# Everybody who holds the file is told who supports; only the agency itself says so of itself.
OWN = f"agency_id = {AGENCY} AND {in_open_case('case_id')}"


def owned_in_case(model: type[Model]) -> Wall:
    """A table of models.owned.OwnedInCase. Its versions stay with the owner: one may be older than the sharing."""
    own = f"agency_id = {AGENCY} AND {in_open_case('case_id')}"
    shared = f"shared_at IS NOT NULL AND {in_open_case('case_id')}"
    return Wall(model, [Policy("own", own), Policy("shared", shared, "SELECT")], history=own)


def inner_in_case(model: type[Model]) -> Wall:
    """A table of models.owned.InnerInCase: one agency's own inside a case, whatever happens."""
    return Wall(model, [Policy("own", OWN)], history=OWN)


def of_a_plan(model: type[Model]) -> Wall:
    """A table of rows of plans: read with the plan, written by its agency alone, as its versions are kept.

    The plan is asked through its own walls, which open no plan of a closed case.
    """
    plans = Plan._meta.db_table
    in_plan = f"EXISTS (SELECT 1 FROM {plans} p WHERE p.id = plan_id AND"  # noqa: S608 - names of our own
    own = f"{in_plan} p.agency_id = {AGENCY} OFFSET 0)"
    shared = f"{in_plan} p.shared_at IS NOT NULL OFFSET 0)"
    return Wall(model, [Policy("own", own), Policy("shared", shared, "SELECT")], history=own)


OF_OWN_ASSESSMENT = (
    f"EXISTS (SELECT 1 FROM {RiskAssessment._meta.db_table} p"  # noqa: S608 - names of our own
    f" WHERE p.id = assessment_id AND p.agency_id = {AGENCY} OFFSET 0)"
)

WALLS = Walls(
    walled=[
        # Read with the file by all who hold it; begun and answered by its own agency, and then left as it is.
        Wall(
            RiskAssessment,
            [
                Policy("in_open_case", in_open_case("case_id"), "SELECT"),
                Policy("own_begin", "", "INSERT", check=OWN),
                # Others may lock the row, and are told whose it is; they may not change it.
                Policy("own_change", in_open_case("case_id"), "UPDATE", check=OWN),
            ],
            history=in_open_case("case_id"),
        ),
        Wall(
            RiskAnswer,
            [
                Policy(
                    "with_its_parent", in_visible(RiskAssessment._meta.db_table, "assessment_id"), "SELECT"
                ),
                Policy("own_begin", "", "INSERT", check=OF_OWN_ASSESSMENT),
                Policy("own_change", OF_OWN_ASSESSMENT, "UPDATE"),
            ],
            history=in_visible(RiskAssessment._meta.db_table, "assessment_id"),
        ),
        case_child(StoryPart),
        case_child(Incident),
        # Recorded for good: a newer grid stands beside the older.
        case_child(SeverityGrid, rights="SELECT, INSERT"),
        child_of(SeverityLine, SeverityGrid, "grid_id", rights="SELECT, INSERT"),
        # Read with the file by all who hold it, recorded in nobody else's name, never changed.
        Wall(
            ConsentRecord,
            [
                Policy("in_open_case", in_open_case("case_id"), "SELECT"),
                Policy("own_record", "", "INSERT", check=OWN),
            ],
            rights="SELECT, INSERT",
            history=in_open_case("case_id"),
            append_only=True,
        ),
        own_agency(Cover),
        own_agency(HandOver),
        Wall(
            Episode,
            [
                Policy("in_open_case", in_open_case("case_id"), "SELECT"),
                Policy("own_begin", "", "INSERT", check=OWN),
                Policy("own_change", OWN, "UPDATE"),
            ],
            history=in_open_case("case_id"),
        ),
        owned_in_case(ContactAttempt),
        owned_in_case(ExitOutcome),
        owned_in_case(Letter),
        owned_in_case(Note),
        owned_in_case(Task),
        inner_in_case(Supervision),
        inner_in_case(SignOffRequest),
        child_of(TaskReminder, Task, "task_id"),
        owned_in_case(Plan),
        of_a_plan(PlanAction),
        of_a_plan(PlanPrint),
    ],
    triggers=[
        (
            "refuse_change_of_completed",
            "casework_riskassessment",
            "BEFORE UPDATE",
            "refuse_change_of_completed",
        ),
        (
            "refuse_answer_to_completed",
            "casework_riskanswer",
            "BEFORE INSERT OR UPDATE",
            "refuse_answer_to_completed",
        ),
    ],
    # The wording of a tool says nothing of any case: everybody reads it, and the service says who loads it.
    open_tables={
        "casework_toolwording": "SELECT, INSERT, UPDATE",
        "casework_topicwording": "SELECT, INSERT",
    },
    figures={
        "casework_riskassessment": ["id", "tool", "band", "assessed_on", "completed_at", "yes_count"],
        "casework_episode": [
            "id",
            "agency_id",
            "kind",
            "opened_at",
            "first_contact_due_at",
            "first_tried_at",
            "contacted_at",
            "closed_at",
            "closing_reason",
        ],
    },
)

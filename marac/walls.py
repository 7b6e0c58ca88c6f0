"""Hearings and their papers are seen by the agencies invited to them; only who holds the case lists it."""

from dacase.walls.policies import (
    AGENCY,
    GROUPS,
    RUNNING,
    Policy,
    Wall,
    Walls,
    case_child,
    child_of,
    in_open_case,
    in_visible,
)
from marac.models import ActionPoint, Hearing, HearingGrant, HearingPaper, MaracReferral

INVITED = (
    "CASE WHEN viewers_recheck_at IS NULL OR viewers_recheck_at > statement_timestamp()"
    f" THEN viewer_groups && {GROUPS} ELSE app_holds_hearing_grant(id) END"
)
HOLDS_THE_CASE = "app_holds_case_of_hearing(content_object_id)"
# Functions, because few rows are asked them, and PostgreSQL would plan them with every statement.
# Through the hearing, which exclusions bar: an invitation must not tell the barred that there is one.
WITH_ITS_HEARING = "app_sees_hearing(content_object_id)"
# The coordinator ends invitations also when her access to the file has ended meanwhile.
COORDINATES = "app_coordinates_hearing(content_object_id)"

WALLS = Walls(
    walled=[
        case_child(MaracReferral),
        Wall(
            Hearing,
            [
                Policy("invited", INVITED, "SELECT"),
                Policy("invited_record", INVITED, "UPDATE"),
                Policy("who_holds_the_case_lists_it", "", "INSERT", check=in_open_case("case_id")),
            ],
            case_column="case_id",
        ),
        Wall(
            HearingGrant,
            [
                Policy(
                    "own_invitation",
                    f"group_id = ANY ({GROUPS}::int[]) AND {RUNNING} AND {WITH_ITS_HEARING}",
                    "SELECT",
                ),
                Policy("holder_of_the_case_invites", HOLDS_THE_CASE),
                Policy("coordinator_sees_invitations", COORDINATES, "SELECT"),
                Policy("coordinator_ends_invitations", COORDINATES, "DELETE"),
            ],
            rights="SELECT, INSERT, UPDATE, DELETE",
            history=in_visible("marac_hearing", "content_object_id"),
        ),
        child_of(HearingPaper, Hearing, "hearing_id"),
        Wall(
            ActionPoint,
            [
                Policy("own_action_point", f"owner_agency_id = {AGENCY}"),
                Policy("with_its_hearing", in_visible("marac_hearing", "hearing_id")),
            ],
            case_column="case_id",
        ),
    ],
    open_tables={
        "marac_meeting": "SELECT, INSERT, UPDATE",
        "marac_meetingagency": "SELECT, INSERT, UPDATE, DELETE",
    },
    triggers=[
        ("guard_viewers", "marac_hearing", "BEFORE INSERT OR UPDATE", "guard_hearing_viewers"),
        ("prepare_grant", "marac_hearinggrant", "BEFORE INSERT", "prepare_grant"),
        (
            "refresh_viewers",
            "marac_hearinggrant",
            "AFTER INSERT OR UPDATE OR DELETE",
            "refresh_hearing_viewers",
        ),
    ],
    figures={
        "marac_maracreferral": ["id", "case_id", "source", "criterion", "referred_at", "withdrawn_at"],
        "marac_hearing": ["id", "meeting_id", "case_id", "criterion", "is_repeat", "state", "heard_on"],
        "marac_meeting": ["id", "held_on", "state"],
    },
)

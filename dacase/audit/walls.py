"""Events are seen with their case, or else by the agency that acted; reads by the agency and with the case."""

from dacase.audit.models import Event, Read
from dacase.walls.policies import AGENCY, BARRED, USER, Policy, Wall, Walls, in_open_case

ACTED = (
    f"agency_id = {AGENCY} AND EXISTS (SELECT 1 FROM agencies_membership m"
    f" WHERE m.id = actor_id AND m.agency_id = {AGENCY} AND m.user_id = {USER} OFFSET 0)"
)
NOT_BARRED = f"(case_id IS NULL OR NOT (case_id = ANY ({BARRED})))"

WALLS = Walls(
    walled=[
        Wall(
            Event,
            [
                Policy("with_its_case", f"{in_open_case('case_id')}", "SELECT"),
                Policy("of_no_case", f"case_id IS NULL AND agency_id = {AGENCY}", "SELECT"),
                Policy("who_acts_writes", "", "INSERT", check=ACTED),
                # A failed sign-in belongs to no agency: written by the application, and never read by it.
                Policy(
                    "of_nobody_writes",
                    "",
                    "INSERT",
                    check="agency_id IS NULL AND case_id IS NULL AND actor_id IS NULL",
                ),
            ],
            rights="SELECT, INSERT",
            append_only=True,
        ),
        Wall(
            Read,
            [
                Policy("with_its_case", f"{in_open_case('case_id')}", "SELECT"),
                # The barred cannot learn here who works on the case; that they tried is seen with the case.
                Policy("own_agency", f"agency_id = {AGENCY} AND {NOT_BARRED}", "SELECT"),
                Policy("who_looks_writes", "", "INSERT", check=f"{ACTED} AND user_id = {USER}"),
            ],
            rights="SELECT, INSERT",
            append_only=True,
        ),
    ]
)

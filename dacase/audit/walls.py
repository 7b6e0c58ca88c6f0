"""Events are seen with their case, or else by the agency that acted; reads by the agency and with the case."""

from dacase.audit.models import Event, Read
from dacase.walls.policies import AGENCY, Policy, Wall, Walls, in_open_case

WALLS = Walls(
    walled=[
        Wall(
            Event,
            [
                Policy("with_its_case", f"{in_open_case('case_id')}", "SELECT"),
                Policy("of_no_case", f"case_id IS NULL AND agency_id = {AGENCY}", "SELECT"),
                Policy("acting_agency_writes", "", "INSERT", check=f"agency_id = {AGENCY}"),
                # A failed sign-in belongs to no agency: written by the application, and never read by it.
                Policy(
                    "of_nobody_writes", "", "INSERT", check="agency_id IS NULL AND case_id IS NULL AND actor_id IS NULL"
                ),
            ],
            rights="SELECT, INSERT",
            append_only=True,
        ),
        Wall(
            Read,
            [
                Policy("with_its_case", f"{in_open_case('case_id')}", "SELECT"),
                Policy("own_agency", f"agency_id = {AGENCY}", "SELECT"),
                Policy("acting_agency_writes", "", "INSERT", check=f"agency_id = {AGENCY}"),
            ],
            rights="SELECT, INSERT",
            append_only=True,
        ),
    ]
)

"""What each of the cast may see, worked out in plain Python from all rows. Knows no policy and no selector.

Written from docs/permissions.md, so that the database's policies and every `visible_to` are compared with a
third opinion. `seen(member)` gives the keys of the rows of each table, and of each history table.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import Model
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.walls.install import declared

Row = dict[str, Any]
Keys = dict[str, set[Any]]
OF_THE_CASE = (
    "cases_exclusion", "cases_headline", "cases_party", "cases_location", "cases_safecontactplan", "cases_relationship", "cases_partyneeds", "cases_childfacts",
    "cases_immigrationstatus",
    "marac_maracreferral", "casework_riskassessment", "casework_episode", "casework_storypart", "casework_consentrecord",
    "casework_incident", "casework_severitygrid",
)  # fmt: skip
# One agency's own inside a case, until it shares the row; its versions never.
OWNED_IN_CASE: tuple[str, ...] = (
    "casework_contactattempt",
    "casework_exitoutcome",
    "casework_letter",
    "casework_note",
    "casework_task",
    "casework_plan",
)
# One agency's own inside a case, whatever happens.
INNER_IN_CASE = ("casework_supervision", "casework_signoffrequest")
OWN_AGENCY = (
    "refuge_refugeservice",
    "refuge_unit",
    "jobs_job",
    "reporting_return",
    "referrals_upload",
    "casework_cover",
    "casework_handover",
)
OPEN = (
    "marac_meeting",
    "marac_meetingagency",
    "agencies_membership",
    "agencies_invitation",
    "casework_toolwording",
)
WITH_PARENT = {  # table -> (column, parent)
    "cases_equalityanswers": ("person_id", "cases_person"),
    "referrals_referralperson": ("referral_id", "referrals_referral"),
    "referrals_referralcontact": ("referral_id", "referrals_referral"),
    "referrals_outsidesender": ("referral_id", "referrals_referral"),
    "referrals_uploadrow": ("upload_id", "referrals_upload"),
    "referrals_route": ("referral_id", "referrals_referral"),
    "referrals_referralquestion": ("referral_id", "referrals_referral"),
    "casework_severityline": ("grid_id", "casework_severitygrid"),
    "casework_taskreminder": ("task_id", "casework_task"),
    "casework_planaction": ("plan_id", "casework_plan"),
    "casework_planprint": ("plan_id", "casework_plan"),
    "casework_riskanswer": ("assessment_id", "casework_riskassessment"),
    "marac_hearingpaper": ("hearing_id", "marac_hearing"),
    "cases_merge": ("kept_id", "cases_person"),
    "refuge_placementmember": ("placement_id", "refuge_placement"),
    "reporting_figure": ("made_return_id", "reporting_return"),
}


# Rows of an owned row: their versions stay with its owner too.
OF_OWNED_IN_CASE = ("casework_planaction", "casework_planprint")


def walled_models() -> list[type[Model]]:
    """Every walled model, then every history model of one."""
    walls = [wall for room in declared() for wall in room.walled]
    return [wall.model for wall in walls] + [
        wall.history_model for wall in walls if wall.history_model is not None
    ]


def key_column(model: type[Model]) -> str:
    return model._meta.pk.column


class Oracle:
    """All rows, as the owner reads them at one moment."""

    def __init__(self) -> None:
        self.models = {model._meta.db_table: model for model in walled_models()}
        self.rows = {table: read_all(table) for table in (*self.models, *OPEN)}
        self.now: datetime = timezone.now()
        self.whole, self.summary = permission("view_case"), permission("view_case_summary")

    def keys(self, table: str, rows: Iterable[Row]) -> set[Any]:
        column = key_column(self.models[table])
        return {row[column] for row in rows}

    def all_keys(self) -> Keys:
        return {table: self.keys(table, rows) for table, rows in self.rows.items() if table in self.models}

    def seen(self, member: Membership) -> Keys:
        """Table -> the keys of the rows that `member` sees."""
        view = View(self, member)
        found = {table: self.keys(table, filter(view.test(table), self.rows[table])) for table in view.bases}
        for table, model in self.models.items():
            if table not in view.bases:
                found[table] = self.keys(table, filter(view.history_test(model, found), self.rows[table]))
        return found


class View:
    """The tests of one member. A table without one raises KeyError: a new table needs a line here."""

    def __init__(self, oracle: Oracle, member: Membership) -> None:
        self.oracle, self.member = oracle, member
        rows, now = oracle.rows, oracle.now
        self.group, self.agency = member.agency.group_id, member.agency_id
        bars = set(member.bar_group_ids())
        self.barred = {
            row["case_id"]
            for row in rows["cases_exclusion"]
            if row["lifted_at"] is None and row["group_id"] in bars
        }

        def running(row: Row) -> bool:
            return row["valid_from"] <= now and (row["valid_until"] is None or row["valid_until"] > now)

        self.running = running
        own = [row for row in rows["cases_grant"] if row["group_id"] == self.group and running(row)]
        self.files = {
            row["content_object_id"] for row in own if row["permission_id"] == oracle.whole
        } - self.barred
        self.known = self.files | {row["content_object_id"] for row in own} - self.barred
        self.persons = {row["person_id"] for row in rows["cases_party"] if row["case_id"] in self.files}
        # Merged into somebody else, and seen where she stood before.
        self.merged = {row["merged_from_id"] for row in rows["cases_party"] if row["case_id"] in self.files}
        self.referrals = self.find_referrals()
        invited = {
            row["content_object_id"]
            for row in rows["marac_hearinggrant"]
            if row["group_id"] == self.group and running(row)
        }
        self.hearings = {
            row["id"]: row
            for row in rows["marac_hearing"]
            if row["id"] in invited and row["case_id"] not in self.barred
        }
        self.placements = {row["id"] for row in rows["refuge_placement"] if self.mine(row)}
        self.coordinated = {
            row["id"] for row in rows["marac_meeting"] if row["coordinator_agency_id"] == self.agency
        }
        self.bases: dict[str, Callable[[Row], bool]] = self.tests()

    def mine(self, row: Row) -> bool:
        """The agency's own row, of no case that bars the member."""
        return row["agency_id"] == self.agency and row.get("case_id") not in self.barred

    def owned(self, row: Row) -> bool:
        """The agency's own row of a case that is open to it."""
        return row["case_id"] in self.files and row["agency_id"] == self.agency

    def owned_or_shared(self, row: Row) -> bool:
        """The agency's own row of a case that is open to it, or another's that was shared."""
        own = row["agency_id"] == self.agency
        return row["case_id"] in self.files and (own or row["shared_at"] is not None)

    def late_here(self, row: Row) -> bool:
        """Where it waits, and at its front door; never to a sender or another service."""
        receiver = {one["id"]: one["receiver_agency_id"] for one in self.oracle.rows["referrals_referral"]}
        return row["referral_id"] in self.referrals and self.agency in (
            row["agency_id"],
            receiver[row["referral_id"]],
        )

    def find_referrals(self) -> set[Any]:
        rows = self.oracle.rows
        routed = {
            row["referral_id"] for row in rows["referrals_route"]
            if row["to_agency_id"] == self.agency and row["state"] not in ("returned", "declined")
        }  # fmt: skip
        return {
            row["id"] for row in rows["referrals_referral"]
            if (self.agency in (row["sender_agency_id"], row["receiver_agency_id"]) or row["id"] in routed)
            and row["case_id"] not in self.barred
        }  # fmt: skip

    def test(self, table: str) -> Callable[[Row], bool]:
        return self.bases[table]

    def tests(self) -> dict[str, Callable[[Row], bool]]:
        """One condition a table."""
        tests: dict[str, Callable[[Row], bool]] = {
            "cases_case": lambda row: row["id"] in self.known,
            "cases_grant": self.grant,
            "cases_person": lambda row: (
                row["id"] in self.persons
                or (row["merged_into_id"] is not None and row["id"] in self.merged)
                or (not row["is_party"] and row["made_by_group_id"] == self.group)
            ),
            "cases_draft": lambda row: (
                row["agency_id"] == self.agency and row["user_id"] == self.member.user_id
            ),
            "audit_event": lambda row: (
                row["case_id"] in self.files or (row["case_id"] is None and row["agency_id"] == self.agency)
            ),
            "audit_read": lambda row: row["case_id"] in self.files or self.mine(row),
            "referrals_referral": lambda row: row["id"] in self.referrals,
            "referrals_publicreferral": lambda row: row["receiver_id"] == self.agency,
            "referrals_escalation": self.late_here,
            "marac_hearing": lambda row: row["id"] in self.hearings,
            "marac_hearinggrant": self.invitation,
            "marac_actionpoint": lambda row: (
                row["hearing_id"] in self.hearings
                or (row["owner_agency_id"] == self.agency and row["case_id"] not in self.barred)
            ),
            "refuge_placement": self.mine,
            "refuge_turnaway": self.mine,
        }
        tests |= dict.fromkeys(OF_THE_CASE, lambda row: row["case_id"] in self.files)
        tests |= dict.fromkeys(OWNED_IN_CASE, self.owned_or_shared)
        tests |= dict.fromkeys(INNER_IN_CASE, self.owned)
        tests |= dict.fromkeys(OWN_AGENCY, self.mine)
        for table, (column, parent) in WITH_PARENT.items():
            tests[table] = self.with_parent(column, parent, tests)
        return tests

    def with_parent(
        self, column: str, parent: str, tests: dict[str, Callable[[Row], bool]]
    ) -> Callable[[Row], bool]:
        parents = {row["id"] for row in self.oracle.rows[parent] if tests[parent](row)}
        return lambda row: row[column] in parents

    def grant(self, row: Row) -> bool:
        if row["content_object_id"] in self.barred:
            return False
        own = row["group_id"] == self.group and self.running(row)
        return own or row["content_object_id"] in self.files

    def invitation(self, row: Row) -> bool:
        hearing = self.hearings.get(row["content_object_id"])
        if hearing is None:
            return False
        own = row["group_id"] == self.group and self.running(row)
        return own or hearing["case_id"] in self.files or hearing["meeting_id"] in self.coordinated

    def history_test(self, model: type[Model], found: Keys) -> Callable[[Row], bool]:
        """A version is seen by who sees what it is a version of: by its case, parent or agency, else by its row."""
        table = model.instance_type._meta.db_table
        if table in OF_OWNED_IN_CASE:
            column, parent = WITH_PARENT[table]
            own = {row["id"] for row in filter(self.owned, self.oracle.rows[parent])}
            return lambda row: row[column] in own
        if (
            table in OF_THE_CASE
            or table in WITH_PARENT
            or table in OWN_AGENCY
            or table in INNER_IN_CASE
            or table in ("refuge_placement", "refuge_turnaway", "referrals_escalation")
        ):
            return self.bases[table]
        if table in OWNED_IN_CASE:
            return self.owned
        if table == "cases_grant":
            return lambda row: row["content_object_id"] in self.files
        if table == "marac_hearinggrant":
            return lambda row: row["content_object_id"] in self.hearings
        return lambda row: row["id"] in found[table]


def read_all(table: str) -> list[Row]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def permission(codename: str) -> int:
    return (
        apps.get_model("auth.Permission")
        .objects.using("owner")
        .get(codename=codename, content_type__app_label="cases")
        .pk
    )

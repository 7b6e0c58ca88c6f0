"""What triggers would have written, written in SQL for all rows at once. Safe to run at any time."""

from typing import Any

from dacase.walls.install import HISTORY_FIELDS, declared

RUNNING = "g.valid_from <= clock_timestamp() AND (g.valid_until IS NULL OR g.valid_until > clock_timestamp())"
TURNS = (
    "CASE WHEN g.valid_from > clock_timestamp() THEN g.valid_from"
    " WHEN g.valid_until > clock_timestamp() THEN g.valid_until END"
)

# When the row of a table was made, so that its history begins then and not at the load.
REFERRAL = "(SELECT p.received_at FROM referrals_referral p WHERE p.id = t.referral_id)"
PLACED = "(SELECT p.created_at FROM refuge_placement p WHERE p.id = t.placement_id)"
ASSESSED = "(SELECT p.completed_at FROM casework_riskassessment p WHERE p.id = t.assessment_id)"
MADE_AT = {
    "cases_case": "t.opened_at",
    "cases_person": "t.created_at",
    "cases_party": "t.created_at",
    "cases_location": "t.from_on::timestamptz",
    "cases_safecontactplan": "t.updated_at",
    "cases_grant": "t.valid_from",
    "cases_exclusion": "t.set_at",
    "referrals_referral": "t.received_at",
    "referrals_referralperson": REFERRAL,
    "referrals_referralcontact": REFERRAL,
    "referrals_outsidesender": f"coalesce(t.called_back_at, {REFERRAL})",
    "referrals_route": "t.routed_at",
    "referrals_referralquestion": "t.asked_at",
    "referrals_escalation": "t.made_at",
    "casework_riskassessment": "t.completed_at",
    "casework_riskanswer": ASSESSED,
    "casework_episode": "t.opened_at",
    "casework_incident": "t.recorded_at",
    "casework_severitygrid": "t.recorded_at",
    "casework_severityline": "(SELECT p.recorded_at FROM casework_severitygrid p WHERE p.id = t.grid_id)",
    "casework_contactattempt": "t.made_at",
    "casework_storypart": "t.written_at",
    "casework_note": "t.written_at",
    "casework_plan": "t.written_at",
    "casework_planaction": "t.written_at",
    "casework_consentrecord": "t.recorded_at",
    "casework_task": "t.made_at",
    "casework_supervision": "t.made_at",
    "casework_signoffrequest": "t.asked_at",
    "casework_exitoutcome": "(SELECT p.closed_at FROM casework_episode p WHERE p.id = t.episode_id)",
    "marac_maracreferral": "t.referred_at",
    "marac_hearing": "(SELECT p.listed_at FROM marac_maracreferral p WHERE p.id = t.marac_referral_id)",
    "marac_hearinggrant": "t.valid_from",
    "marac_hearingpaper": "t.created_at",
    "marac_actionpoint": "t.created_at",
    "refuge_placement": "t.created_at",
    "refuge_placementmember": PLACED,
    "refuge_turnaway": "t.happened_on::timestamptz",
}

# The same arrays as refresh_case_viewers, guard_referral_viewers and refresh_hearing_viewers keep
# (dacase/walls/functions.sql); a test compares them row by row.
CASE_VIEWERS = f"""
UPDATE cases_case c SET viewer_groups = g.whole, summary_groups = g.summary, viewers_recheck_at = g.recheck
  FROM (SELECT g.content_object_id AS id,
               coalesce(array_agg(DISTINCT g.group_id) FILTER (WHERE p.codename = 'view_case' AND {RUNNING}),
                        '{{}}') AS whole,
               coalesce(array_agg(DISTINCT g.group_id)
                        FILTER (WHERE p.codename = 'view_case_summary' AND {RUNNING}), '{{}}') AS summary,
               min({TURNS}) AS recheck
          FROM cases_grant g JOIN auth_permission p ON p.id = g.permission_id GROUP BY 1) g
 WHERE g.id = c.id AND (c.viewer_groups, c.summary_groups, c.viewers_recheck_at)
       IS DISTINCT FROM (g.whole, g.summary, g.recheck)"""

HEARING_VIEWERS = f"""
UPDATE marac_hearing h SET viewer_groups = g.viewers, viewers_recheck_at = g.recheck
  FROM (SELECT g.content_object_id AS id,
               coalesce(array_agg(DISTINCT g.group_id) FILTER (WHERE {RUNNING}), '{{}}') AS viewers,
               min({TURNS}) AS recheck
          FROM marac_hearinggrant g GROUP BY 1) g
 WHERE g.id = h.id AND (h.viewer_groups, h.viewers_recheck_at) IS DISTINCT FROM (g.viewers, g.recheck)"""

REFERRAL_VIEWERS = """
UPDATE referrals_referral r SET viewer_groups = g.viewers
  FROM (SELECT x.id, array_agg(DISTINCT a.group_id) AS viewers
          FROM (SELECT id, sender_agency_id AS agency_id FROM referrals_referral
                UNION ALL SELECT id, receiver_agency_id FROM referrals_referral
                UNION ALL SELECT referral_id, to_agency_id FROM referrals_route
                           WHERE state NOT IN ('returned', 'declined')) x
          JOIN agencies_agency a ON a.id = x.agency_id GROUP BY 1) g
 WHERE g.id = r.id AND r.viewer_groups IS DISTINCT FROM g.viewers"""

GRANT_COPIES = """
UPDATE cases_grant g SET case_open = c.closed_at IS NULL, case_opened_at = c.opened_at FROM cases_case c
 WHERE c.id = g.content_object_id
   AND (g.case_open, g.case_opened_at) IS DISTINCT FROM (c.closed_at IS NULL, c.opened_at)"""

PARTY_MARKS = """
UPDATE cases_person p SET is_party = true
 WHERE NOT p.is_party AND EXISTS (SELECT 1 FROM cases_party y WHERE y.person_id = p.id)"""


def make_good(cursor: Any) -> None:
    """Viewer arrays, copies and marks, then history for every row that has none yet."""
    for statement in (CASE_VIEWERS, HEARING_VIEWERS, REFERRAL_VIEWERS, GRANT_COPIES, PARTY_MARKS):
        cursor.execute(statement)
    for walls in declared():
        for wall in walls.walled:
            if wall.history_model is not None:
                cursor.execute(first_history(wall.table, wall.history_model))


def first_history(table: str, history_model: Any) -> str:
    """The statement that writes the first history row of every row of `table` without one."""
    kept = history_model._meta.db_table
    fields = [field for field in history_model._meta.concrete_fields if field.column not in HISTORY_FIELDS]
    columns = [field.column for field in fields]
    # simple-history keeps the key's name, so the model's primary key is the history's own column.
    key = next(column for column in ("id", "referral_id", "case_id") if column in columns)
    names = ", ".join(columns)
    values = ", ".join(f"t.{column}" for column in columns)
    moment = MADE_AT.get(table, "clock_timestamp()")
    return (
        f"INSERT INTO {kept} ({names}, history_date, history_change_reason, history_type, history_user_id)"
        f" SELECT {values}, coalesce({moment}, clock_timestamp()), NULL, '+', NULL FROM {table} t"
        f" WHERE NOT EXISTS (SELECT 1 FROM {kept} h WHERE h.{key} = t.{key})"
    )

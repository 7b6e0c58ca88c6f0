-- What the policies call. Owned by dacase_owner; allow-list of definer functions: tests/walls.

CREATE TABLE IF NOT EXISTS walls_key (inner_pad bytea NOT NULL, outer_pad bytea NOT NULL);
CREATE TABLE IF NOT EXISTS walls_installed (digest text NOT NULL);
REVOKE ALL ON walls_key, walls_installed FROM PUBLIC;

-- The verified claims of this transaction's context, or NULL. A context that was not signed with the
-- application's key (HMAC-SHA256, as `<signature>.<claims>`) counts as none, so SQL alone forges nothing.
-- Claims: `<until> <user> <agency> <groups> <bars>` (context.py).
CREATE OR REPLACE FUNCTION app_claims() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  token text := current_setting('dacase.context', true);
  claims text := substr(token, 66);
  good boolean;
BEGIN
  IF token IS NULL OR token = '' THEN RETURN NULL; END IF;
  SELECT encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(claims, 'UTF8'))), 'hex') = left(token, 64)
    INTO good FROM walls_key k LIMIT 1;
  IF good IS NOT TRUE OR split_part(claims, ' ', 1)::bigint < extract(epoch FROM statement_timestamp()) THEN
    RETURN NULL;
  END IF;
  RETURN claims;
END $$;

CREATE OR REPLACE FUNCTION app_user() RETURNS bigint LANGUAGE plpgsql STABLE AS
  $$ BEGIN RETURN split_part(app_claims(), ' ', 2)::bigint; END $$;

CREATE OR REPLACE FUNCTION app_agency() RETURNS uuid LANGUAGE plpgsql STABLE AS
  $$ BEGIN RETURN split_part(app_claims(), ' ', 3)::uuid; END $$;

CREATE OR REPLACE FUNCTION app_groups() RETURNS int[] LANGUAGE plpgsql STABLE AS
  $$ BEGIN RETURN coalesce(split_part(app_claims(), ' ', 4)::int[], '{}'); END $$;

-- The cases that bar the acting person, her team or her agency. Definer, because a barred reader must
-- not see the exclusion itself.
CREATE OR REPLACE FUNCTION app_barred_cases() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  bars int[] := split_part(app_claims(), ' ', 5)::int[];
BEGIN
  RETURN coalesce((SELECT array_agg(e.case_id) FROM cases_exclusion e
                    WHERE e.lifted_at IS NULL AND e.group_id = ANY (bars)), '{}');
END $$;

-- Whether the acting agency holds a current grant, asked only for the rare row whose array may be stale
-- because a grant has begun or ended since it was written.
CREATE OR REPLACE FUNCTION app_holds_grant(case_id uuid, codename text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM cases_grant g JOIN auth_permission p ON p.id = g.permission_id
     WHERE g.content_object_id = $1 AND p.codename = $2 AND g.group_id = ANY (app_groups())
       AND g.valid_from <= statement_timestamp()
       AND (g.valid_until IS NULL OR g.valid_until > statement_timestamp())) $$;

CREATE OR REPLACE FUNCTION app_holds_hearing_grant(hearing_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM marac_hearinggrant g
     WHERE g.content_object_id = $1 AND g.group_id = ANY (app_groups())
       AND g.valid_from <= statement_timestamp()
       AND (g.valid_until IS NULL OR g.valid_until > statement_timestamp())) $$;

-- The groups that hold the whole file now, for whoever may know of the case: a grant of the summary shows
-- with whom it is open, and no other grant's row. Asked of the grants, because an array may be stale.
CREATE OR REPLACE FUNCTION app_file_holders(case_id uuid) RETURNS int[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT g.group_id), '{}')
    FROM cases_grant g JOIN auth_permission p ON p.id = g.permission_id
   WHERE g.content_object_id = $1 AND p.codename = 'view_case'
     AND g.valid_from <= statement_timestamp()
     AND (g.valid_until IS NULL OR g.valid_until > statement_timestamp())
     AND (app_holds_grant($1, 'view_case') OR app_holds_grant($1, 'view_case_summary'))
     AND NOT ($1 = ANY (app_barred_cases())) $$;

-- Case: a new one is seen by the agency that opens it; the arrays are never written by the application.
CREATE OR REPLACE FUNCTION guard_case_viewers() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_user = 'dacase_owner' THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.viewer_groups := app_groups(); NEW.summary_groups := '{}'; NEW.viewers_recheck_at := NULL;
  ELSE
    NEW.viewer_groups := OLD.viewer_groups; NEW.summary_groups := OLD.summary_groups;
    NEW.viewers_recheck_at := OLD.viewers_recheck_at;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION copy_case_to_grants() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE cases_grant SET case_open = NEW.closed_at IS NULL, case_opened_at = NEW.opened_at
   WHERE content_object_id = NEW.id;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION prepare_grant() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- The application's clock may run a little ahead of this one; a grant made now begins now.
  IF NEW.valid_from BETWEEN clock_timestamp() AND clock_timestamp() + interval '1 minute' THEN
    NEW.valid_from := statement_timestamp();
  END IF;
  IF TG_TABLE_NAME = 'cases_grant' THEN
    SELECT c.closed_at IS NULL, c.opened_at INTO NEW.case_open, NEW.case_opened_at
      FROM cases_case c WHERE c.id = NEW.content_object_id;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION refresh_case_viewers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  target uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.content_object_id ELSE NEW.content_object_id END;
BEGIN
  UPDATE cases_case c SET
    viewer_groups = coalesce(g.whole, '{}'), summary_groups = coalesce(g.summary, '{}'), viewers_recheck_at = g.recheck
  FROM (
    SELECT array_agg(DISTINCT g.group_id) FILTER (WHERE p.codename = 'view_case' AND running) AS whole,
           array_agg(DISTINCT g.group_id) FILTER (WHERE p.codename = 'view_case_summary' AND running) AS summary,
           min(turns) AS recheck
      FROM cases_grant g
      JOIN auth_permission p ON p.id = g.permission_id,
      LATERAL (SELECT g.valid_from <= clock_timestamp()
                      AND (g.valid_until IS NULL OR g.valid_until > clock_timestamp()) AS running,
                      CASE WHEN g.valid_from > clock_timestamp() THEN g.valid_from
                           WHEN g.valid_until > clock_timestamp() THEN g.valid_until END AS turns) t
     WHERE g.content_object_id = target) g
  WHERE c.id = target;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION mark_new_person() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_user = 'dacase_owner' THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.made_by_group_id := (app_groups())[1]; NEW.is_party := false;
  ELSE
    NEW.made_by_group_id := OLD.made_by_group_id; NEW.is_party := OLD.is_party;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION mark_party() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE cases_person SET is_party = true WHERE id = NEW.person_id AND NOT is_party;
  RETURN NULL;
END $$;

-- Referral: seen by its sender, by the front door that takes it in, and by services with a live route.
CREATE OR REPLACE FUNCTION guard_referral_viewers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND pg_trigger_depth() = 1 THEN
    NEW.viewer_groups := OLD.viewer_groups;
  ELSE
    SELECT coalesce(array_agg(DISTINCT a.group_id), '{}') INTO NEW.viewer_groups FROM agencies_agency a
     WHERE a.id IN (NEW.sender_agency_id, NEW.receiver_agency_id)
        OR a.id IN (SELECT r.to_agency_id FROM referrals_route r
                     WHERE r.referral_id = NEW.id AND r.state NOT IN ('returned', 'declined'));
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION refresh_referral_viewers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE referrals_referral SET viewer_groups = '{}' WHERE id = NEW.referral_id;  -- the guard recomputes
  RETURN NULL;
END $$;

-- Hearing: like the case, for the agencies invited to it.
CREATE OR REPLACE FUNCTION guard_hearing_viewers() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_user = 'dacase_owner' THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.viewer_groups := app_groups(); NEW.viewers_recheck_at := NULL;
  ELSE
    NEW.viewer_groups := OLD.viewer_groups; NEW.viewers_recheck_at := OLD.viewers_recheck_at;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION refresh_hearing_viewers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  target uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.content_object_id ELSE NEW.content_object_id END;
BEGIN
  UPDATE marac_hearing h SET viewer_groups = coalesce(g.viewers, '{}'), viewers_recheck_at = g.recheck
  FROM (
    SELECT array_agg(DISTINCT g.group_id) FILTER (WHERE running) AS viewers, min(turns) AS recheck
      FROM marac_hearinggrant g,
      LATERAL (SELECT g.valid_from <= clock_timestamp()
                      AND (g.valid_until IS NULL OR g.valid_until > clock_timestamp()) AS running,
                      CASE WHEN g.valid_from > clock_timestamp() THEN g.valid_from
                           WHEN g.valid_until > clock_timestamp() THEN g.valid_until END AS turns) t
     WHERE g.content_object_id = target) g
  WHERE h.id = target;
  RETURN NULL;
END $$;

-- Ends what the clock has ended: the arrays forget it and the rows go (their history stays).
CREATE OR REPLACE FUNCTION end_expired_grants() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  ended bigint;
  ended_hearing bigint;
  due uuid[];
BEGIN
  -- The cases first, as whoever changes grants or closes a case locks them, or each would wait for the other, and
  -- the array would be written as it was before the wait. A case that somebody holds has its turn a minute later.
  SELECT coalesce(array_agg(free.id), '{}') INTO due FROM (
    SELECT c.id FROM cases_case c
     WHERE c.id IN (SELECT id FROM cases_case WHERE viewers_recheck_at <= clock_timestamp()
                    UNION SELECT content_object_id FROM cases_grant WHERE valid_until <= clock_timestamp())
     ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED) free;
  DELETE FROM cases_grant WHERE content_object_id = ANY (due) AND valid_until <= clock_timestamp();
  GET DIAGNOSTICS ended = ROW_COUNT;
  DELETE FROM marac_hearinggrant WHERE valid_until <= clock_timestamp();
  GET DIAGNOSTICS ended_hearing = ROW_COUNT;
  -- A grant that has begun since the array was written: touch it, and the trigger writes the array anew.
  UPDATE cases_grant g SET valid_from = valid_from FROM cases_case c
   WHERE c.id = g.content_object_id AND c.id = ANY (due) AND c.viewers_recheck_at <= clock_timestamp();
  RETURN ended + ended_hearing;
END $$;

-- How many cases, hearings and grants carry a copy that differs from what it was made of. Kept at 0;
-- checked nightly. Rows whose next turn has passed are left out: row security asks their grants themselves.
CREATE OR REPLACE FUNCTION count_viewer_drift() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH held AS (
    SELECT g.content_object_id AS id, p.codename, array_agg(DISTINCT g.group_id) AS groups
      FROM cases_grant g JOIN auth_permission p ON p.id = g.permission_id
     WHERE g.valid_from <= clock_timestamp() AND (g.valid_until IS NULL OR g.valid_until > clock_timestamp())
     GROUP BY 1, 2),
  invited AS (
    SELECT g.content_object_id AS id, array_agg(DISTINCT g.group_id) AS groups
      FROM marac_hearinggrant g
     WHERE g.valid_from <= clock_timestamp() AND (g.valid_until IS NULL OR g.valid_until > clock_timestamp())
     GROUP BY 1)
  SELECT (SELECT count(*) FROM cases_case c
            LEFT JOIN held w ON w.id = c.id AND w.codename = 'view_case'
            LEFT JOIN held s ON s.id = c.id AND s.codename = 'view_case_summary'
           WHERE (c.viewers_recheck_at IS NULL OR c.viewers_recheck_at > clock_timestamp())
             AND (c.viewer_groups IS DISTINCT FROM coalesce(w.groups, '{}')
                  OR c.summary_groups IS DISTINCT FROM coalesce(s.groups, '{}')))
       + (SELECT count(*) FROM marac_hearing h LEFT JOIN invited i ON i.id = h.id
           WHERE (h.viewers_recheck_at IS NULL OR h.viewers_recheck_at > clock_timestamp())
             AND h.viewer_groups IS DISTINCT FROM coalesce(i.groups, '{}'))
       + (SELECT count(*) FROM cases_grant g JOIN cases_case c ON c.id = g.content_object_id
           WHERE (g.case_open, g.case_opened_at) IS DISTINCT FROM (c.closed_at IS NULL, c.opened_at)) $$;

-- What was typed and never sent is forgotten two weeks after the last keystroke.
CREATE OR REPLACE FUNCTION forget_old_drafts() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  forgotten bigint;
BEGIN
  DELETE FROM cases_draft WHERE saved_at < clock_timestamp() - interval '14 days';
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END $$;

-- A step of data/escalations.csv: who waits beyond a limit that ran out by `due_before` and is undecided or
-- not accepted. Writes one row a step and a limit, however often it is asked, and says by keys alone which.
CREATE OR REPLACE FUNCTION escalate_late(
  of_clock text, of_priority text, of_step int, told_to text, due_before timestamptz)
RETURNS TABLE (escalation uuid, agency uuid, front_door uuid, holder uuid)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH late AS (
    SELECT r.id AS referral_id, NULL::uuid AS route_id, r.receiver_agency_id AS agency_id,
           r.held_by_id AS holder_id, r.due_at
      FROM referrals_referral r
     WHERE of_clock = 'front_door' AND r.decided_at IS NULL AND r.priority = of_priority AND r.due_at <= due_before
    UNION ALL
    SELECT r.id, t.id, t.to_agency_id, NULL, t.due_at
      FROM referrals_route t JOIN referrals_referral r ON r.id = t.referral_id
     WHERE of_clock = 'service' AND t.accepted_at IS NULL AND t.sent_back_at IS NULL
       AND t.state IN ('routed', 'opened') AND r.priority = of_priority AND t.due_at <= due_before),
  made AS (
    INSERT INTO referrals_escalation (id, referral_id, route_id, agency_id, step, told, holder_id, due_at, made_at)
    SELECT gen_random_uuid(), l.referral_id, l.route_id, l.agency_id, of_step, told_to, l.holder_id, l.due_at,
           clock_timestamp() FROM late l
    ON CONFLICT DO NOTHING
    RETURNING id, referral_id, agency_id, holder_id)
  SELECT m.id, m.agency_id, r.receiver_agency_id, m.holder_id
    FROM made m JOIN referrals_referral r ON r.id = m.referral_id $$;

-- Open tasks whose reminder is due by a day, for workers whose work has not ended, and for which no e-mail was
-- put on its way yet. Changes nothing, and says by keys alone which.
CREATE OR REPLACE FUNCTION tasks_to_remind(by_day date)
RETURNS TABLE (task uuid, remind_on date, worker uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.id, t.remind_on, t.worker_id
    FROM casework_task t
    JOIN agencies_membership m ON m.id = t.worker_id
    JOIN agencies_user u ON u.id = m.user_id
    JOIN agencies_agency a ON a.id = m.agency_id
   WHERE t.state = 'open' AND t.remind_on <= by_day
     AND m.ended_at IS NULL AND m.starts_on <= by_day AND (m.ends_on IS NULL OR m.ends_on >= by_day)
     AND u.is_active AND a.is_active
     AND NOT EXISTS (SELECT 1 FROM casework_taskreminder r WHERE r.task_id = t.id AND r.remind_on = t.remind_on)
     AND NOT EXISTS (SELECT 1 FROM jobs_outboxmessage o
                      WHERE o.key = 'task_reminder:' || t.id || ':' || t.remind_on || ':' || t.worker_id)
   ORDER BY t.remind_on, t.id LIMIT 500 $$;

-- Whether the reader sees a person. A function, and not a subquery in the policy of parties: the policy of
-- persons asks for parties, and PostgreSQL takes the two together for a circle.
CREATE OR REPLACE FUNCTION app_sees_person(person_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM cases_person p WHERE p.id = $1);
END $$;

-- Whether the reader sees a hearing; sees it and holds its case; or coordinates its meeting. With her own eyes.
CREATE OR REPLACE FUNCTION app_sees_hearing(hearing_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM marac_hearing h WHERE h.id = $1);
END $$;

CREATE OR REPLACE FUNCTION app_holds_case_of_hearing(hearing_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM marac_hearing h JOIN app_open_cases c ON c.id = h.case_id WHERE h.id = $1);
END $$;

CREATE OR REPLACE FUNCTION app_coordinates_hearing(hearing_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM marac_hearing h JOIN marac_meeting m ON m.id = h.meeting_id
                  WHERE h.id = $1 AND m.coordinator_agency_id = app_agency());
END $$;

-- The two records of audit, and history, are never changed and never emptied, whoever asks.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

-- What a completed assessment says stays as it was said, and its band as it was worked out on its day.
CREATE OR REPLACE FUNCTION refuse_change_of_completed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.completed_at IS NOT NULL THEN
    RAISE EXCEPTION 'a completed row of % is not changed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION refuse_answer_to_completed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM casework_riskassessment
              WHERE id IN (OLD.assessment_id, NEW.assessment_id) AND completed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a completed assessment takes no answer and changes none' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

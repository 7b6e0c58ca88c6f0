-- Matching people. Trigram operators are not leakproof: under row security they would read every person.
-- These functions look with the owner's eyes and say no more than their comment allows.

-- Whether a case is open to the reader as a whole file, and bars nobody she is.
CREATE OR REPLACE FUNCTION app_opens_case(case_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM app_open_cases c WHERE c.id = $1) $$;

-- Whether a person who was merged into another stood in a case that is open to the reader.
CREATE OR REPLACE FUNCTION app_stood_in_open_case(person_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM cases_party p WHERE p.merged_from_id = $1 AND app_opens_case(p.case_id)) $$;

-- For each of `named` the likeliest persons among the files that the reader may open, at most `most` each,
-- with those of the named places that they have in such files. `named`: a list of objects with family, families,
-- spellings, given, givens, births, nhs, pnc, places (dacase/cases/selectors/match.py).
CREATE OR REPLACE FUNCTION app_match_people(named jsonb, most int)
RETURNS TABLE (nth int, person_id uuid, places text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  groups int[] := app_groups();
  barred uuid[] := app_barred_cases();
  one jsonb;
  families text[];
  spellings text[];
  givens text[];
  births date[];
  keys text[];
BEGIN
  IF coalesce(groups, '{}') = '{}' THEN RETURN; END IF;
  FOR i IN 0 .. jsonb_array_length(named) - 1 LOOP
    one := named -> i;
    families := ARRAY(SELECT jsonb_array_elements_text(one -> 'families'));
    spellings := ARRAY(SELECT jsonb_array_elements_text(one -> 'spellings'));
    givens := ARRAY(SELECT jsonb_array_elements_text(one -> 'givens'));
    births := ARRAY(SELECT jsonb_array_elements_text(one -> 'births')::date);
    keys := ARRAY(SELECT jsonb_array_elements_text(one -> 'places'));
    RETURN QUERY
    WITH likely AS (
      SELECT p.id, similarity(p.family_name_key, f)
                   + CASE WHEN p.given_name_key = ANY (givens) THEN 0.5 ELSE 0 END AS weight
        FROM unnest(families) f JOIN cases_person p ON p.family_name_key % f
       WHERE p.merged_into_id IS NULL
      UNION ALL
      SELECT p.id, 0.7 + CASE WHEN p.given_name_key = ANY (givens) THEN 0.5 ELSE 0 END
        FROM unnest(families) f JOIN cases_person p ON f <% p.other_names_key
       WHERE p.merged_into_id IS NULL
      UNION ALL
      SELECT p.id, 0.7 + CASE WHEN p.given_name_key = ANY (givens) THEN 0.5 ELSE 0 END
        FROM cases_person p WHERE p.family_name_key = ANY (spellings) AND p.merged_into_id IS NULL
      UNION ALL
      SELECT p.id, 1.2 FROM cases_person p
       WHERE p.family_name_key = one ->> 'given' AND p.given_name_key = one ->> 'family'
         AND p.given_name_key <> '' AND p.merged_into_id IS NULL
      UNION ALL
      SELECT p.id, 0.9 FROM cases_person p WHERE p.date_of_birth = ANY (births) AND p.merged_into_id IS NULL
      UNION ALL
      SELECT p.id, 0.9 FROM cases_person p WHERE p.also_born_on && births AND p.merged_into_id IS NULL
      UNION ALL
      SELECT p.id, 3 FROM cases_person p
       WHERE p.nhs_number = one ->> 'nhs' AND p.nhs_number <> '' AND p.merged_into_id IS NULL
      UNION ALL
      SELECT p.id, 3 FROM cases_person p
       WHERE p.pnc_id = one ->> 'pnc' AND p.pnc_id <> '' AND p.merged_into_id IS NULL
      UNION ALL
      SELECT t.person_id, 0.9 FROM cases_location l JOIN cases_party t ON t.id = l.party_id
       WHERE l.match_key = ANY (keys) AND l.match_key <> '' AND t.taken_out_at IS NULL),
    ranked AS MATERIALIZED (
      SELECT l.id, sum(l.weight) AS weight FROM likely l GROUP BY l.id ORDER BY 2 DESC, 1 LIMIT 1000)
    SELECT i, r.id,
           ARRAY(SELECT DISTINCT l.match_key::text
                   FROM cases_party t JOIN cases_location l ON l.party_id = t.id JOIN cases_case c ON c.id = t.case_id
                  WHERE t.person_id = r.id AND t.taken_out_at IS NULL AND l.match_key = ANY (keys) AND NOT (c.id = ANY (barred))
                    AND CASE WHEN c.viewers_recheck_at IS NULL OR c.viewers_recheck_at > statement_timestamp()
                             THEN c.viewer_groups && groups ELSE app_holds_grant(c.id, 'view_case') END)
      FROM (SELECT * FROM ranked ORDER BY weight DESC, id OFFSET 0) r
     WHERE EXISTS (
             SELECT 1 FROM cases_party t JOIN cases_case c ON c.id = t.case_id
              WHERE t.person_id = r.id AND t.taken_out_at IS NULL AND NOT (c.id = ANY (barred))
                AND CASE WHEN c.viewers_recheck_at IS NULL OR c.viewers_recheck_at > statement_timestamp()
                         THEN c.viewer_groups && groups ELSE app_holds_grant(c.id, 'view_case') END OFFSET 0)
     LIMIT most;
  END LOOP;
END $$;

-- Whom to ask: for each of `named` the agencies that opened a file, closed to the reader, about somebody who
-- is as good as certainly the same: the same NHS number or PNC ID, or the same name and date of birth. Agency
-- ids only. Nothing at all about a person of whom any case bars the reader, and never a refuge or a sanctuary
-- scheme: that name alone would say where she went.
CREATE OR REPLACE FUNCTION app_whom_to_ask(named jsonb) RETURNS TABLE (nth int, agency_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  barred uuid[] := app_barred_cases();
BEGIN
  IF coalesce(app_groups(), '{}') = '{}' THEN RETURN; END IF;
  RETURN QUERY
  WITH asked AS (
    SELECT (a.place - 1)::int AS n, a.one ->> 'family' AS family, a.one ->> 'given' AS given,
           ARRAY(SELECT jsonb_array_elements_text(a.one -> 'births')::date) AS births,
           a.one ->> 'nhs' AS nhs, a.one ->> 'pnc' AS pnc
      FROM jsonb_array_elements(named) WITH ORDINALITY a(one, place)),
  certain AS (
    SELECT a.n, p.id FROM asked a JOIN cases_person p ON p.nhs_number = a.nhs AND p.nhs_number <> ''
    UNION
    SELECT a.n, p.id FROM asked a JOIN cases_person p ON p.pnc_id = a.pnc AND p.pnc_id <> ''
    UNION
    SELECT a.n, p.id FROM asked a JOIN cases_person p ON p.date_of_birth = ANY (a.births)
     WHERE p.family_name_key = a.family AND p.given_name_key = a.given AND a.family <> '' AND a.given <> '')
  SELECT DISTINCT c.n, o.id
    FROM certain c
    JOIN cases_party t ON t.person_id = c.id AND t.taken_out_at IS NULL
    JOIN cases_case k ON k.id = t.case_id AND k.closed_at IS NULL
    JOIN LATERAL (
      SELECT g.group_id FROM cases_grant g JOIN auth_permission p ON p.id = g.permission_id
       WHERE g.content_object_id = k.id AND p.codename = 'view_case' AND g.valid_from <= statement_timestamp()
         AND (g.valid_until IS NULL OR g.valid_until > statement_timestamp())
       ORDER BY g.valid_from, g.id LIMIT 1) opener ON true
    JOIN agencies_agency o ON o.group_id = opener.group_id AND o.is_active
     AND NOT (o.services::text[] && '{refuge,sanctuary}'::text[])
   WHERE NOT app_opens_case(k.id)
     AND NOT EXISTS (SELECT 1 FROM cases_party b WHERE b.person_id = c.id AND b.case_id = ANY (barred));
END $$;

-- Whether any of `persons` stands in a case that is closed to the reader, or is nobody she sees at all: one
-- answer for both. Two records may be merged only where it is false.
CREATE OR REPLACE FUNCTION app_stands_elsewhere(persons uuid[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM unnest(persons) p(id) LEFT JOIN cases_party t ON t.person_id = p.id
     WHERE t.id IS NULL OR NOT coalesce(app_opens_case(t.case_id), false)) $$;

-- A record that was merged into another gets no party, but for its own that come back when the merge is undone.
-- Whoever adds one at the same moment waits here for the merge, and is then refused.
CREATE OR REPLACE FUNCTION refuse_merged_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.person_id = OLD.person_id OR NEW.person_id = OLD.merged_from_id THEN RETURN NULL; END IF;
  END IF;
  PERFORM 1 FROM cases_person p WHERE p.id = NEW.person_id FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM cases_person p WHERE p.id = NEW.person_id AND p.merged_into_id IS NOT NULL) THEN
    RAISE EXCEPTION 'this person was merged into another' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

-- A double is one of the same case in the same role: else a party could be hidden behind another file's.
CREATE OR REPLACE FUNCTION refuse_strange_double() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.double_of_id IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM cases_party p WHERE p.id = NEW.double_of_id AND p.id <> NEW.id AND p.case_id = NEW.case_id
          AND p.role = NEW.role AND p.double_of_id IS NULL AND p.taken_out_at IS NULL) THEN
    RAISE EXCEPTION 'a double stands in the same case in the same role' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

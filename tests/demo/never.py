"""What must never be in an invented partnership: a query of the rows that break the rule."""

NEVER = {
    "two households a night": (
        "SELECT 1 FROM refuge_placement a JOIN refuge_placement b ON a.unit_id = b.unit_id AND a.id < b.id"
        " WHERE daterange(a.starts_on, a.ends_on) && daterange(b.starts_on, b.ends_on)"
    ),
    "too many in a unit": (
        "SELECT 1 FROM refuge_placement p JOIN refuge_unit u ON u.id = p.unit_id"
        " WHERE (SELECT count(*) FROM refuge_placementmember m WHERE m.placement_id = p.id) > u.sleeps"
    ),
    "a son of thirteen in a refuge": (
        "SELECT 1 FROM refuge_placement p JOIN refuge_placementmember m ON m.placement_id = p.id"
        " JOIN cases_party y ON y.id = m.party_id JOIN cases_person s ON s.id = y.person_id"
        " WHERE y.role = 'child' AND s.sex = 'male' AND s.date_of_birth + interval '13 years' < p.starts_on"
    ),
    "a perpetrator in a refuge": (
        "SELECT 1 FROM refuge_placementmember m JOIN cases_party y ON y.id = m.party_id WHERE y.role = 'perpetrator'"
    ),
    "decided before it came": "SELECT 1 FROM referrals_referral WHERE decided_at < received_at",
    "due before it came": "SELECT 1 FROM referrals_referral WHERE due_at <= received_at",
    "routed before it came": (
        "SELECT 1 FROM referrals_route r JOIN referrals_referral f ON f.id = r.referral_id WHERE r.routed_at < f.received_at"
    ),
    "answered before opened": "SELECT 1 FROM referrals_route WHERE accepted_at < opened_at OR opened_at < routed_at",
    "assessed before the case": (
        "SELECT 1 FROM casework_riskassessment a JOIN cases_case c ON c.id = a.case_id WHERE a.completed_at < c.opened_at"
    ),
    "heard before it was referred": (
        "SELECT 1 FROM marac_hearing h JOIN marac_maracreferral m ON m.id = h.marac_referral_id"
        " WHERE h.heard_on <= m.referred_at::date"
    ),
    "heard on no meeting day": (
        "SELECT 1 FROM marac_hearing h JOIN marac_meeting m ON m.id = h.meeting_id WHERE h.heard_on <> m.held_on"
    ),
    "an action point of a time before": "SELECT 1 FROM marac_actionpoint WHERE due_on <= heard_on OR completed_at::date < heard_on",
    "closed while somebody worked": (
        "SELECT 1 FROM cases_case c JOIN audit_event e ON e.case_id = c.id WHERE e.at > c.closed_at AND e.verb <> 'exclusion_set'"
    ),
    "a victim of her own case": (
        "SELECT 1 FROM cases_party a JOIN cases_party b ON a.case_id = b.case_id AND a.person_id = b.person_id"
        " AND a.id < b.id"
    ),
    "a child older than the victim": (
        "SELECT 1 FROM cases_party c JOIN cases_person k ON k.id = c.person_id JOIN cases_party v ON v.case_id = c.case_id"
        " JOIN cases_person p ON p.id = v.person_id WHERE c.role = 'child' AND v.role = 'victim'"
        " AND k.date_of_birth < p.date_of_birth + interval '15 years'"
    ),
    "a count that is not the answers'": (
        "SELECT 1 FROM casework_riskassessment a WHERE yes_count <> (SELECT count(*) FROM casework_riskanswer n"
        " WHERE n.assessment_id = a.id AND n.answer = 'yes')"
    ),
    "not an answer to each topic": (
        "SELECT 1 FROM casework_riskanswer n JOIN casework_riskassessment a ON a.id = n.assessment_id GROUP BY a.id"
        " HAVING count(*) <> CASE a.tool WHEN 'dash' THEN 24 WHEN 'young_dash' THEN 20 WHEN 'dara' THEN 18 END"
    ),
    "a judged band without its reason": (
        "SELECT 1 FROM casework_riskassessment WHERE (tool = 'dara') <> (judged_band <> '')"
        " OR judged_band <> '' AND (judgement_reason = '' OR judged_band <> band)"
    ),
    "casework of a case that nobody supports": (
        "SELECT 1 FROM casework_plan p WHERE NOT EXISTS (SELECT 1 FROM casework_episode e WHERE e.case_id = p.case_id"
        " AND e.worker_id = p.written_by_id AND e.contacted_at < p.written_at AND e.closed_at IS NULL)"
    ),
    "planned or due before it was written down": (
        "SELECT 1 FROM casework_planaction WHERE due_on < written_at::date OR settled_at < written_at"
        " UNION ALL SELECT 1 FROM casework_task WHERE due_on < made_at::date"
    ),
    "consent of somebody else's case": (
        "SELECT 1 FROM casework_consentrecord r JOIN cases_party y ON y.id = r.party_id"
        " WHERE y.case_id <> r.case_id OR y.role <> 'victim'"
    ),
    "a supervision of somebody else's support": (
        "SELECT 1 FROM casework_supervision s JOIN casework_episode e ON e.id = s.episode_id"
        " WHERE (s.case_id, s.agency_id, s.worker_id) <> (e.case_id, e.agency_id, e.worker_id)"
        " OR e.closed_at IS NOT NULL OR s.held_on < e.opened_at::date OR s.made_at::date < s.held_on"
    ),
    "a supervisor or a signer without the right": (
        "SELECT 1 FROM agencies_membership m WHERE m.role NOT IN ('idva_manager', 'social_worker', 'refuge_worker')"
        " AND (EXISTS (SELECT 1 FROM casework_supervision s WHERE s.supervisor_id = m.id)"
        " OR EXISTS (SELECT 1 FROM casework_signoffrequest r WHERE r.answered_by_id = m.id))"
    ),
    "a sign-off of what its asker did not make": (
        "SELECT 1 FROM casework_signoffrequest r LEFT JOIN casework_plan p ON p.id = r.plan_id"
        " LEFT JOIN casework_riskassessment a ON a.id = r.assessment_id"
        " WHERE r.asked_by_id <> coalesce(p.written_by_id, a.assessor_id)"
        " OR r.case_id <> coalesce(p.case_id, a.case_id) OR r.asked_at < coalesce(p.written_at, a.completed_at)"
        " OR r.answered_at < r.asked_at OR (a.id IS NOT NULL AND NOT a.is_high_by_judgement)"
    ),
    "a sign-off of words that no plan had": (
        "SELECT 1 FROM casework_signoffrequest r JOIN casework_plan p ON p.id = r.plan_id,"
        " jsonb_array_elements(r.plan_as_read -> 'actions') x WHERE r.plan_as_read ->> 'wishes' <> p.wishes"
        " OR NOT EXISTS (SELECT 1 FROM casework_planaction a WHERE a.id = (x ->> 'key')::uuid AND a.plan_id = p.id"
        " AND a.text = x ->> 'text' AND a.written_at <= r.answered_at)"
    ),
    "a reminder that would send mail": "SELECT 1 FROM casework_task WHERE remind_on IS NOT NULL",
    "an incident after it was recorded": "SELECT 1 FROM casework_incident WHERE happened_on > recorded_at::date",
    "an incident of somebody else's case": (
        "SELECT 1 FROM casework_incident i JOIN cases_party y ON y.id = i.perpetrator_id"
        " WHERE y.case_id <> i.case_id OR y.role <> 'perpetrator'"
    ),
    "escalation without three incidents in twelve months": (
        "SELECT 1 FROM marac_maracreferral m WHERE m.criterion = 'potential_escalation' AND 3 > (SELECT count(*)"
        " FROM casework_incident i WHERE i.case_id = m.case_id AND i.recorded_at <= m.referred_at"
        " AND i.happened_on > m.referred_at - interval '12 months')"
    ),
    "a severity grid without a line for each type": (
        "SELECT 1 FROM casework_severitygrid g WHERE 4 <> (SELECT count(*) FROM casework_severityline l WHERE l.grid_id = g.id)"
    ),
    "a grade without how it has changed": (
        "SELECT 1 FROM casework_severityline WHERE severity IN ('standard', 'moderate', 'high')"
        " AND 'not_applicable' IN (severity_change, frequency_change)"
    ),
    "severity recorded when the case was closed": (
        "SELECT 1 FROM casework_severitygrid g JOIN cases_case c ON c.id = g.case_id WHERE g.recorded_at > c.closed_at"
    ),
    "a headline of another band": (
        "SELECT 1 FROM cases_headline l WHERE l.band <> coalesce((SELECT a.band FROM casework_riskassessment a"
        " WHERE a.case_id = l.case_id ORDER BY a.completed_at DESC LIMIT 1), '')"
    ),
    "a grant's copy gone stale": (
        "SELECT 1 FROM cases_grant g JOIN cases_case c ON c.id = g.content_object_id"
        " WHERE (g.case_open, g.case_opened_at) IS DISTINCT FROM (c.closed_at IS NULL, c.opened_at)"
    ),
    "a person of no case": "SELECT 1 FROM cases_person p WHERE NOT EXISTS (SELECT 1 FROM cases_party y WHERE y.person_id = p.id)",
    "a barred worker": (
        "SELECT 1 FROM cases_exclusion e JOIN cases_headline l ON l.case_id = e.case_id"
        " JOIN agencies_membership m ON m.id = l.worker_id JOIN agencies_user u ON u.id = m.user_id"
        " LEFT JOIN agencies_team t ON t.id = m.team_id WHERE e.group_id IN (u.group_id, t.group_id)"
    ),
}

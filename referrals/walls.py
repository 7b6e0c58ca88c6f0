"""The front door's rows are seen by sender, receiver and routed services."""

from dacase.walls.policies import (
    AGENCY,
    GROUPS,
    Policy,
    Wall,
    Walls,
    child_of,
    in_visible,
    own_agency,
)
from referrals.models import (
    Escalation,
    OutsideSender,
    PublicReferral,
    Referral,
    ReferralContact,
    ReferralPerson,
    ReferralQuestion,
    Route,
    Upload,
    UploadRow,
)

SEEN = f"viewer_groups && {GROUPS}"
# That an agency was late is its own affair and its front door's: no sender and no other service sees it.
LATE_HERE = (
    in_visible("referrals_referral", "referral_id")
    + f" AND (agency_id = {AGENCY} OR {AGENCY} ="
    + " (SELECT p.receiver_agency_id FROM referrals_referral p WHERE p.id = referral_id))"
)

PUT_IN = (
    "taken_in_at IS NULL AND refused_at IS NULL AND settled_at IS NULL AND door IN ('self', 'professional')"
    " AND EXISTS (SELECT 1 FROM agencies_agency a WHERE a.id = receiver_id AND a.is_active"
    " AND 'front_door' = ANY (a.services) OFFSET 0)"
)

WALLS = Walls(
    walled=[
        Wall(
            Referral,
            [
                Policy("sent_taken_in_or_routed", SEEN, "SELECT"),
                Policy("sent_taken_in_or_routed_change", SEEN, "UPDATE"),
                Policy("sender_writes", "", "INSERT", check=f"sender_agency_id = {AGENCY} AND {SEEN}"),
            ],
            case_column="case_id",
        ),
        child_of(ReferralPerson, Referral, "referral_id"),
        child_of(ReferralContact, Referral, "referral_id"),
        child_of(OutsideSender, Referral, "referral_id"),
        Wall(
            PublicReferral,
            [
                # Nobody acts who sends by a public page. Without a policy to read, it can be put in and not seen.
                Policy("anybody_puts_in", "", "INSERT", check=PUT_IN),
                Policy("front_door_reads", f"receiver_id = {AGENCY}", "SELECT"),
                Policy("front_door_takes_in", f"receiver_id = {AGENCY}", "UPDATE"),
            ],
        ),
        own_agency(Upload, rights="SELECT, INSERT, UPDATE, DELETE"),
        child_of(UploadRow, Upload, "upload_id", rights="SELECT, INSERT, UPDATE, DELETE"),
        child_of(Route, Referral, "referral_id"),
        child_of(ReferralQuestion, Referral, "referral_id"),
        # Written by escalate_late (walls/functions.sql); the application only says who is on it.
        Wall(Escalation, [Policy("late_here", LATE_HERE)], rights="SELECT, UPDATE", history=LATE_HERE),
    ],
    triggers=[
        ("guard_viewers", "referrals_referral", "BEFORE INSERT OR UPDATE", "guard_referral_viewers"),
        # Of what decides who sees the referral, and no more: it locks the referral, which comes before its case.
        ("refresh_viewers", "referrals_route", "AFTER INSERT OR UPDATE OF state", "refresh_referral_viewers"),
    ],
    figures={
        "referrals_referral": [
            "id",
            "source",
            "received_at",
            "state",
            "decided_at",
            "receiver_agency_id",
            "case_id",
        ],
        "referrals_route": ["id", "referral_id", "to_agency_id", "routed_at", "state", "accepted_at"],
    },
)

"""The front door's rows are seen by sender, receiver and routed services."""

from dacase.walls.policies import AGENCY, GROUPS, Policy, Wall, Walls, child_of, own_agency
from referrals.models import (
    OutsideSender,
    PublicReferral,
    Referral,
    ReferralContact,
    ReferralPerson,
    Route,
    Upload,
    UploadRow,
)

SEEN = f"viewer_groups && {GROUPS}"

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
    ],
    triggers=[
        ("guard_viewers", "referrals_referral", "BEFORE INSERT OR UPDATE", "guard_referral_viewers"),
        ("refresh_viewers", "referrals_route", "AFTER INSERT OR UPDATE", "refresh_referral_viewers"),
    ],
    figures={
        "referrals_referral": ["id", "source", "received_at", "state", "decided_at", "receiver_agency_id"],
        "referrals_route": ["id", "referral_id", "to_agency_id", "routed_at", "state", "accepted_at"],
    },
)

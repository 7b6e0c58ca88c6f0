import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from dacase.cases.choices import PartyRole, Sex
from dacase.cases.models import Case
from dacase.cases.models.open_to import Condition, NotBarred
from referrals.choices import (
    PUBLIC_DOORS,
    SENT_BACK,
    Aware,
    Consent,
    Priority,
    ReferralDoor,
    ReferralSource,
    ReferralState,
)


def new_referral_reference() -> str:
    """A random reference such as `R-7K2Q-94XD`."""
    from dacase.cases.rules import new_reference  # kept late so that the migration names this function only

    return new_reference("R")


class SeenReferral(Condition):
    """Whether the agency sent the referral, took it in, or was routed it and has not sent it back, and no
    exclusion bars the membership from its case. Asked of the referral's own row; `column` holds its case.
    """

    sql = (
        "(({row}.sender_agency_id = %s OR {row}.receiver_agency_id = %s OR EXISTS (SELECT 1"  # noqa: S608 - ours
        " FROM referrals_route live"
        " WHERE live.referral_id = {row}.id AND live.to_agency_id = %s AND live.state NOT IN %s))"
        f" AND {NotBarred.sql})"
    )

    @classmethod
    def to(cls, membership: Membership) -> "SeenReferral":
        agency_id = membership.agency_id
        bars = tuple(membership.bar_group_ids())
        return cls("case_id", agency_id, agency_id, agency_id, tuple(map(str, SENT_BACK)), bars)


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, membership: Membership) -> QuerySet["Referral"]:
        """Referrals that the agency sent, took in, or was routed and has not sent back, less exclusions."""
        return self.filter(SeenReferral.to(membership))


class Referral(models.Model):
    """A referral as its sender wrote it, from arrival at the front door to the decision there.

    State changes only in services/referral.py and services/triage.py. `viewer_groups` is kept by the
    database from sender, receiver and live routes. `submission` makes a double click one referral.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=20, unique=True, default=new_referral_reference, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    sender_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, choices=ReferralSource)
    door = models.CharField(max_length=20, choices=ReferralDoor, default=ReferralDoor.AGENCY)
    receiver_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.STANDARD)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=ReferralState, default=ReferralState.RECEIVED)
    held_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    what_happened = models.TextField(max_length=10_000)
    victim_aware = models.CharField(max_length=20, choices=Aware)
    not_aware_reason = models.CharField(max_length=500, blank=True)
    consent = models.CharField(max_length=20, choices=Consent)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_code = models.CharField(max_length=30, blank=True)
    decision_reason = models.CharField(max_length=1_000, blank=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="referrals")
    version = models.PositiveIntegerField(default=1)
    viewer_groups = ArrayField(models.IntegerField(), default=list, editable=False)

    history = HistoricalRecords(excluded_fields=["viewer_groups"])
    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sender_agency", "submission"], name="referral_once_per_submission"
            )
        ]
        indexes = [
            models.Index(
                fields=["receiver_agency", "due_at", "id"],
                name="referral_queue",
                condition=Q(decided_at=None),
            ),
            models.Index(fields=["sender_agency", "-received_at", "-id"], name="referral_sent"),
            models.Index(fields=["received_at"]),
            models.Index(fields=["case"]),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def has_reader(self) -> bool:
        """Whether the sender has an account, and so reads a question or a decision."""
        return self.door not in PUBLIC_DOORS

    @property
    def waits_for_call_back(self) -> bool:
        """Whether an outside professional sent it whom nobody has called back yet (`outside_sender` is read)."""
        if self.door != ReferralDoor.PROFESSIONAL:
            return False
        sender = getattr(self, "outside_sender", None)
        return sender is None or not sender.is_settled


class ReferralPerson(models.Model):
    """Somebody named in a referral, as the sender wrote it. Becomes a person and a party at triage."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="people")
    role = models.CharField(max_length=20, choices=PartyRole)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100)
    date_of_birth = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=20, choices=Sex, default=Sex.NOT_ASKED)
    relationship = models.CharField(max_length=100, blank=True)
    also_known_as = models.CharField(max_length=200, blank=True)
    nhs_number = models.CharField(max_length=20, blank=True)
    pnc_id = models.CharField(max_length=20, blank=True)

    history = HistoricalRecords()

    class Meta:
        # victim, then perpetrators, then children; "role" sorts child, perpetrator, victim
        ordering = ["-role", "date_of_birth", "id"]

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class ReferralContact(models.Model):
    """How the victim-survivor can be reached without danger, asked before anything else."""

    referral = models.OneToOneField(
        Referral, on_delete=models.CASCADE, primary_key=True, related_name="contact"
    )
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=500, blank=True)
    safe_to_call = models.BooleanField(default=False)
    safe_to_text = models.BooleanField(default=False)
    safe_to_leave_message = models.BooleanField(default=False)
    safe_to_write = models.BooleanField(default=False)
    safe_times = models.CharField(max_length=300, blank=True)
    who_else_sees = models.CharField(max_length=300, blank=True)
    code_word = models.CharField(max_length=60, blank=True)

    history = HistoricalRecords()

    @property
    def has_safe_way(self) -> bool:
        """Whether at least one way of contact is marked as safe and can be used."""
        by_phone = bool(self.phone) and (self.safe_to_call or self.safe_to_text)
        return by_phone or (self.safe_to_write and bool(self.email or self.address))

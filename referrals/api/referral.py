"""Referrals for another system: the same service as the page, session sign-in, errors by field.

POST /api/referrals/ with a `submission` (a UUID that the caller makes) sends one; the same submission again
answers with the same referral. GET /api/referrals/<id>/ tells what has become of it.
"""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError as Refusal
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dacase.agencies.access import check_may
from dacase.audit.services import record_read
from dacase.cases.choices import Sex
from referrals.choices import Aware, Consent, Priority, ReferralDoor
from referrals.models import Referral, ReferralContact
from referrals.rules.referral import MOST_PEOPLE, OLDEST_YEARS
from referrals.selectors.referral import followed_referrals, front_doors, may_see_contact, outcomes
from referrals.services.referral import ContactAnswers, NamedPerson, make_referral


class ContactSerializer(serializers.ModelSerializer[ReferralContact]):
    class Meta:
        model = ReferralContact
        exclude = ["referral"]


class PersonSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField([(role.value, role.label) for role in MOST_PEOPLE])
    family_name = serializers.CharField(max_length=100)
    given_name = serializers.CharField(max_length=100, allow_blank=True, default="")
    date_of_birth = serializers.DateField(allow_null=True, default=None)
    sex = serializers.ChoiceField(Sex.choices, default=Sex.NOT_ASKED)
    relationship = serializers.CharField(max_length=100, allow_blank=True, default="")
    also_known_as = serializers.CharField(max_length=200, allow_blank=True, default="")
    nhs_number = serializers.CharField(max_length=20, allow_blank=True, default="")
    pnc_id = serializers.CharField(max_length=20, allow_blank=True, default="")

    def validate_date_of_birth(self, value: Any) -> Any:
        today = timezone.localdate()
        if value and value > today:
            raise serializers.ValidationError("Date of birth must be today or in the past")
        if value and value.year < today.year - OLDEST_YEARS:
            raise serializers.ValidationError(f"Date of birth must be within the last {OLDEST_YEARS} years")
        return value


class ReferralSerializer(serializers.Serializer[Any]):
    """What is sent. `contact` comes first here too, and nothing in it is safe unless said so."""

    submission = serializers.UUIDField()
    contact = ContactSerializer()
    people = PersonSerializer(many=True, allow_empty=False)
    what_happened = serializers.CharField(max_length=10_000)
    priority = serializers.ChoiceField(Priority.choices, default=Priority.STANDARD)
    victim_aware = serializers.ChoiceField(Aware.choices)
    not_aware_reason = serializers.CharField(max_length=500, allow_blank=True, default="")
    consent = serializers.ChoiceField(Consent.choices)
    receiver = serializers.UUIDField(required=False)

    def send(self, actor: Any) -> Referral:
        """Make the referral through the service; its refusals become errors by field."""
        data = dict(self.validated_data)
        receiver_id = data.pop("receiver", None)
        chosen = [door for door in front_doors() if door.pk == receiver_id]
        if receiver_id and not chosen:
            raise serializers.ValidationError({"receiver": ["This agency takes in no referrals"]})
        try:
            return make_referral(
                contact=ContactAnswers(**data.pop("contact")),
                people=[NamedPerson(**one) for one in data.pop("people")],
                receiver=chosen[0] if chosen else None,
                door=ReferralDoor.API,
                actor=actor,
                **data,
            )
        except Refusal as refusal:
            by_field = (
                refusal.message_dict if hasattr(refusal, "error_dict") else {"detail": refusal.messages}
            )
            raise serializers.ValidationError(by_field) from refusal


def as_sent(referral: Referral, membership: Any) -> dict[str, Any]:
    """A referral as the API shows it to its sender and to the front door."""
    shown = {
        "id": str(referral.pk),
        "reference": referral.reference,
        "submission": str(referral.submission),
        "sender": referral.sender_agency.name,
        "receiver": referral.receiver_agency.name,
        "received_at": referral.received_at,
        "due_at": referral.due_at,
        "priority": referral.priority,
        "state": referral.state,
        "has_safe_way": referral.contact.has_safe_way,
        "outcomes": [
            {"state": told.state, "text": told.text, "at": told.at, "reason": told.reason}
            for told in outcomes(referral)
        ],
        "what_happened": referral.what_happened,
        "victim_aware": referral.victim_aware,
        "not_aware_reason": referral.not_aware_reason,
        "consent": referral.consent,
        "people": PersonSerializer(referral.people.all(), many=True).data,
    }
    if may_see_contact(membership, referral):
        shown["contact"] = ContactSerializer(referral.contact).data
    return shown


class ReferralsView(APIView):
    def post(self, request: Request) -> Response:
        actor = request._request.membership
        check_may(actor, "make_referral")
        serializer = ReferralSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.send(actor)
        referral = followed_referrals(actor).get(pk=sent.pk)
        return Response(as_sent(referral, actor), status=status.HTTP_201_CREATED)


class ReferralView(APIView):
    def get(self, request: Request, pk: UUID) -> Response:
        actor = request._request.membership
        if not actor.may("triage_referral"):
            check_may(actor, "make_referral")
        referral = get_object_or_404(followed_referrals(actor), pk=pk)
        record_read("referrals:api_referral", actor=actor, case_id=referral.case_id, object_id=referral.pk)
        return Response(as_sent(referral, actor))

"""Recording incidents, putting them right, striking out what was recorded in error, and saying which are the same."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dacase.agencies.access import NotAllowed, check_may
from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_event
from dacase.cases.models import Case, Party
from referrals.casework.choices import Known, Precision, ReportedBy
from referrals.casework.models import Incident
from referrals.casework.rules.incident import kinds
from referrals.casework.selectors.incident import likely_same, perpetrators_of
from referrals.casework.services.owned import save_version, strike_out
from referrals.services.versions import check_version

# The answer to “Who did it?” that names nobody.
NOT_NAMED = "not_named"
# The answer to “Is this the same incident?” that it is none of those which are recorded.
ANOTHER = "another"
OTHERS = "Another agency recorded this incident. Your agency may read it, and record what it knows itself."


@dataclass(frozen=True)
class Account:
    """What is known of an incident.

    Args:
        happened_on: the day, or any day of the month where `precision` (choices.Precision) is MONTH.
        kinds: codes of data/abuse_types.csv, at least one.
        perpetrator: a perpetrator of the case; None where it is somebody else or not known.
        known_to: the agency that learned of it; None where that is not known or no agency of ours.
        reported_on: the day on which it was told; None where that is not known.
        crime_reference: kept only where the police were told.
    """

    happened_on: date
    kinds: list[str]
    what_happened: str
    precision: str = Precision.EXACT
    perpetrator: Party | None = None
    children_present: str = Known.NOT_KNOWN
    reported_by: str = ReportedBy.VICTIM
    reported_on: date | None = None
    known_to: Agency | None = None
    police_told: str = Known.NOT_KNOWN
    crime_reference: str = ""


@transaction.atomic
def record_incident(
    case_id: UUID, *, account: Account, same_as: str = "", submission: UUID, actor: Membership
) -> Incident:
    """Record an incident, which everybody who holds the file reads. The same `submission` gives the same one.

    Args:
        same_as: the key of a record of the same incident, or ANOTHER. It must be said where one of that day is
            recorded already, else one incident counts twice.
    Raises NotAllowed, Case.DoesNotExist; ValidationError for a day to come, without a kind or without words,
    and at “same_as” where that has to be said.
    """
    check_may(actor, "record_incident")
    case = _lock_case(case_id, actor)
    values = _checked(account, case, actor)
    made = Incident.objects.filter(case=case, submission=submission).first()
    if made is not None:
        return made
    others = likely_same(case, actor, day=values["happened_on"], precision=account.precision)
    known = {str(one.pk): one for one in others}
    if known and same_as not in (*known, ANOTHER):
        raise ValidationError({"same_as": "Say whether this is the same incident"})
    incident = Incident.objects.create(
        case=case, submission=submission, **values, agency=actor.agency, recorded_by=actor
    )
    record_event("incident_recorded", actor=actor, subject=incident, case_id=case.pk)
    if same_as in known:
        _join(incident, known[same_as], actor)
    return incident


@transaction.atomic
def change_incident(incident_id: UUID, *, account: Account, version: int, actor: Membership) -> Incident:
    """Put an incident of the own agency right; what it said before stays in its history.

    Raises NotAllowed also for another agency's, Incident.DoesNotExist, StaleVersion; ValidationError once
    struck out, and as `record_incident`.
    """
    incident = _lock_own(incident_id, actor)
    values = _checked(account, incident.case, actor)
    if all(getattr(incident, name) == value for name, value in values.items()):
        return incident
    check_version(incident, version, current=as_fields(incident), actor=actor)
    if incident.struck_at is not None:
        raise ValidationError("This incident is struck out. Record a new one")
    for name, value in values.items():
        setattr(incident, name, value)
    incident.changed_at = timezone.now()
    return save_version(incident, "incident_changed", actor)


@transaction.atomic
def strike_incident(incident_id: UUID, *, reason: str, actor: Membership) -> Incident:
    """Strike out what was recorded in error: it no longer counts, and stays in the history. Twice is once.

    Raises NotAllowed also for another agency's, Incident.DoesNotExist; ValidationError without a reason.
    """
    incident = _lock_own(incident_id, actor)
    if incident.struck_at is not None:
        return incident
    strike_out(incident, reason=reason, missing="Say what is wrong with this record", actor=actor)
    _leave(incident)
    return save_version(incident, "incident_struck_out", actor)


@transaction.atomic
def say_same(incident_id: UUID, *, same_as: str, actor: Membership) -> Incident:
    """Say that a record is of the same incident as another, so that it counts once, or of one by itself.

    Whoever may record incidents in the case says so of any record: no account is changed by it, and whoever
    knows better takes it back in the same way.

    Args:
        same_as: the key of another record of the case that is not struck out, or ANOTHER.
    Raises NotAllowed, Incident.DoesNotExist; ValidationError for a record that is not there or is struck out.
    """
    incident = _lock(incident_id, actor)
    if incident.struck_at is not None:
        raise ValidationError("This incident is struck out")
    if same_as == ANOTHER:
        if _leave(incident):
            record_event("incident_told_apart", actor=actor, subject=incident, case_id=incident.case_id)
        return incident
    standing = Incident.objects.visible_to(actor).standing().filter(case=incident.case)
    other = standing.exclude(pk=incident.pk).filter(pk=same_as).first()
    if other is None:
        raise ValidationError({"same_as": "Select one of the incidents"})
    if other not in _records(incident):
        _leave(incident)
        _join(incident, other, actor)
    return incident


def as_fields(incident: Incident) -> dict[str, Any]:
    """What is recorded, by the names and in the values of the form's fields."""
    values = {name: getattr(incident, name) for name in Account.__dataclass_fields__}
    values["perpetrator"] = str(incident.perpetrator_id or NOT_NAMED)
    values["known_to"] = str(incident.known_to_id or "")
    return values


def _lock_case(case_id: UUID, actor: Membership) -> Case:
    """The case, so that two who record the same at once do it one after the other."""
    return Case.objects.visible_to(actor).lock(case_id)


def _lock(incident_id: UUID, actor: Membership) -> Incident:
    check_may(actor, "record_incident")
    visible = Incident.objects.visible_to(actor)
    _lock_case(visible.values_list("case_id", flat=True).get(pk=incident_id), actor)
    incident: Incident = visible.select_related("case").select_for_update(of=("self",)).get(pk=incident_id)
    return incident


def _lock_own(incident_id: UUID, actor: Membership) -> Incident:
    incident = _lock(incident_id, actor)
    if incident.agency_id != actor.agency_id:
        raise NotAllowed(OTHERS)
    return incident


def _records(incident: Incident) -> list[Incident]:
    """Every record of an incident, the one that was made first at the head, all of them locked."""
    first = incident.same_as_id or incident.pk
    same = Incident.objects.filter(Q(pk=first) | Q(same_as=first), case=incident.case_id)
    return list(same.select_for_update().order_by("recorded_at", "id"))


def _join(incident: Incident, other: Incident, actor: Membership) -> None:
    """Make an incident by itself one more record of the incident that `other` is a record of."""
    _tie([*_records(other), incident])
    record_event("incident_same_as_another", actor=actor, subject=incident, case_id=incident.case_id)


def _leave(incident: Incident) -> bool:
    """Make a record an incident by itself; the others stay records of one. Whether there were others."""
    others = [one for one in _records(incident) if one != incident]
    _tie(others)
    _tie([incident])
    return bool(others)


def _tie(records: list[Incident]) -> None:
    """Make these the records of one incident: all point to the one that was made first."""
    ordered = sorted(records, key=lambda one: (one.recorded_at, one.pk))
    for one in ordered:
        first = None if one is ordered[0] else ordered[0].pk
        if one.same_as_id != first:
            one.same_as_id = first
            one.save(update_fields=["same_as"])


def _checked(account: Account, case: Case, actor: Membership) -> dict[str, Any]:
    """The account as it is kept, or ValidationError."""
    today, errors = timezone.localdate(), {}
    values = {name: getattr(account, name) for name in Account.__dataclass_fields__}
    values["what_happened"] = account.what_happened.strip()
    if account.precision == Precision.MONTH:
        values["happened_on"] = account.happened_on.replace(day=1)
    values["kinds"] = [code for code in kinds() if code in account.kinds]
    if account.police_told != Known.YES:
        values["crime_reference"] = ""
    if values["happened_on"] > today:
        errors["happened_on"] = "The day must be today or in the past"
    if account.reported_on is not None and account.reported_on > today:
        errors["reported_on"] = "The day must be today or in the past"
    elif (
        account.reported_on is not None
        and account.precision != Precision.ABOUT
        and account.reported_on < values["happened_on"]
    ):
        errors["reported_on"] = "It cannot have been told before it happened"
    if not values["kinds"] or set(account.kinds) - set(kinds()):
        errors["kinds"] = "Select what kind of abuse it was"
    if not values["what_happened"]:
        errors["what_happened"] = "Write what happened"
    if account.perpetrator is not None and account.perpetrator not in perpetrators_of(case, actor):
        errors["perpetrator"] = "Select a perpetrator of this case"
    if errors:
        raise ValidationError(errors)
    return values

"""Forms of consent: recorded first, changed, withdrawn."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.choices import LawfulBasis, PartyRole
from dacase.cases.models import Party
from dacase.ui.forms import (
    DateField,
    LongTextField,
    Look,
    RadioField,
    SelectField,
    SubmitOnceForm,
    TextField,
    VersionedForm,
    YesNoField,
)
from referrals.casework.choices import ConsentAnswer, ConsentWay
from referrals.casework.forms.episode import WorkerField
from referrals.casework.models import ConsentRecord
from referrals.casework.rules.consent import purposes
from referrals.casework.services.consent import Said

ANSWERS = [one for one in ConsentAnswer.choices if one[0] != ConsentAnswer.WITHDRAWN]
BASES = [one for one in LawfulBasis.choices if one[0] != LawfulBasis.CONSENT]
NO_PLACE = "Leave out where anybody lives."
ABOUT, DAYS = ["party", "purpose"], ["review_on", "until_on"]


class SaidForm(SubmitOnceForm):
    """What was said and what follows. Which words an answer needs, the service says."""

    with_whom = TextField(
        label="Which agencies?", max_length=500, required=False, help_text="Each by its name"
    )
    answer = RadioField(label="What was answered?", choices=ANSWERS)
    answered_on = DateField(label="When was that?", not_future=True)
    way = RadioField(
        label="How was the answer given?",
        choices=ConsentWay,
        required=False,
        help_text="Leave it out where nobody was asked",
    )
    reason = LongTextField(
        label="Reason, or what was said",
        max_length=1_000,
        rows=3,
        required=False,
        help_text=f"Needed where it was not safe to ask, or nobody asked. {NO_PLACE}",
    )
    is_informed = YesNoField(label="Has this person been told what is recorded or shared, with whom and why?")
    why_not_informed = TextField(label="Why not?", max_length=500, required=False)
    goes_on = YesNoField(
        label="Does it go on without consent?",
        required=False,
        help_text="Answer only where consent was not given",
    )
    lawful_basis = RadioField(label="Lawful basis", choices=BASES, required=False)
    necessity = LongTextField(
        label="Why is it necessary?", max_length=2_000, rows=4, required=False, help_text=NO_PLACE
    )
    proportionality = LongTextField(
        label="Why is it no more than is needed?",
        max_length=2_000,
        rows=4,
        required=False,
        help_text=NO_PLACE,
    )
    decided_by = WorkerField(label="Who decided it?", required=False)
    review_on = DateField(
        label="When is it looked at again?",
        required=False,
        help_text="Leave it empty for the usual time. It comes up on the day of whoever works on the case",
    )
    until_on = DateField(label="Last day on which it holds", required=False)

    # Which of these are needed hangs on the answer, so that none is called optional.
    mark_optional = False

    looks = {
        "way": Look(small=True),
        "is_informed": Look(reveals={"no": ("why_not_informed",)}),
        "goes_on": Look(reveals={"yes": ("lawful_basis", "necessity", "proportionality", "decided_by")}),
        "lawful_basis": Look(small=True),
    }
    sections = [
        ("What it is about", "", [*ABOUT, "with_whom"]),
        ("What was said", "", ["answer", "answered_on", "way", "reason", "is_informed"]),
        (
            "Without consent",
            "Never because it is quicker. Say it so that a stranger can follow.",
            ["goes_on"],
        ),
        ("Until when", "", DAYS),
    ]

    def __init__(self, *args: Any, deciders: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answered_on"].initial = timezone.localdate
        self.fields["decided_by"].offer(deciders)  # type: ignore[attr-defined]

    def said(self) -> Said:
        """What the service takes."""
        data = {name: self.cleaned_data.get(name) for name in Said.__dataclass_fields__}
        data["with_whom"], data["goes_on"] = data["with_whom"] or "", bool(data["goes_on"])
        return Said(**data | {"answer": data["answer"] or ConsentAnswer.WITHDRAWN})


class ConsentForm(SaidForm):
    """What was said for the first time."""

    party = RadioField(label="Who is it about?", choices=())
    purpose = SelectField(label="What for?", choices=(), blank="Select a purpose")

    def __init__(self, *args: Any, parties: Iterable[Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.person.name}, {PartyRole(one.role).label.lower()}") for one in parties
        ]
        offered = purposes(timezone.localdate()).values()
        self.fields["purpose"].choices = [("", "Select a purpose")] + [  # type: ignore[attr-defined]
            (one.code, one.label) for one in offered
        ]
        naming = " or ".join(f"“{one.label}”" for one in offered if one.names_agencies)
        self.fields["with_whom"].help_text = f"Each by its name. Only for {naming}"


class ChangeConsentForm(SaidForm, VersionedForm):
    """What is said now."""

    def __init__(self, *args: Any, record: ConsentRecord, **kwargs: Any) -> None:
        initial = {
            "version": record.version,
            "with_whom": record.with_whom,
            "is_informed": record.is_informed,
        } | kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, **kwargs)
        if not record.with_whom:
            del self.fields["with_whom"]


class WithdrawForm(ChangeConsentForm):
    """Consent that was given is withdrawn."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["answer"]
        self.fields.pop("with_whom", None)
        self.fields["answered_on"].label = "When was it withdrawn?"
        self.fields["way"].label, self.fields["way"].help_text = "How was it withdrawn?", ""
        self.fields["reason"].label = "What was said"
        self.fields["reason"].help_text = f"Nobody need give a reason. {NO_PLACE}"

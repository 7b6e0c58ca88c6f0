"""The referral page: safe contact first, then what happened, then who."""

from typing import Any

from django.forms import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict
from django.utils import timezone

from dacase.agencies.models import Agency, Membership
from dacase.cases.choices import PartyRole, Sex
from dacase.cases.forms.draft import FormDraft, without_errors
from dacase.ui.forms import (
    CheckboxesField,
    DateField,
    FilterForm,
    Form,
    LongTextField,
    Look,
    RadioField,
    SelectField,
    SubmitOnceForm,
    TextField,
)
from referrals.choices import Aware, Consent, Priority, ReferralState
from referrals.forms.contact import CONTACT_LOOKS, ContactFields
from referrals.models import Referral
from referrals.rules.referral import MOST_PEOPLE, check_birth
from referrals.selectors.referral import front_doors
from referrals.services.referral import NamedPerson, make_referral

NAMES = ["family_name", "given_name", "also_known_as", "date_of_birth", "sex"]
NUMBERS = ("nhs_number", "pnc_id")


class NameFields(Form):
    """What is asked of everybody named in a referral."""

    family_name = TextField(label="Family name", max_length=100)
    given_name = TextField(label="Given name", max_length=100, required=False)
    also_known_as = TextField(
        label="Other names",
        max_length=200,
        required=False,
        help_text="Nicknames, maiden and former names, with commas between them",
    )
    date_of_birth = DateField(label="Date of birth", not_future=True, required=False)
    sex = SelectField(label="Sex", choices=Sex, blank="Not asked", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.attempt(lambda: check_birth(data.get("date_of_birth"), today=timezone.localdate()))
        return data

    def person(self, role: str) -> NamedPerson:
        """Who was named, for the service."""
        data = self.cleaned_data
        named = {name: data[name] for name in NAMES if name != "sex"}
        more = {name: data.get(name, "") for name in ("relationship", *NUMBERS)}
        return NamedPerson(role, **named, **more, sex=data["sex"] or Sex.NOT_ASKED)


class PatientFields(NameFields):
    """Of the victim-survivor and the children the number by which the health service knows them."""

    nhs_number = TextField(label="NHS number", max_length=20, required=False)


class ReferralForm(SubmitOnceForm, ContactFields, PatientFields):
    """Everything but the rows of perpetrators and children."""

    what_happened = LongTextField(
        label="What has happened, and what worries you?",
        max_length=10_000,
        rows=8,
        error_messages={"required": "Enter what has happened"},
        help_text="The latest incident and when it was. Facts first, then your opinion.",
    )
    priority = RadioField(
        label="How urgent is it?", choices=Priority, error_messages={"required": "Select how urgent it is"}
    )
    victim_aware = RadioField(
        label="Does the victim-survivor know about this referral?",
        choices=Aware,
        error_messages={"required": "Select whether the victim-survivor knows about this referral"},
    )
    not_aware_reason = TextField(label="Why not?", required=False, max_length=500)
    consent = RadioField(
        label="Consent to this referral",
        choices=Consent,
        help_text="A referral can be made without consent where somebody is in danger.",
        error_messages={"required": "Select whether consent was given"},
    )
    receiver = SelectField(label="Front door that the referral goes to", choices=(), blank="Choose an area")

    field_order = [
        *("submission", "phone", "email", "address", "ways", "safe_times", "who_else_sees", "code_word"),
        *(
            "what_happened",
            "priority",
            *NAMES,
            "nhs_number",
            "victim_aware",
            "not_aware_reason",
            "consent",
            "receiver",
        ),
    ]
    sections = [
        (
            "How to make contact safely",
            (
                "Fill this in first. A call or a letter at the wrong moment can put somebody in danger. "
                "If no way is known to be safe, send the referral all the same: the front door will see it at once."
            ),
            ["phone", "email", "address", "ways", "safe_times", "who_else_sees", "code_word"],
        ),
        ("What happened", "", ["what_happened", "priority"]),
        ("The victim-survivor", "", [*NAMES, "nhs_number"]),
        ("Awareness and consent", "", ["victim_aware", "consent", "receiver"]),
    ]
    looks = {
        **CONTACT_LOOKS,
        "priority": Look(small=True),
        "victim_aware": Look(small=True, reveals={Aware.NO: ("not_aware_reason",)}),
        "consent": Look(small=True),
    }

    def __init__(self, *args: Any, doors: list[Agency] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["family_name"].error_messages["required"] = "Enter the victim-survivor’s family name"
        self.doors = list(front_doors()) if doors is None else doors
        if len(self.doors) > 1:
            areas = [("", "Choose an area"), *((str(door.pk), door.name) for door in self.doors)]
            self.fields["receiver"].choices = areas  # type: ignore[attr-defined]
        else:
            del self.fields["receiver"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("victim_aware") == Aware.NO and not data.get("not_aware_reason"):
            self.add_error(
                "not_aware_reason", "Say why the victim-survivor does not know about this referral"
            )
        return data


class PerpetratorRow(NameFields):
    family_name = TextField(
        label="Family name",
        max_length=100,
        error_messages={"required": "Enter the perpetrator’s family name, or empty the whole row"},
    )
    relationship = TextField(
        label="Relationship to the victim-survivor",
        max_length=100,
        required=False,
        help_text="For example, husband, ex-partner, son",
    )
    pnc_id = TextField(
        label="PNC ID",
        max_length=20,
        required=False,
        help_text="Of the Police National Computer, if you know it",
    )


class ChildRow(PatientFields):
    family_name = TextField(
        label="Family name",
        max_length=100,
        error_messages={"required": "Enter the child’s family name, or empty the whole row"},
    )
    relationship = TextField(
        label="Relationship to the victim-survivor",
        max_length=100,
        required=False,
        help_text="For example, daughter, stepson",
    )


class Rows(BaseFormSet):
    """People of one role, a row each; an empty row is nobody. The last row can be asked for by a button."""

    role: PartyRole
    default_error_messages = {
        "missing_management_form": "Part of this page was missing. Open it again; what you typed is kept",
        "too_many_forms": "A referral can name at most %(num)d people in each group",
    }

    def one_more(self) -> None:
        """Show another empty row, with everything typed kept and nothing checked yet."""
        data = self.data.copy()  # type: ignore[attr-defined]  # request.POST
        name = f"{self.prefix}-TOTAL_FORMS"
        wanted = min(self.total_form_count() + 1, MOST_PEOPLE[self.role])
        data[name] = str(wanted)
        self.data = data
        for cached in ("forms", "management_form"):
            self.__dict__.pop(cached, None)
        without_errors(self)
        self.forms[-1].fields["family_name"].widget.attrs["autofocus"] = True

    @property
    def has_room(self) -> bool:
        """Whether another row may be added."""
        return self.total_form_count() < MOST_PEOPLE[self.role]

    def people(self) -> list[NamedPerson]:
        """Who was named in the rows that were filled in."""
        return [form.person(self.role) for form in self.forms if form.has_changed()]


def _rows(form: type[NameFields], role: PartyRole) -> type[Rows]:
    most = MOST_PEOPLE[role]
    made = formset_factory(
        form, formset=Rows, extra=1, max_num=most, absolute_max=most + 1, validate_max=True
    )
    return type(made.__name__, (made,), {"role": role})


PerpetratorRows = _rows(PerpetratorRow, PartyRole.PERPETRATOR)
ChildRows = _rows(ChildRow, PartyRole.CHILD)


class ReferralPage:
    """The page's form and its two groups of rows, bound together to what was posted or kept."""

    form_class: type[ReferralForm] = ReferralForm

    def __init__(self, draft: FormDraft) -> None:
        self.form: ReferralForm = draft.bind(self.form_class)
        self.perpetrators: Rows = draft.bind(PerpetratorRows, prefix="perpetrators")
        self.children: Rows = draft.bind(ChildRows, prefix="children")
        self.rows = {"perpetrators": self.perpetrators, "children": self.children}

    def add_row(self, name: str) -> bool:
        """Another row of `name`, where a button asked for one. Nothing is checked then."""
        if name not in self.rows:
            return False
        self.form._errors = ErrorDict()  # type: ignore[attr-defined]
        for key, rows in self.rows.items():
            if not rows.management_form.is_valid():
                return False
            if key == name:
                rows.one_more()
            else:
                without_errors(rows)
        return True

    def is_valid(self) -> bool:
        # Each is asked, so that every error shows at once.
        valid = [self.form.is_valid(), self.perpetrators.is_valid(), self.children.is_valid()]
        for rows in self.rows.values():
            for error in rows.non_form_errors():
                self.form.add_error(None, error)
        return all(valid)

    def save(self, *, actor: Membership) -> Referral | None:
        """Send the referral. None where the service refused; its reasons are errors of the form then."""
        sent = self.form.attempt(lambda: make_referral(**self.answers(), actor=actor))
        return self.form.result if sent else None

    def answers(self) -> dict[str, Any]:
        """Everything that was typed, for the service."""
        data = self.form.cleaned_data
        people = [self.form.person(PartyRole.VICTIM), *self.perpetrators.people(), *self.children.people()]
        chosen = [door for door in self.form.doors if str(door.pk) == data.get("receiver")]
        plain = ("submission", "what_happened", "priority", "victim_aware", "not_aware_reason", "consent")
        return {
            "contact": self.form.contact(),
            "people": people,
            "receiver": chosen[0] if chosen else None,
            **{name: data[name] for name in plain},
        }

    @property
    def context(self) -> dict[str, Any]:
        return {"form": self.form, "perpetrators": self.perpetrators, "children": self.children}


class SentFilter(FilterForm):
    state = SelectField(label="State", choices=ReferralState, blank="All")
    sent_from = DateField(label="Sent on or after", help_text="")
    mine = CheckboxesField(label="Sender", choices=[("yes", "Sent by me")])

    looks = {"mine": Look(small=True, hide_label=True)}

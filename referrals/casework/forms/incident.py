"""Forms of incidents."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.utils.text import Truncator

from dacase.agencies.models import Agency
from dacase.cases.models import Party
from dacase.ui.forms import (
    CheckboxesField,
    DateField,
    FilterForm,
    Form,
    LongTextField,
    Look,
    MonthField,
    RadioField,
    SelectField,
    SubmitOnceForm,
    TextField,
    VersionedForm,
    plain_words,
)
from referrals.casework.choices import Known, Precision, ReportedBy
from referrals.casework.models import Incident
from referrals.casework.rules.incident import kinds
from referrals.casework.services.incident import ANOTHER, NOT_NAMED, Account

# Which question asks for the day, by how well it is known.
ASKS = {Precision.EXACT: "happened_on", Precision.ABOUT: "about_on", Precision.MONTH: "month"}


# What each kind means, in one paragraph below the question.
MEANINGS = " ".join(f"{kind.label}: {kind.hint}." for kind in kinds().values())


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of abuse to choose from."""
    return [(kind.code, kind.label) for kind in kinds().values()]


class AccountForm(Form):
    """What is known of an incident. `perpetrators` and `agencies` are those that may be named."""

    precision = RadioField(label="When did it happen?", choices=Precision)
    happened_on = DateField(label="Day", not_future=True, required=False)
    about_on = DateField(label="About which day", not_future=True, required=False)
    month = MonthField(label="Month", not_future=True, required=False)
    kinds = CheckboxesField(
        label="What kind of abuse was it?",
        choices=(),
        help_text="Select all that apply. You need not be certain.",
    )
    what_happened = LongTextField(
        label="What happened?",
        max_length=10_000,
        rows=8,
        help_text="In the words of the person who told it where you can. Leave out where anybody lives.",
    )
    perpetrator = RadioField(label="Who did it?", choices=())
    children_present = RadioField(
        label="Were children there?", choices=Known, help_text="Hearing it from another room counts."
    )
    reported_by = RadioField(label="Who told of it?", choices=ReportedBy)
    reported_on = DateField(label="When was it told, if you know?", not_future=True, required=False)
    known_to = SelectField(label="Which agency learned of it first?", choices=(), required=False)
    police_told = RadioField(label="Was it reported to the police?", choices=Known)
    crime_reference = TextField(label="Crime reference, if you know it", max_length=40, required=False)

    # What stands below a choice must be answered with it; the rest says “if you know”.
    mark_optional = False
    sections = [
        ("When", "", ["precision"]),
        ("What happened", "", ["kinds", "what_happened", "perpetrator", "children_present"]),
        ("Who knows of it", "", ["reported_by", "reported_on", "known_to", "police_told"]),
    ]
    looks = {
        "precision": Look(reveals={str(key): (name,) for key, name in ASKS.items()}),
        "kinds": Look(small=True, help=("What the kinds mean", MEANINGS)),
        "what_happened": Look(count=True),
        "perpetrator": Look(small=True),
        "children_present": Look(inline=True, small=True),
        "reported_by": Look(small=True),
        "police_told": Look(small=True, reveals={str(Known.YES): ("crime_reference",)}),
    }

    def __init__(
        self, *args: Any, perpetrators: Iterable[Party], agencies: Iterable[Agency], **kwargs: Any
    ) -> None:
        initial = dict(kwargs.pop("initial", None) or {})
        if "precision" in initial:
            initial[ASKS[Precision(initial["precision"])]] = initial.pop("happened_on")
        super().__init__(*args, initial=initial, **kwargs)
        self.perpetrators = {str(one.pk): one for one in perpetrators}
        self.agencies = {str(one.pk): one for one in agencies}
        self.fields["kinds"].choices = kind_choices()  # type: ignore[attr-defined]
        named = [(key, one.person.name) for key, one in self.perpetrators.items()]
        self.fields["perpetrator"].choices = [*named, (NOT_NAMED, "Somebody else, or not known")]  # type: ignore[attr-defined]
        listed = [(key, one.name) for key, one in self.agencies.items()]
        self.fields["known_to"].choices = [("", "Not known, or an agency that is not listed"), *listed]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        asked = ASKS.get(data.get("precision"))  # type: ignore[arg-type]
        if asked and asked not in self.errors:
            if data.get(asked) is None:
                self.add_error(asked, "Enter the month" if asked == "month" else "Enter the day")
            else:
                data["happened_on"] = data[asked]
        if asked:
            # What was typed below a choice that was not taken is no answer, and its errors are none.
            for name in set(ASKS.values()) - {asked}:
                self.errors.pop(name, None)
        return data

    def account(self) -> Account:
        """What the service takes."""
        data = {name: self.cleaned_data[name] for name in Account.__dataclass_fields__}
        data["perpetrator"] = self.perpetrators.get(data["perpetrator"])
        data["known_to"] = self.agencies.get(data["known_to"])
        return Account(**data)


class SameIncidentField(RadioField):
    """Which of the incidents that are recorded already this one is, or none of them."""

    def __init__(self, *, known: Iterable[Incident], none: str, **kwargs: Any) -> None:
        listed = [(str(one.pk), in_short(one)) for one in known]
        super().__init__(
            label="Is this the same incident?",
            choices=[*listed, (ANOTHER, none)],
            help_text="An incident counts once, however many have recorded it. Every account stays.",
            **kwargs,
        )


def in_short(one: Incident) -> str:
    """An incident as one line of a list says it."""
    words = Truncator(" ".join(one.what_happened.split())).chars(120)
    return (
        f"{one.when}: {one.kind_words}. “{words}” Recorded by {one.recorded_by.user.name}, {one.agency.name}"
    )


class IncidentForm(AccountForm, SubmitOnceForm):
    """A new incident. `likely` gives the incidents that may be the one of a day, which the page then asks about."""

    sections = [("Recorded already", "", ["same_as"]), *AccountForm.sections]
    looks = AccountForm.looks | {"same_as": Look(small=True)}

    def __init__(self, *args: Any, likely: Callable[[date, str], list[Incident]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.likely = likely

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        precision = data.get("precision", "")
        day = data.get(ASKS.get(precision, ""))
        known = self.likely(day, precision) if day else []
        if known:
            field = SameIncidentField(known=known, none="No, it is another incident", required=False)
            self.fields["same_as"] = field
            sent = self["same_as"].data
            data["same_as"] = sent if field.valid_value(sent) else ""
        return data


class SameIncidentForm(Form):
    """Whether a record is of the same incident as one of `known`."""

    def __init__(self, *args: Any, known: Iterable[Incident], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["same_as"] = SameIncidentField(known=known, none="No, it is an incident by itself")
        plain_words(self.fields)


class ChangeIncidentForm(AccountForm, VersionedForm):
    """An incident that is put right."""


class StrikeIncidentForm(Form):
    reason = TextField(label="What is wrong with it?", max_length=500)


class IncidentFilter(FilterForm):
    kind = SelectField(label="Kind of abuse", choices=(), blank="All")
    year = SelectField(label="Year", choices=(), blank="All")

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "All"), *kind_choices()]  # type: ignore[attr-defined]
        self.fields["year"].choices = [("", "All"), *((str(year), str(year)) for year in years)]  # type: ignore[attr-defined]

"""A file of referrals: each row goes through the form of the page, so that the same rules hold."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from dacase.agencies.models import Agency
from dacase.cases.choices import PartyRole
from dacase.ui.forms import FileField, Form
from referrals.forms.contact import WAYS
from referrals.forms.referral import ChildRow, NameFields, PerpetratorRow, ReferralForm
from referrals.rules.upload import read_rows, with_first_zero

YES, NO = {"yes", "y"}, {"no", "n", ""}
PARTS = ("day", "month", "year")
CHILDREN = ("child_1", "child_2", "child_3")


class UploadForm(Form):
    """The file. `rows` are what it holds."""

    file = FileField(
        label="File",
        endings=("csv",),
        max_megabytes=2,
        help_text="A CSV file made from the template, with at most 500 rows",
        error_messages={"required": "Select a file"},
    )
    rows: list[tuple[int, dict[str, str]]]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        self.rows = read_rows(file.read())
        return file


def lacks_safe_way(values: Mapping[str, str]) -> bool:
    """Whether a row says of no way that it is safe. That what a way needs is there, its errors say."""
    return all(values.get(code, "").lower() in NO for code, _ in WAYS)


def _date_parts(value: str) -> list[str]:
    """Day, month and year of a date written 4/3/1990 or, as other systems write it, 1990-03-04."""
    parts = value.replace("-", "/").replace(".", "/").split("/") if value else ["", "", ""]
    if len(parts) != len(PARTS):
        return [value, "x", "x"]
    return parts[::-1] if len(parts[0].strip()) == 4 else parts


class RowForms:
    """The forms of one row: the referral, its perpetrator, its children. doors: the front doors that there are."""

    def __init__(self, values: Mapping[str, str], doors: list[Agency]) -> None:
        self.values, self.doors = values, doors
        self.form = ReferralForm(self._data("", ReferralForm.base_fields), doors=doors)
        self.perpetrator = PerpetratorRow(
            self._data("perpetrator", PerpetratorRow.base_fields), prefix="perpetrator"
        )
        self.children = [ChildRow(self._data(key, ChildRow.base_fields), prefix=key) for key in CHILDREN]

    def errors(self) -> list[tuple[str, str]]:
        """(column, words) of everything that is wrong; a person without any value is nobody."""
        found = [
            (code, f"Write yes or no in {code}") for code, _ in WAYS if self._answer(code) not in YES | NO
        ]
        for prefix, form in [("", self.form), *self.people_forms()]:
            for name, errors in form.errors.items():
                if name != "submission":
                    found += [(f"{prefix}_{name}".strip("_"), str(error)) for error in errors]
        return found

    def people_forms(self) -> list[tuple[str, NameFields]]:
        """The forms of whoever else the row names."""
        named: list[tuple[str, NameFields]] = [
            ("perpetrator", self.perpetrator),
            *zip(CHILDREN, self.children, strict=True),
        ]
        return [
            (prefix, form)
            for prefix, form in named
            if any(value for name, value in self.values.items() if name.startswith(f"{prefix}_"))
        ]

    def answers(self) -> dict[str, Any]:
        """The row for the service. Raises ValidationError where something is wrong with it."""
        if self.errors():
            raise ValidationError("This row has errors")
        data = self.form.cleaned_data
        people = [self.form.person(PartyRole.VICTIM)]
        for prefix, form in self.people_forms():
            role = PartyRole.PERPETRATOR if prefix == "perpetrator" else PartyRole.CHILD
            people.append(form.person(role))
        chosen = [door for door in self.form.doors if str(door.pk) == data.get("receiver")]
        plain = ("what_happened", "priority", "victim_aware", "not_aware_reason", "consent")
        return {
            "contact": self.form.contact(),
            "people": people,
            "receiver": chosen[0] if chosen else None,
            **{name: data[name] for name in plain},
        }

    def _answer(self, column: str) -> str:
        return self.values.get(column, "").lower()

    def _data(self, prefix: str, fields: Mapping[str, Any]) -> QueryDict:
        """The row's cells in the shape in which the page would post them."""
        data = QueryDict(mutable=True)
        column = f"{prefix}_" if prefix else ""
        name = f"{prefix}-" if prefix else ""
        for field in fields:
            value = self.values.get(column + field, "")
            if field == "date_of_birth":
                for part, typed in zip(PARTS, _date_parts(value), strict=True):
                    data[f"{name}{field}_{part}"] = typed.strip()
            elif field == "phone":
                data[name + field] = with_first_zero(value)
            else:
                data[name + field] = value.lower() if hasattr(fields[field], "choices") else value
        if not prefix:
            data.setlist("ways", [code for code, _ in WAYS if self._answer(code) in YES])
            data["submission"] = "00000000-0000-4000-8000-000000000000"
            data["receiver"] = self._receiver()
        return data

    def _receiver(self) -> str:
        wanted = self.values.get("front_door", "").lower()
        return next((str(door.pk) for door in self.doors if door.name.lower() == wanted), "")

"""A form with one field of every kind."""

from dacase.ui.forms import (
    CheckboxesField,
    ConfirmField,
    DateField,
    EmailField,
    FileField,
    FilterForm,
    Form,
    LongTextField,
    Look,
    PhoneField,
    RadioField,
    SelectField,
    SubmitOnceForm,
    TextField,
    TimeField,
    VersionedForm,
    YesNoField,
)

WAYS = [("phone", "Phone"), ("text", "Text message"), ("post", "Post")]
AREAS = [("east", "Eastvale"), ("north", "Northmoor"), ("south", "Southgate")]


class EveryField(SubmitOnceForm):
    way = RadioField(label="Safest way to make contact", choices=WAYS)
    number = PhoneField(label="Phone number", required=False)
    alone = YesNoField(label="Is it safe to leave a message?")
    when = CheckboxesField(label="Times that are safe", choices=[("am", "Mornings"), ("pm", "Afternoons")])
    name = TextField(label="Full name", max_length=100)
    born = DateField(label="Date of birth", not_future=True)
    email = EmailField(label="Email address", required=False)
    area = SelectField(label="Area", choices=AREAS)
    at = TimeField(label="Time of the call", required=False)
    notes = LongTextField(label="What happened", max_length=500, help_text="Use the person’s own words.")
    file = FileField(label="Letter", endings=("pdf", "docx"), required=False)
    agree = ConfirmField(
        label="The victim-survivor knows about this referral", must="Confirm that she or he knows"
    )

    sections = [
        (
            "Contacting safely",
            "Fill this in first, so that nobody calls at the wrong time.",
            ["way", "number", "alone", "when"],
        ),
        ("The person", "", ["name", "born", "email", "area"]),
        ("What happened", "", ["at", "notes", "file", "agree"]),
    ]
    looks = {
        "way": Look(reveals={"phone": ("number",)}),
        "alone": Look(
            inline=True, help=("Why we ask", "A message can be heard by somebody else in the home.")
        ),
        "number": Look(width=20),
        "at": Look(width=10),
        "notes": Look(count=True),
        "when": Look(small=True),
    }


class PlanForm(VersionedForm):
    place = TextField(label="Meeting place", max_length=60)
    review = DateField(label="Review date")
    alone = YesNoField(label="Safe to leave a message", required=False)


class CaseFilter(FilterForm):
    band = CheckboxesField(
        label="Risk", choices=[("high", "High"), ("medium", "Medium"), ("standard", "Standard")]
    )
    area = SelectField(label="Area", choices=AREAS, blank="All areas")
    opened = DateField(label="Opened on or after", help_text="")

    looks = {"band": Look(small=True)}


class SmallForm(Form):
    name = TextField(label="Full name", max_length=10)
    share = TextField(label="Share in %", max_length=3)

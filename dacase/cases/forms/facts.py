"""Forms of what is known of a party, and of a person's answers for equality monitoring."""

from typing import Any

from dacase.cases.rules.people import listed, yes_or_no
from dacase.ui.forms import (
    CheckboxesField,
    DateField,
    Look,
    RadioField,
    SelectField,
    TextField,
    VersionedForm,
)


def asks(label: str, **kwargs: Any) -> RadioField:
    """A question answered by yes, no, or one of the three no-answers."""
    return RadioField(label=label, choices=list(yes_or_no().items()), **kwargs)


def chosen(label: str, name: str, **kwargs: Any) -> RadioField:
    """A question answered from a list of people_lists.csv."""
    return RadioField(label=label, choices=list(listed(name).items()), **kwargs)


class NeedsForm(VersionedForm):
    language = SelectField(label="Main language", choices=list(listed("language").items()))
    interpreter = asks("Is an interpreter needed?")
    interpreter_note = TextField(
        label="About the interpreter", max_length=300, required=False,
        help_text="For example a dialect, or a woman. Never a member of the family",
    )  # fmt: skip
    communication = TextField(label="How to communicate", max_length=300, required=False)
    pregnant = asks("Pregnant?")
    due_on = DateField(label="Baby is due", required=False)
    pets = asks("Are there pets to think of?")
    pets_note = TextField(
        label="Which pets, and what they need", max_length=300, required=False,
        help_text="A pet left behind keeps people from leaving. Fostering can be arranged",
    )  # fmt: skip
    caring = asks("Does somebody depend on their care?")
    caring_note = TextField(label="Who is cared for", max_length=300, required=False)

    sections = [
        ("Language", "", ["language", "interpreter", "interpreter_note", "communication"]),
        ("Health", "", ["pregnant", "due_on"]),
        ("Who and what depends on them", "", ["pets", "pets_note", "caring", "caring_note"]),
    ]
    looks = {
        "interpreter": Look(small=True, reveals={"yes": ("interpreter_note",)}),
        "pregnant": Look(small=True, reveals={"yes": ("due_on",)}),
        "pets": Look(small=True, reveals={"yes": ("pets_note",)}),
        "caring": Look(small=True, reveals={"yes": ("caring_note",)}),
    }


class ChildFactsForm(VersionedForm):
    safeguarding = chosen("Safeguarding", "safeguarding")
    safeguarding_since = DateField(label="Since", required=False, not_future=True)
    safeguarding_review_on = DateField(label="Next review", required=False)
    education = chosen("Education", "education")
    lives_with_victim = asks("Does the child live with the victim-survivor?")
    contact_note = TextField(
        label="Contact with the other parent", max_length=500, required=False,
        help_text="For example what a court has ordered. Leave out where anybody lives or goes to school",
    )  # fmt: skip

    looks = {
        "safeguarding": Look(small=True),
        "education": Look(small=True),
        "lives_with_victim": Look(small=True),
    }


class ImmigrationForm(VersionedForm):
    status = chosen("Immigration status", "immigration")
    no_recourse = asks("Is there a condition of no recourse to public funds?")
    leave_ends_on = DateField(label="Leave ends on", required=False)
    concession_granted_on = DateField(
        label="Concession for migrant victims given on", required=False, not_future=True,
        help_text="Leave it empty where none was given",
    )  # fmt: skip
    concession_ends_on = DateField(
        label="The concession ends on", required=False, help_text="Three months on, where you leave it empty"
    )
    advice_note = TextField(label="Immigration advice", max_length=500, required=False)

    looks = {"status": Look(small=True), "no_recourse": Look(small=True)}


class EqualityForm(VersionedForm):
    ethnicity = chosen("Ethnic group", "ethnicity")
    gender_identity = chosen("Gender identity", "gender_identity")
    orientation = chosen("Sexual orientation", "orientation")
    disability = chosen("Physical or mental health conditions lasting 12 months or more", "disability")
    impairments = CheckboxesField(
        label="Which of these do they affect?",
        choices=[(code, words) for code, words in listed("impairment").items() if code not in yes_or_no()],
        required=False,
    )
    religion = chosen("Religion", "religion")

    sections = [
        ("Who they are", "Ask for their own words. Nobody has to answer.", ["ethnicity", "religion"]),
        ("Sex and gender", "", ["gender_identity", "orientation"]),
        ("Health", "", ["disability", "impairments"]),
    ]
    looks = {
        "ethnicity": Look(small=True),
        "gender_identity": Look(small=True),
        "orientation": Look(small=True),
        "disability": Look(small=True),
        "impairments": Look(small=True),
        "religion": Look(small=True),
    }

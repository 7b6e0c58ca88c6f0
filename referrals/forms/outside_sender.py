from dacase.ui.forms import LongTextField, Look, RadioField, TextField, VersionedForm
from referrals.choices import CallBack, Told


class CallBackForm(VersionedForm):
    """What the call to the sender's organisation showed."""

    number_found = TextField(
        label="Where did you find the number that you called?",
        max_length=300,
        help_text="The organisation’s own website, a directory, or your own records. Never this referral.",
        error_messages={"required": "Enter where you found the number"},
    )
    outcome = RadioField(
        label="What did the call show?",
        choices=CallBack,
        error_messages={"required": "Select what the call showed"},
    )
    note = LongTextField(label="Notes", max_length=500, rows=3, required=False)
    looks = {"outcome": Look(small=True)}


class ToldForm(VersionedForm):
    """What came of telling the sender what was decided."""

    told = RadioField(
        label="What came of the call?",
        choices=Told,
        error_messages={"required": "Select what came of the call"},
    )
    told_note = LongTextField(label="Notes", max_length=500, rows=3, required=False)
    looks = {"told": Look(small=True)}

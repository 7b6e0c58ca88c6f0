"""Forms of the services that referrals are routed to."""

from dacase.ui.forms import CheckboxesField, FilterForm, LongTextField, Look, SelectField, VersionedForm
from referrals.choices import Priority

STATES = [("mine", "Accepted by me"), ("accepted", "Accepted by anybody")]


class InboxFilter(FilterForm):
    state = SelectField(label="State", choices=STATES, blank="Waiting to be accepted")
    priority = SelectField(label="Priority", choices=Priority, blank="All")
    late = CheckboxesField(label="Clock", choices=[("yes", "Late")])

    looks = {"late": Look(small=True)}


class SendBackForm(VersionedForm):
    reason = LongTextField(
        label="Reason",
        max_length=1_000,
        help_text="The front door and the sender will read this. Leave out where anybody lives.",
    )

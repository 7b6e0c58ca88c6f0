"""Forms of whoever manages an agency's people."""

from typing import Any

from dacase.agencies.choices import Role, WorkState
from dacase.agencies.models import Invitation, Membership
from dacase.agencies.selectors.people import roles_to_offer, team_of, teams
from dacase.agencies.services.invitation import invite_colleague
from dacase.agencies.services.membership import change_membership, end_membership
from dacase.ui.forms import (
    DateField,
    EmailField,
    FilterForm,
    Form,
    Look,
    RadioField,
    SelectField,
    SubmitOnceForm,
    TextField,
    VersionedForm,
)

NOW, LATER = "now", "later"


class PeopleFilter(FilterForm):
    role = SelectField(label="Role", choices=Role, blank="Every role")
    state = SelectField(label="Work", choices=WorkState, blank="Works here now")


class RoleAndTeam(Form):
    """The role and team of a colleague: those that the actor may give, of her own agency."""

    role = RadioField(
        label="Role",
        choices=[],
        help_text="It decides what they may see and do, and whether they sign in with a second step.",
        error_messages={"required": "Select their role"},
    )
    team = SelectField(label="Team", choices=[], blank="No team", required=False)

    def __init__(self, *args: Any, actor: Membership, also: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        choices = {
            "role": roles_to_offer(actor, also=also),
            "team": [("", "No team"), *[(str(one.pk), one.name) for one in teams(actor)]],
        }
        for name, pairs in choices.items():
            self.fields[name].choices = pairs  # type: ignore[attr-defined]


class InviteForm(SubmitOnceForm, RoleAndTeam):
    name = TextField(label="Name", max_length=120, error_messages={"required": "Enter their name"})
    email = EmailField(
        label="Work email address",
        help_text="The invitation goes to this address, and they sign in with it.",
        error_messages={"required": "Enter their work email address"},
    )

    field_order = ["name", "email", "role", "team"]
    looks = {"email": Look(width=30)}

    def save(self) -> bool:
        """Invite; False with errors on the form where that is refused."""
        given = {name: self.cleaned_data[name] for name in ("name", "email", "role", "submission")}
        team = team_of(self.actor, self.cleaned_data["team"])
        return self.attempt(lambda: invite_colleague(team=team, actor=self.actor, **given))

    result: Invitation


class MembershipForm(VersionedForm, RoleAndTeam):
    """Another role or team for a colleague."""

    def save(self, membership: Membership) -> bool:
        """Change it; False with errors on the form where that is refused."""
        data = self.cleaned_data
        team = team_of(self.actor, data["team"])
        return self.attempt(
            lambda: change_membership(
                membership, role=data["role"], team=team, version=data["version"], actor=self.actor
            )
        )


class EndForm(Form):
    """When a colleague's work ends."""

    when = RadioField(
        label="When does the work end?",
        choices=[(NOW, "Now. They are signed out everywhere at once"), (LATER, "At the end of a day")],
        error_messages={"required": "Select when the work ends"},
    )
    last_day = DateField(label="Last day", required=False, not_past=True)

    looks = {"when": Look(reveals={LATER: ("last_day",)})}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") == LATER and not cleaned.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", "Enter the last day")
        return cleaned

    def save(self, membership: Membership, *, actor: Membership) -> bool:
        """End the work; False with errors on the form where that is refused."""
        at_once = self.cleaned_data["when"] == NOW
        last_day = None if at_once else self.cleaned_data["last_day"]
        return self.attempt(
            lambda: end_membership(membership, at_once=at_once, last_day=last_day, actor=actor)
        )

"""The form of how two people of a case stand to each other."""

from collections.abc import Iterable
from typing import Any

from dacase.cases.models import Party
from dacase.cases.rules.people import relationship_kinds
from dacase.ui.forms import Form, Look, RadioField, SelectField


class RelationshipForm(Form):
    kind = SelectField(
        label="How do they stand to each other?",
        choices=[(one.code, one.label) for one in relationship_kinds().values()],
        blank="Select a relationship",
    )
    other = RadioField(label="To whom?", choices=())

    looks = {"other": Look(small=True)}

    def __init__(self, *args: Any, party: Party, others: Iterable[Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = f"{party.person.name} is the …"
        self.fields["other"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.person.name}, {one.get_role_display().lower()}") for one in others
        ]

from collections.abc import Iterable
from typing import Any

from dacase.agencies.models import Membership
from dacase.ui.forms import Form, RadioField


class ChooseForm(Form):
    """Which agency to act for, among the user's own memberships."""

    membership = RadioField(label="Which agency are you working for now?", choices=[])

    def __init__(self, *args: Any, memberships: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_key = {str(one.pk): one for one in memberships}
        field = self.fields["membership"]
        pairs = [(key, f"{one.agency.name} – {one.get_role_display()}") for key, one in self.by_key.items()]
        field.choices = pairs  # type: ignore[attr-defined]
        field.error_messages["required"] = "Select the agency that you are working for"

    def chosen(self) -> Membership:
        """The membership that was chosen, once the form is valid."""
        return self.by_key[self.cleaned_data["membership"]]

from dacase.cases.forms.case import SearchForm
from dacase.ui.forms import TextField


class FindForm(SearchForm):
    """A name or a reference that somebody on the phone gives."""

    words = TextField(
        label="Find a referral",
        max_length=100,
        help_text="The beginning of a name, or a whole reference like R-7K2Q-94XD",
    )

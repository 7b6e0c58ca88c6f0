"""A form page that loses nothing: what was typed is kept while typing and comes back with the page."""

from typing import Any, TypeVar
from urllib.parse import urlencode

from django.forms import BaseForm, BaseFormSet
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property

from dacase.agencies.access import ActingRequest
from dacase.cases.models import Draft
from dacase.cases.selectors.draft import draft_for
from dacase.cases.services.draft import discard_draft

AnyForm = TypeVar("AnyForm", bound="BaseForm | BaseFormSet[Any]")


class FormDraft:
    """The draft of the form page that `request` asks for.

    `bind()` makes the page's forms and formsets: of what was posted, else of the draft, else empty.
    Ask `sent` before `is_valid()`: a restored form shows what was typed and no errors yet.
    """

    def __init__(self, request: ActingRequest) -> None:
        self.request = request
        self.membership = request.membership
        self.sent = request.method == "POST"

    @cached_property
    def draft(self) -> Draft:
        return draft_for(self.membership, self.request.path)

    def bind(self, form_class: type[AnyForm], **kwargs: Any) -> AnyForm:
        """`form_class(**kwargs)` with its data. Works for forms and formsets, and for every widget."""
        if self.sent:
            return form_class(self.request.POST, self.request.FILES, **kwargs)
        if not self.draft.data:
            return form_class(**kwargs)
        form = form_class(as_posted(self.draft.data), **kwargs)
        if isinstance(form, BaseFormSet) and not form.management_form.is_valid():
            return form_class(**kwargs)
        return without_errors(form)

    def discard(self) -> None:
        """Forget the draft. Called once the form has gone through."""
        discard_draft(self.membership, path=self.request.path)

    @property
    def context(self) -> dict[str, Any]:
        """What layouts/form.html needs: `draft_url` to keep what is typed, `draft` when it was restored."""
        page = {"for": self.request.path}
        keeps = urlencode(page | {"round": self.draft.round})
        context: dict[str, Any] = {"draft_url": f"{reverse('cases:draft_save')}?{keeps}"}
        if self.draft.data and not self.sent:
            discard_url = f"{reverse('cases:draft_discard')}?{urlencode(page)}"
            context["draft"] = {"saved_at": self.draft.saved_at, "discard_url": discard_url}
        return context


def as_posted(data: dict[str, list[str]]) -> QueryDict:
    """A draft's fields in the shape of request.POST, so that each widget reads them in its own way."""
    posted = QueryDict(mutable=True)
    for name, values in data.items():
        posted.setlist(name, values)
    return posted


def without_errors(form: Any) -> Any:
    """The bound form or formset as if it had not been checked yet: nobody has pressed its button."""
    if not isinstance(form, BaseFormSet):
        form._errors = ErrorDict()
        return form
    form._errors = []  # type: ignore[attr-defined]
    form._non_form_errors = ErrorList()  # type: ignore[attr-defined]
    for row in form.forms:
        without_errors(row)
    return form

"""Draws every Django form with GOV.UK markup. The templates are in templates/govuk/."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField, widgets
from django.forms.renderers import TemplatesSetting

# The first class that fits a widget decides how its field is drawn: most special first.
KINDS: tuple[tuple[type[widgets.Widget], str], ...] = (
    (widgets.CheckboxSelectMultiple, "checkboxes"),
    (widgets.RadioSelect, "radios"),
    (widgets.CheckboxInput, "checkbox"),
    (widgets.Textarea, "textarea"),
    (widgets.Select, "select"),
    (widgets.FileInput, "file"),
    (widgets.PasswordInput, "password"),
)
CLASSES = {
    "radios": "govuk-radios__input",
    "checkboxes": "govuk-checkboxes__input",
    "checkbox": "govuk-checkboxes__input",
    "textarea": "govuk-textarea",
    "select": "govuk-select",
    "file": "govuk-file-upload",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
}


@dataclass(frozen=True)
class Look:
    """How one field is drawn, where the usual way will not do.

    inline: radios side by side. small: smaller radios or checkboxes. width: characters an input
    shows (2, 3, 4, 5, 10, 20, 30). count: whether the characters left are counted below it. prefix,
    suffix: words beside an input. help: a question and its answer, in a disclosure below the
    hint. reveals: for radios and checkboxes, the fields that a choice opens. big: the label is the
    page's heading. hide_label: the label is for screen readers only.
    """

    inline: bool = False
    small: bool = False
    width: int = 0
    count: bool = False
    prefix: str = ""
    suffix: str = ""
    help: tuple[str, str] | tuple[()] = ()
    reveals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    big: bool = False
    hide_label: bool = False


class GovukBoundField(BoundField):
    """A field of a form, with what the GOV.UK templates ask of it."""

    @property
    def look(self) -> Look:
        return getattr(self.form, "looks", {}).get(self.name) or Look()

    @property
    def kind(self) -> str:
        """How the field is drawn; the name of a template in templates/govuk/kinds/."""
        if hasattr(self.field.widget, "part_names"):
            return "parts"
        for widget_class, kind in KINDS:
            if isinstance(self.field.widget, widget_class):
                return kind
        return "input"

    @property
    def kind_template(self) -> str:
        return f"govuk/kinds/{self.kind}.html"

    @property
    def first_id(self) -> str:
        """The id of the control that a link from the error summary must reach."""
        if self.kind in ("radios", "checkboxes"):
            return f"{self.auto_id}_0"
        if self.kind == "parts":
            return next((part["id"] for part in self.parts if part["is_wrong"]), self.parts[0]["id"])
        return self.id_for_label or self.auto_id

    @property
    def optional(self) -> bool:
        """Whether the label says “(optional)”."""
        return (
            getattr(self.form, "mark_optional", False) and not self.field.required and self.kind != "checkbox"
        )

    @property
    def hint_id(self) -> str:
        return f"{self.auto_id}_helptext"

    @property
    def error_id(self) -> str:
        return f"{self.auto_id}_error"

    @property
    def wrong_parts(self) -> frozenset[str]:
        """Names of the parts (day, month, year) that an error speaks of; all of them when it does not say."""
        found: set[str] = set()
        for error in self.form.errors.as_data().get(self.name, []) if self.form.is_bound else []:
            found.update(_parts_named(error) or self.field.widget.part_names)
        return frozenset(found)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The inputs of a field that has several, such as a date."""
        widget = self.field.widget
        wrong = self.wrong_parts
        context = widget.get_context(
            self.html_name, self.value(), self.build_widget_attrs({"id": self.auto_id})
        )
        return [
            {
                "name": sub["name"],
                "id": f"{self.auto_id}_{part}",
                "label": part.capitalize(),
                "value": sub["value"] or "",
                "width": 4 if part == "year" else 2,
                "is_wrong": part in wrong,
                "autocomplete": widget.autocomplete(part),
            }
            for part, sub in zip(widget.part_names, context["widget"]["subwidgets"], strict=True)
        ]

    @property
    def options(self) -> list[dict[str, Any]]:
        """Radios or checkboxes, each with the fields it reveals."""
        reveals = self.look.reveals
        return [
            {
                "item": item,
                "reveals": [self.form[name] for name in reveals.get(str(item.data["value"]), ())],
                "reveal_id": f"{item.id_for_label}_more",
            }
            for item in self.subwidgets
        ]

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: widgets.Widget | None = None
    ) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden or self.kind == "parts":
            return attrs
        classes = CLASSES.get(self.kind, "govuk-input").split()
        if self.errors and self.kind in ("input", "textarea", "select", "file", "password"):
            classes.append(f"{classes[0]}--error")
        if self.look.width and self.kind == "input":
            classes.append(f"govuk-input--width-{self.look.width}")
        if self.look.count:
            classes.append("govuk-js-character-count")
        own = widget.attrs.get("class", "")
        attrs["class"] = " ".join([*classes, own]).strip()
        attrs.pop("aria-invalid", None)
        # The browser would cut a long text short in silence; the form says so in words instead.
        widget.attrs.pop("maxlength", None)
        # A placeholder vanishes as soon as one types; hints stay.
        widget.attrs.pop("placeholder", None)
        return attrs

    @property
    def aria_describedby(self) -> str:
        ids = super().aria_describedby or ""
        return f"{ids} {self.auto_id}-info".strip() if self.look.count else ids


def _parts_named(error: ValidationError) -> tuple[str, ...]:
    return tuple((error.params or {}).get("parts", ())) if hasattr(error, "params") else ()


class GovukRenderer(TemplatesSetting):
    """The project's FORM_RENDERER."""

    form_template_name = "govuk/form.html"
    field_template_name = "govuk/field.html"
    formset_template_name = "govuk/formset.html"
    bound_field_class = GovukBoundField

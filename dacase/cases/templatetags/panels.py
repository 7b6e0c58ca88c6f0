"""Draws the panels of the case page and of the home page."""

from django import template
from django.template import Context, Engine

from dacase.cases.panels import Panel

register = template.Library()


@register.simple_tag(takes_context=True)
def draw_panel(context: Context, panel: Panel) -> str:
    """A panel's template, with the names of its own context and `panel` itself beside the page's."""
    engine: Engine = context.template.engine  # type: ignore[union-attr]
    content = engine.get_template(panel.template)
    with context.push(**panel.context, panel=panel):
        return content.render(context)

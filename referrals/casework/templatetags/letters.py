"""The words of a letter to a colleague, drawn when it is sent."""

from django import template

from referrals.casework.rules.letter import letter_templates

register = template.Library()


@register.simple_tag
def letter_subject(code: str) -> str:
    """The subject of the template with this code."""
    return letter_templates()[code].subject


@register.simple_tag
def letter_text(code: str, link: str) -> str:
    """The text of the template with this code, which says nothing but a link."""
    return letter_templates()[code].text(link=link)

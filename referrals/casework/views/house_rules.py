from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.choices import Band
from dacase.cases.rules import is_verified
from dacase.ui.components import Table, Tag
from dacase.ui.words import day_words
from referrals.casework.choices import EpisodeKind, Precision, RiskTool
from referrals.casework.rules.house_rules import RULES, HouseRule

# Columns that hold a code, with its words.
CODES: dict[str, type[TextChoices]] = {
    "tool": RiskTool,
    "band": Band,
    "kind": EpisodeKind,
    "precision": Precision,
}


@require_GET
@requires("work_episode", "triage_referral")
def house_rules(request: ActingRequest) -> HttpResponse:
    """The numbers that clocks, bands and reminders follow, with where each comes from."""
    context = {
        "tables": [rule_table(rule) for rule in RULES],
        "works_episodes": request.membership.may("work_episode"),
    }
    return render(request, "casework/house_rules.html", context)


def rule_table(rule: HouseRule) -> Table:
    """A table of rules, line by line."""
    rows: list[list[Any]] = [
        [
            *(in_words(column, line[column]) for column in rule.columns),
            day_words(date.fromisoformat(line["from_date"])),
            line["meaning"],
            line["source"] if is_verified(line) else Tag("Not verified", "warning"),
        ]
        for line in rule.lines
    ]
    return Table(
        rule.title, [*rule.columns.values(), "Holds from", "What it means", "Source"], rows, show_caption=True
    )


def in_words(column: str, value: str) -> str:
    """A value of a policy table; what is left empty stands for any, or for not assessed."""
    if column in CODES and value:
        return CODES[column](value).label
    return value.replace("_", " ").capitalize() or ("Not assessed" if column == "band" else "Any")

"""A system check of what is on record against the tables of risk tools (`manage.py check --database owner`).

`prepare_database` makes it too. Pages go on without a definition and show answers by their codes: a case file
must be read whatever happened to a table.
"""

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from referrals.casework.models import RiskAnswer, RiskAssessment, ToolWording
from referrals.casework.rules.risk_assessment import tool_of, topics


@register(Tags.database)
def tools_on_record(databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Errors for every version of a tool, and every topic of one, that is on record and in no table."""
    # The owner alone reads every row.
    if "owner" not in (databases or ()):
        return []
    if RiskAnswer._meta.db_table not in connections["owner"].introspection.table_names():
        return []
    return [Error(fault, hint=HINT, id="casework.E001") for fault in faults("owner")]


HINT = "Put the lines back as they were: a new version is a new line, and no line is ever taken out."


def faults(using: str) -> list[str]:
    """What is on record and in no table, in words."""
    used = {
        version
        for model in (RiskAssessment, ToolWording)
        for version in model.objects.using(using).order_by().values_list("tool", "tool_version").distinct()
    }
    answered: dict[tuple[str, str], set[str]] = {}
    answers = RiskAnswer.objects.using(using).order_by()
    for tool, version, topic in answers.values_list(
        "assessment__tool", "assessment__tool_version", "topic"
    ).distinct():
        answered.setdefault((tool, version), set()).add(topic)
    found = []
    for tool, version in sorted(used):
        try:
            known = topics(tool_of(tool, version))
        except LookupError:
            found.append(f"data/tools.csv has no version “{version}” of {tool}, which is on record.")
            continue
        lost = sorted(answered.get((tool, version), set()) - set(known))
        if lost:
            found.append(
                f"data/{tool}_topics.csv has no {', '.join(lost)} in “{version}”, answered on record."
            )
    return found

"""Why the front door returns, declines or ends a referral: data/decision_reasons.csv."""

from datetime import date

from django.core.exceptions import ValidationError

from referrals.rules.tables import in_force, rows

RETURN, DECLINED, NO_FURTHER_ACTION = "return", "declined", "no_further_action"
OTHER = "other"


def reasons(decision: str, *, on: date) -> list[tuple[str, str]]:
    """Code and words of each reason that may be given for RETURN, DECLINED or NO_FURTHER_ACTION on a day."""
    return [
        (row["code"], row["words"]) for row in in_force("decision_reasons", on.isoformat(), decision=decision)
    ]


def reason_words(decision: str, code: str) -> str:
    """The newest words of a code, which may no longer be given; empty for one that never was."""
    found = [row for row in rows("decision_reasons") if (row["decision"], row["code"]) == (decision, code)]
    return max(found, key=lambda row: row["from_date"])["words"] if found else ""


def check_reason(decision: str, code: str, words: str, *, on: date) -> None:
    """Raise ValidationError for a code that may not be given on that day, or one that says nothing by itself."""
    found = [
        row for row in in_force("decision_reasons", on.isoformat(), decision=decision) if row["code"] == code
    ]
    if not found:
        raise ValidationError({"code": "Select one of the reasons"})
    if found[0]["words_needed"] and not words.strip():
        raise ValidationError({"reason": "Say it in your own words. The sender will read it"})

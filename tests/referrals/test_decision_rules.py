"""Every line of decision_reasons.csv, and what is refused."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from referrals.choices import QuestionCode, ReferralState
from referrals.rules import decision
from referrals.rules.tables import rows

TODAY = date(2026, 6, 5)


@pytest.mark.parametrize("row", rows("decision_reasons"), ids=lambda row: f"{row['decision']}-{row['code']}")
def test_each_line_may_be_given_from_its_day_on(row):
    begins = date.fromisoformat(row["from_date"])
    assert row["decision"] in (decision.RETURN, ReferralState.DECLINED, ReferralState.NO_FURTHER_ACTION)
    assert row["words"]
    assert decision.reason_words(row["decision"], row["code"]) == row["words"]
    assert (row["code"], row["words"]) in decision.reasons(row["decision"], on=begins)
    decision.check_reason(row["decision"], row["code"], "Said in words", on=begins)
    with pytest.raises(ValidationError):
        decision.check_reason(row["decision"], row["code"], "Said in words", on=date(1999, 1, 1))
    if row["words_needed"]:
        with pytest.raises(ValidationError, match="own words"):
            decision.check_reason(row["decision"], row["code"], " ", on=begins)
    else:
        decision.check_reason(row["decision"], row["code"], "", on=begins)


def test_what_is_asked_is_what_a_question_can_be():
    assert {code for code, _ in decision.reasons(decision.RETURN, on=TODAY)} == set(QuestionCode.values)


def test_an_unknown_reason_is_refused_and_has_no_words():
    with pytest.raises(ValidationError, match="one of the reasons"):
        decision.check_reason(decision.DECLINED, "whim", "Words", on=TODAY)
    assert decision.reason_words(decision.DECLINED, "whim") == ""

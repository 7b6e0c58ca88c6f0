from typing import Any

from dacase.ui.forms import Form, LongTextField, Look, RadioField, SubmitOnceForm
from marac.choices import Criterion
from referrals.choices import Aware, Consent


class ReferForm(SubmitOnceForm):
    """Refer a case to MARAC: why, and what the victim-survivor knows and wants."""

    criterion = RadioField(
        label="Which criterion does this case meet?",
        choices=Criterion,
        help_text="Choose the one that fits best. What is known about each is shown above.",
    )
    reason = LongTextField(
        label="Why this case needs a MARAC",
        help_text="What has happened and what you fear will happen. The coordinator reads this; it does not go "
        "into the papers. Do not write where anybody lives.",
        max_length=5000,
        rows=6,
    )
    victim_aware = RadioField(label="Does the victim-survivor know about this referral?", choices=Aware)
    consent = RadioField(
        label="Consent to share information with MARAC",
        choices=Consent,
        help_text="Without consent, information may be shared where that is necessary and proportionate to the risk.",
    )

    sections = [
        ("Why now", "", ["criterion", "reason"]),
        ("The victim-survivor’s view", "", ["victim_aware", "consent"]),
    ]
    looks = {"reason": Look(count=True)}


class WithdrawForm(Form):
    """Take a referral back before it is on an agenda."""

    reason = LongTextField(label="Why is this case withdrawn?", max_length=500, rows=3)


def refer_initial(supports: list[Any], asked: str = "") -> dict[str, Any]:
    """The criterion that the link here asked for, else the one that the records support, where there is exactly one."""
    if asked in Criterion.values:
        return {"criterion": asked}
    met = [support.criterion for support in supports if support.is_met]
    return {"criterion": met[0].value} if len(met) == 1 else {}

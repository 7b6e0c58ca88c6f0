"""Forms of a risk assessment: when it was, a section of topics, the judgement."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from dacase.cases.choices import Band
from dacase.ui.forms import (
    DateField,
    LongTextField,
    Look,
    RadioField,
    SelectField,
    SubmitOnceForm,
    VersionedForm,
    YesNoField,
    plain_words,
)
from dacase.ui.words import day_words
from referrals.casework.choices import AnswerSource, EarlyReason, RiskTool
from referrals.casework.models import RiskAnswer
from referrals.casework.rules import risk_assessment as rules
from referrals.casework.rules.risk_assessment import Tool, TopicSection, answers_of
from referrals.casework.selectors.earlier_assessment import NOTHING_EARLIER, Beginning, Earlier
from referrals.casework.selectors.wording import OUR_OWN, Wording
from referrals.casework.services.risk_assessment import GivenAnswer


class StartForm(SubmitOnceForm):
    tool = RadioField(label="Which tool?", choices=RiskTool, initial=RiskTool.DASH)
    assessed_on = DateField(
        label="Date of the conversation",
        not_future=True,
        help_text="The day on which you spoke with the victim-survivor",
    )

    tool_reason = LongTextField(
        label="If the tool is not made for this age: why do you use it all the same?",
        max_length=500,
        rows=2,
        required=False,
        help_text="The reason is kept with the assessment.",
    )

    early_reason = RadioField(label="Why now?", choices=EarlyReason, required=False)
    early_words = LongTextField(
        label="What has changed, or what happened?",
        max_length=1_000,
        rows=3,
        required=False,
        help_text="Needed where it is something else.",
    )

    # What is asked here is needed or not by age and day, and each question says when.
    mark_optional = False

    field_order = ["tool", "tool_reason", "assessed_on", "early_reason", "early_words"]
    looks = {"tool": Look(small=True), "early_reason": Look(small=True)}

    def __init__(self, *args: Any, known: Beginning, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["assessed_on"].initial = today
        self._offer(known.born, today)
        self._ask_why_now(known, today)

    def _offer(self, born: date | None, today: date) -> None:
        """The tools in use, each with a word where it is not made for the victim-survivor's age."""
        field: Any = self.fields["tool"]
        age = rules.age_on(born, today) if born is not None else None
        tools = [(code, label, rules.in_use(code, on=today)) for code, label in RiskTool.choices]
        field.choices = [
            (code, _words_of(tool, label, age)) for code, label, tool in tools if tool is not None
        ]
        if born is None:
            del self.fields["tool_reason"]
            field.help_text = "The victim-survivor’s date of birth is not recorded. Ask for the age: not every tool is made for it."

    def _ask_why_now(self, known: Beginning, today: date) -> None:
        """Asked wherever there is an assessment before: the day of the conversation may be an earlier one."""
        due = known.previous.review_due_on if known.previous is not None else None
        if due is None:
            del self.fields["early_reason"], self.fields["early_words"]
        elif known.is_early(today):
            self.fields[
                "early_reason"
            ].label = f"The review is due on {day_words(due)}. Why do you assess the risk again now?"
        else:
            self.fields[
                "early_reason"
            ].label = f"The review was due on {day_words(due)}. If the conversation was before that day: why?"


def _words_of(tool: Tool, label: str, age: int | None) -> str:
    """A tool as it is offered."""
    return (
        label if rules.fits_age(tool, age) else f"{label} – not for this age: made for {rules.ages_of(tool)}"
    )


class SectionForm(VersionedForm):
    """The topics of one section: answer, source, note, and what was answered before. A topic may be left for
    later.
    """

    mark_optional = False

    def __init__(
        self,
        *args: Any,
        tool: Tool,
        section: TopicSection,
        answers: Mapping[str, RiskAnswer] | None = None,
        earlier: Earlier = NOTHING_EARLIER,
        wording: Wording = OUR_OWN,
        **kwargs: Any,
    ) -> None:
        initial = kwargs.pop("initial", {})
        for code, answer in (answers or {}).items():
            initial |= {
                f"{code}_answer": answer.answer,
                f"{code}_source": answer.source,
                f"{code}_note": answer.note,
            }
        super().__init__(*args, initial=initial, **kwargs)
        self.section, self.tool, self.earlier, self.wording = section, tool, earlier, wording
        self.looks: dict[str, Look] = {}  # type: ignore[misc]  # each topic's own
        for topic in section.topics:
            self._ask(topic.code, topic.label)
        plain_words(self.fields)

    def _ask(self, code: str, label: str) -> None:
        self.fields[f"{code}_answer"] = RadioField(
            label=label,
            choices=list(answers_of(self.tool).items()),
            required=False,
            help_text=" ".join(filter(None, [self.wording.question(code), self.earlier.words(code)])),
        )
        self.fields[f"{code}_source"] = SelectField(
            label=f"Who said so, on “{label}”",
            choices=AnswerSource,
            blank=AnswerSource.VICTIM.label,
            required=False,
        )
        self.fields[f"{code}_note"] = LongTextField(
            label=f"Note on “{label}”", max_length=2_000, rows=2, required=False
        )
        meant = self.wording.help(code)
        self.looks[f"{code}_answer"] = Look(inline=True, help=(f"Help on “{label}”", meant) if meant else ())

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields of each topic, for the page."""
        return [
            {
                "topic": topic,
                "answer": self[f"{topic.code}_answer"],
                "source": self[f"{topic.code}_source"],
                "note": self[f"{topic.code}_note"],
            }
            for topic in self.section.topics
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for topic in self.section.topics:
            if data.get(f"{topic.code}_note") and not data.get(f"{topic.code}_answer"):
                self.add_error(f"{topic.code}_answer", f"Answer “{topic.label}”, or take its note away")
        return data

    def given(self) -> dict[str, GivenAnswer]:
        """The answers that were given, for the service."""
        data = self.cleaned_data
        return {
            topic.code: GivenAnswer(
                data[f"{topic.code}_answer"],
                data[f"{topic.code}_source"] or AnswerSource.VICTIM,
                data[f"{topic.code}_note"],
            )
            for topic in self.section.topics
            if data[f"{topic.code}_answer"]
        }


class BandForm(VersionedForm):
    """The judgement of a tool that is not counted."""

    judged_band = RadioField(label="How high do you judge the risk to be?", choices=Band)
    judgement_reason = LongTextField(
        label="Why do you judge it so?",
        max_length=5_000,
        help_text="What you have seen or heard, and what weighs most.",
    )


class JudgementForm(VersionedForm):
    is_high_by_judgement = YesNoField(
        label="Do you judge the risk to be high?",
        help_text="Your judgement counts at any number of yes answers. It can raise the band and never lowers it.",
    )
    judgement_reason = LongTextField(
        label="Why do you judge the risk to be high?",
        max_length=5_000,
        required=False,
        help_text="What you have seen or heard that the answers do not show.",
    )

    looks = {"is_high_by_judgement": Look(reveals={"yes": ("judgement_reason",)})}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_high_by_judgement") and not data.get("judgement_reason"):
            self.add_error("judgement_reason", "Say why you judge the risk to be high")
        return data

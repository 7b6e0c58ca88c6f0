"""Nothing that the product says calls a person safe, or a risk low: people have died after a low score."""

import ast
import re

import pytest

from tests.structure.source import ROOMS, ROOT, name_of, python_files, tree
from tests.structure.test_shape import TEMPLATES, docstrings

VERDICT = re.compile(
    r"\bsafe\b|\bsafely\b|\blow(er|est)?[- ]risk\b|\brisk (is|was|has been) (very )?(low|small|over)\b|\bno[- ]risk\b"
    r"|\bnot at risk\b|\bout of danger\b|\bnot in danger\b",
    re.IGNORECASE,
)
WAY = r"(to )?(call|text|write|leave a message|make contact|use|ask|go on)"
# What may be said, each with its reason.
ALLOWED = {
    r"safe[- ]contact( plan| answers| columns)?": "the name of the plan, its answers and their columns",
    r"safe accommodation": "the name of the service in law (Domestic Abuse Act 2021, Part 4)",
    r"safe (ways?|times?)": "a way or a time to make contact, as the person has said it",
    r"contact( this person)? safely": "how contact is to be made",
    r"safe place and time": "where somebody is asked to come, in an invented note",
    r"safe to write to|safe " + WAY: "whether a way of contact may be used",
    r"(call|text message|message|email or a letter|calls or texts|calling|texting|writing) (is|are) (not )?safe": "the same",
    r"(a|no) way (that )?is (known to be )?(not )?safe|that way counts as not safe": "the same",
    r"message is only safe": "the same",
    r"ways that are known to be safe": "the same",
    r"what is safe\?|tick only what the victim-survivor has said is safe|when (is it|it is) safe": "the same, asked",
    r"the area was not safe for the household": "a cause of turn-aways; it says that there was danger",
    r"safe to run again": "about a command of ours",
    r"no risk assessment": "that nobody has assessed, which is the opposite of a verdict",
}
PERMITTED = re.compile(rf"\b({'|'.join(ALLOWED)})", re.IGNORECASE)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
QUOTED = re.compile(r'"([^"]*)"')


def shown(template):
    """The words of a template, with the texts that its tags are given and without its comments."""
    text = re.sub(r"{#.*?#}", "", template, flags=re.DOTALL)
    return TAG.sub(lambda tag: f" {' | '.join(QUOTED.findall(tag.group()))} ", text)


def texts():
    """(place, text) of everything that the product could show."""
    for path in TEMPLATES:
        yield name_of(path), shown(path.read_text(encoding="utf-8"))
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.csv"))):
        yield name_of(path), path.read_text(encoding="utf-8")
    for path in python_files():
        spoken = set(docstrings(tree(path)))
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
                yield f"{name_of(path)}:{node.lineno}", node.value


def verdicts(text):
    return [found.group() for found in VERDICT.finditer(PERMITTED.sub(" ", " ".join(text.split())))]


def test_nothing_that_we_show_calls_anybody_safe_or_a_risk_low():
    assert [(place, found) for place, text in texts() if (found := verdicts(text))] == []


def test_every_exception_is_still_needed():
    everything = " ".join(" ".join(text.split()) for _, text in texts())
    assert [words for words in ALLOWED if not re.search(words, everything, re.IGNORECASE)] == []


@pytest.mark.parametrize(
    "text",
    [
        "She is safe",
        "This household is safe now.",
        "Low risk",
        "low-risk case",
        "Assessed as safe",
        "The risk is low",
        "No risk",
        "Lowest risk first",
        "They are safe where they live",
        "Out of danger since May",
    ],
)
def test_a_verdict_is_found(text):
    assert verdicts(text)


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('{% tag "Low risk" "good" %}', True),
        ("{# She is safe #}", False),
        ("{% if safe %}Ask again{% endif %}", False),
        ("<p>She\n is safe</p>", True),
        ("<p>Check the safe-contact\nplan</p>", False),
    ],
)
def test_what_a_tag_is_given_is_read_and_what_nobody_sees_is_not(template, found):
    assert bool(verdicts(shown(template))) is found

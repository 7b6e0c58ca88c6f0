"""Every act that a room records has its sentence, and every verb that code asks for has its row of roles."""

import ast
import csv

from dacase.agencies.roles import verbs as role_verbs
from tests.structure.source import ROOT, name_of, python_files, tree


def rows(path):
    with (ROOT / path).open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))[1:]


def first_words(*functions):
    """(word, place) of every call of one of `functions` whose first argument, or second, is a plain text."""
    for path in python_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in functions:
                    for argument in node.args:
                        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                            yield argument.value, f"{name_of(path)}:{node.lineno}"


def test_every_act_has_one_sentence():
    verbs = [row[0] for row in rows("dacase/audit/verbs.csv")]
    assert len(verbs) == len(set(verbs))
    assert all(len(row) == 2 and row[1] for row in rows("dacase/audit/verbs.csv"))
    said = list(first_words("record_event"))
    assert len(said) > 25
    assert [(verb, place) for verb, place in said if verb not in verbs] == []


def test_every_page_has_one_line_of_words():
    pages = [row[0] for row in rows("dacase/audit/pages.csv")]
    assert len(pages) == len(set(pages))
    assert all(len(row) == 2 and row[1] for row in rows("dacase/audit/pages.csv"))


def test_every_verb_that_code_asks_for_is_in_the_table_of_roles():
    asked = list(first_words("requires", "check_may", "may"))
    assert len(asked) > 60
    assert [(verb, place) for verb, place in asked if verb not in role_verbs()] == []


def test_every_verb_of_the_table_is_asked_for_somewhere():
    asked = {verb for verb, _ in first_words("requires", "check_may", "may", "role_may")}
    text = "\n".join(path.read_text(encoding="utf-8") for path in python_files())
    assert [verb for verb in role_verbs() if verb not in asked and f'"{verb}"' not in text] == []

"""The shape that keeps the house readable: short files and functions, no hidden steps, no markup in Python."""

import ast
import re

from tests.structure.source import ROOT, functions, imports, name_of, python_files, tree

LONGEST_FILE, LONGEST_FUNCTION = 500, 50
NO_NAME = {"utils", "util", "helpers", "helper", "common", "misc", "lib", "libraries"}
MARKUP = re.compile(
    r"</?(a|b|br|div|p|span|strong|em|table|tr|td|ul|li|form|input|button|script|style|h[1-6])\b[^>]*>",
    re.IGNORECASE,
)
# Pictures of figures that our own code drew.
DRAWS_SVG = {"dacase/ui/charts.py"}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TITLE = re.compile(r"{%\s*block title\s*%}(.*?){%\s*endblock", re.DOTALL)
NAMES_SOMEBODY = re.compile(
    r"person|victim|name|party|perpetrator|child\b|given|family|surname|address|query|words", re.IGNORECASE
)
SUBJECT = re.compile(r"domestic|abuse|violence|victim|perpetrator", re.IGNORECASE)
INLINE = re.compile(
    r"\sstyle=|\son(click|load|submit|change|input|error)=|<script(?![^>]*\bsrc=)|<style|javascript:|\|safe\b|autoescape off",
    re.IGNORECASE,
)


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines()


def test_no_file_is_longer_than_500_lines():
    files = [*python_files(), *TEMPLATES, *sorted((ROOT / "tests").rglob("*.py"))]
    assert [name_of(path) for path in files if len(lines_of(path)) > LONGEST_FILE] == []


def length(function):
    """Lines of a function without its signature and docstring, which are words and not work."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return function.end_lineno - body[0].lineno + 1 if body else 0


def has_its_reason(path, function):
    around = lines_of(path)[max(0, function.lineno - 3) : function.body[0].lineno + 1]
    return any("# long:" in line for line in around)


def test_no_function_is_longer_than_50_lines_without_its_reason():
    """`# long: why` beside its first line gives the reason."""
    assert [
        f"{name_of(path)}:{function.lineno} {function.name}" for path in python_files() for function in functions(path)
        if length(function) > LONGEST_FUNCTION and not has_its_reason(path, function)
    ] == []  # fmt: skip


def test_every_module_is_named_after_what_it_is():
    named = [
        name_of(path) for path in python_files() if path.stem in NO_NAME or set(path.parent.parts) & NO_NAME
    ]
    assert named == []


def test_no_step_is_hidden_in_a_signal_receiver():
    """Django's own signals of sign-in are heard in agencies; ours are calls by name."""
    heard = [
        f"{name_of(path)}:{line}" for path in python_files() for target, line in imports(path)
        if target.startswith("django.db.models.signals.") or target == "django.db.models.signals"
    ]  # fmt: skip
    assert heard == []


def docstrings(module):
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield id(first.value)


def markup_in(path):
    spoken = set(docstrings(tree(path)))
    for node in ast.walk(tree(path)):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if id(node) not in spoken and MARKUP.search(text):
            yield f"{name_of(path)}:{node.lineno}"


def test_no_markup_stands_in_python():
    assert [place for path in python_files() for place in markup_in(path)] == []
    marked_safe = {
        name_of(path) for path in python_files() for target, _ in imports(path)
        if target.endswith((".mark_safe", ".format_html"))
    }  # fmt: skip
    assert marked_safe <= DRAWS_SVG


def orm_in(path):
    """Where a view begins a queryset itself. `Model.objects.visible_to(...)` is a visible set and may stand there.

    allauth's own records of a user's second factor are no records of ours.
    """
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_base_manager", "_default_manager"):
            line = lines_of(path)[node.lineno - 1]
            if ".objects.visible_to(" not in line and "Authenticator.objects" not in line:
                yield f"{name_of(path)}:{node.lineno}"


def test_views_do_not_touch_the_orm():
    """They ask selectors and services; a queryset that a view begins has no visible set."""
    views = [
        path
        for path in python_files()
        if "views" in path.parts or path.stem == "views" or "api" in path.parts
    ]
    assert len(views) > 20
    assert [place for path in views for place in orm_in(path)] == []


def test_views_and_selectors_do_not_ask_for_the_rows_of_everybody():
    """`Model.objects.all()` begins with everything."""
    readers = [
        path for path in python_files() if {"views", "selectors", "api", "forms"} & {*path.parts, path.stem}
    ]
    found = [
        f"{name_of(path)}:{number}" for path in readers for number, line in enumerate(lines_of(path), start=1)
        if ".objects.all()" in line and "Prefetch(" not in line
    ]  # fmt: skip
    assert found == []


# `read_locations` asks for a purpose and logs, and so nothing else may show a location.
TOUCHES_LOCATIONS = {
    "dacase/cases/selectors/location.py",
    "dacase/cases/selectors/match.py",  # match keys, never a value
    "dacase/cases/services/case.py",
    "dacase/cases/services/location.py",
    "dacase/cases/services/rekey.py",  # nobody looks: the owner makes the match keys anew
    "referrals/services/case_people.py",  # what is recorded already is not recorded twice
    "marac/services/hearing_paper.py",  # takes places out of what somebody wrote
}


def test_locations_are_read_in_one_place():
    files = [path for path in python_files() if "demo" not in path.parts]
    touching = {name_of(path) for path in files if "Location.objects" in path.read_text(encoding="utf-8")}
    assert touching == TOUCHES_LOCATIONS
    through_a_party = re.compile(r"\blocations__|\.locations\b")
    assert [
        name_of(path)
        for path in [*files, *TEMPLATES]
        if through_a_party.search(path.read_text(encoding="utf-8"))
    ] == ["dacase/cases/urls.py"]


def wrong_titles(path):
    for title in TITLE.findall(path.read_text(encoding="utf-8")):
        said = re.sub(r"{%.*?%}", "", title, flags=re.DOTALL)
        variables = re.findall(r"{{\s*(.*?)\s*}}", said)
        if SUBJECT.search(re.sub(r"{{.*?}}", "", said)) or any(
            NAMES_SOMEBODY.search(one) for one in variables
        ):
            yield f"{name_of(path)}: {title}"


def test_a_page_title_names_no_person_and_no_subject():
    """Titles stand in browser histories, on shared screens and in taskbars."""
    assert [title for path in TEMPLATES for title in wrong_titles(path)] == []


def test_a_template_has_nothing_inline_and_escapes_everything():
    found = [
        f"{name_of(path)}: {hit.group()}"
        for path in TEMPLATES
        for hit in INLINE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_checks_see_a_breach():
    """Each pattern finds what it is for."""
    assert MARKUP.search("<b>bold</b>")
    assert not MARKUP.search("a < b and c > d")
    assert INLINE.search('<p style="x">')
    assert INLINE.search("<script>x</script>")
    assert not INLINE.search('<script src="x"></script>')
    assert NAMES_SOMEBODY.search("case.victim.name")
    assert not NAMES_SOMEBODY.search("case.reference")

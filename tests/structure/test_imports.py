"""Rooms depend one way, and so do the layers inside a room (docs/structure.md)."""

from tests.structure.source import imports, module_of, name_of, python_files

# Each room, and the rooms that it may import besides itself.
MAY_IMPORT = {
    "dacase.ui": set(),
    "dacase.agencies": {"dacase.ui"},
    "dacase.audit": {"dacase.ui", "dacase.agencies"},
    "dacase.jobs": {"dacase.ui", "dacase.agencies"},
    "dacase.cases": {"dacase.ui", "dacase.agencies", "dacase.audit", "dacase.jobs"},
}
MAY_IMPORT["referrals"] = {*MAY_IMPORT}
MAY_IMPORT["marac"] = {*MAY_IMPORT} - {"marac"}
MAY_IMPORT["refuge"] = {*MAY_IMPORT} - {"refuge", "marac"}
MAY_IMPORT["reporting"] = {*MAY_IMPORT} - {"reporting"}

# Lower layers first: a module imports from its own layer and from those before it.
LAYERS = {
    "choices": 0, "rules": 0, "roles": 0, "clock": 0, "words": 0,
    "models": 1, "walls": 2, "selectors": 2,
    "services": 3,
    "forms": 4, "api": 5, "reports": 4, "measures": 2,
    "views": 5, "tasks": 5, "management": 6, "urls": 6,
}  # fmt: skip
# What stands above all rooms: it puts them together, or fills them with invented records.
ABOVE = ("dacase.settings", "dacase.urls", "dacase.wsgi", "dacase.celery", "dacase.checks", "dacase.demo", "dacase.walls", "dacase.processes",
         "dacase.embedded", "dacase.servers", "dacase.keeper", "dacase.logins")  # fmt: skip


# Wings of a room with the same layers of their own. A wing belongs to its room: they may know each other.
WINGS = ("referrals.casework",)


def room_of(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "dacase" else parts[0]


def layer_of(module: str) -> int | None:
    """The layer of a module of a room, None for one that stands beside the layers (panels, access, …)."""
    room = next((wing for wing in WINGS if f"{module}.".startswith(f"{wing}.")), room_of(module))
    rest = module[len(room) + 1 :].split(".")
    return LAYERS.get(rest[0]) if rest and rest[0] else None


def breaches(path):
    module = module_of(path)
    room = room_of(module)
    if module.startswith(ABOVE) or room not in MAY_IMPORT:
        return []
    in_command = ".management." in module
    found = []
    for target, line in imports(path):
        other = room_of(target)
        if other in MAY_IMPORT and other != room and other not in MAY_IMPORT[room]:
            found.append(f"{name_of(path)}:{line} imports {target}")
        if target.startswith("dacase.demo") and not in_command:
            found.append(f"{name_of(path)}:{line} imports invented records: {target}")
    return found


def test_rooms_depend_one_way():
    assert [breach for path in python_files() for breach in breaches(path)] == []


def wrong_layers(path):
    module = module_of(path)
    own = layer_of(module)
    if own is None or room_of(module) not in MAY_IMPORT:
        return
    for target, line in imports(path):
        other = layer_of(target) if room_of(target) == room_of(module) else None
        if other is not None and other > own:
            yield f"{name_of(path)}:{line} imports {target}"


def test_layers_of_a_room_depend_one_way():
    assert [breach for path in python_files() for breach in wrong_layers(path)] == []


def test_nothing_is_imported_from_another_rooms_pages():
    """What another room may use stands in its selectors, services or panels."""
    strange = [
        f"{name_of(path)}:{line} imports {target}" for path in python_files() for target, line in imports(path)
        if room_of(target) in MAY_IMPORT and room_of(target) not in (room_of(module_of(path)), "dacase.ui")
        and (".views." in f"{target}." or target.endswith(".urls"))
    ]  # fmt: skip
    assert strange == []


def test_the_check_sees_a_breach():
    """A rule that nothing can break says nothing."""
    assert (
        "reporting"
        not in MAY_IMPORT["marac"]
        | MAY_IMPORT["refuge"]
        | MAY_IMPORT["referrals"]
        | MAY_IMPORT["dacase.cases"]
    )
    assert "marac" not in MAY_IMPORT["refuge"]
    assert "refuge" not in MAY_IMPORT["marac"]
    assert layer_of("dacase.cases.services.case") < layer_of("dacase.cases.views.case")
    assert layer_of("referrals.casework.models.episode") < layer_of("referrals.casework.services.episode")
    assert layer_of("marac.models.hearing") < layer_of("marac.services.hearing")
    assert room_of("dacase.cases.models") == "dacase.cases"

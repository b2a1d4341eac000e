"""The house holds: imports run downward only, rooms know their tables, style is a number."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SIM = ROOT / "sim"

FLOORS = {
    "sim.interfaces": 10,
    "sim": 9,
    "sim.experiments": 8,
    "sim.fitting": 8,
    "sim.session": 7,
    "sim.backends": 6,
    "sim.strategies": 5,
    "sim.faults": 5,
    "sim.operators": 6,
    "sim.control": 5,
    "sim.traffic": 5,
    "sim.analysis": 5,
    "sim.monitoring": 5,
    "sim.cluster": 4,
    "sim.routers": 4,
    "sim.judges": 4,
    "sim.ports": 3,
    "sim.world": 3,
    "sim.scenario": 3,
    "sim.model": 2,
    "sim.errors": 1,
    "sim.registry": 1,
    "sim.stats": 1,
    "sim.i18n": 1,
}
ANALYSIS_PARTS = {"analysis", "judged", "giving_up", "green"}
CANARY_PARTS = {"canary_traffic", "canary_by_pods", "canary_by_router", "canary_settings"}
CANARY_PARTS |= {"canary_step"}
ROUTER_PARTS = {"bound_router"}
FILES = sorted(SIM.rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    """`sim.model.run` is in the room `sim.model`; `sim` itself is the face."""
    return ".".join(module.split(".")[:2])


MODULES = {module_of(path) for path in FILES}


def imports_of(path: Path) -> list[str]:
    """Every module of ours that *path* imports, also for types only or inside a function."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            found += [
                name if (name := f"{node.module}.{alias.name}") in MODULES else str(node.module)
                for alias in node.names
            ]
    return [name for name in found if name == "sim" or name.startswith("sim.")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_downward_only(path):
    module = module_of(path)
    room = room_of(module)
    for imported in imports_of(path):
        other = room_of(imported)
        # The ground floor is one room; that nothing runs in a circle there is tested below.
        if other != room and not FLOORS[other] == FLOORS[room] == 1:
            assert FLOORS[other] < FLOORS[room], f"{module} must not import {imported}"


def test_every_room_has_a_floor():
    assert {room_of(module) for module in MODULES} <= set(FLOORS)


def test_no_file_imports_itself_through_others():
    """No circles, inside a room either; a package's face counts as a file of its own."""
    graph = {module_of(path): set(imports_of(path)) & MODULES for path in FILES}
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join([*trail, module])
        if module not in done:
            for imported in sorted(graph[module] - {module}):
                visit(imported, (*trail, module))
            done.add(module)

    for module in sorted(graph):
        visit(module, ())


@pytest.mark.parametrize(
    ("room", "face", "others"),
    [
        (
            "strategies",
            "STRATEGIES",
            {"deployment_settings", "strategy", *ANALYSIS_PARTS, *CANARY_PARTS, *ROUTER_PARTS},
        ),
        ("faults", "FAULTS", {"reading", "episode", "later"}),
        ("operators", "OPERATORS", {"duty", "releaser", "decision", "policy", "health_check"}),
        ("routers", "ROUTERS", {"router", "services", "objects", "shares"}),
        ("traffic/balancers", "BALANCERS", set()),
        ("judges", "JUDGES", {"judge", "analysis_run", "checking", "ab_reasons", "wording"}),
    ],
)
def test_every_file_of_a_room_is_in_its_table(room, face, others):
    module = __import__(f"sim.{room.replace('/', '.')}", fromlist=[face])
    table = getattr(module, face)
    members = [table[name] for name in table]

    listed = {member.__module__.rpartition(".")[2] for member in members}
    files = {path.stem for path in (SIM / room).glob("*.py")} - {"__init__"}

    assert files - others == listed


@pytest.mark.parametrize(("room", "face"), [("backends", "BACKENDS"), ("traffic", "PLANES")])
def test_every_name_of_a_table_leads_to_a_class(room, face):
    table = getattr(__import__(f"sim.{room}", fromlist=[face]), face)

    assert list(table)
    assert all(isinstance(table[name], type) for name in table)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_readable(path):
    """Modules of 350 lines, functions of 70, package faces of 60: what fits a reader's head."""
    text = path.read_text("utf-8")
    lines = len(text.splitlines())

    assert lines <= (60 if path.name == "__init__.py" else 350), lines
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            # From the first statement: a command's options are a table in its signature.
            assert node.end_lineno - node.body[0].lineno < 70, node.name
        if isinstance(node, ast.ImportFrom):
            assert all(alias.name != "*" for alias in node.names), "import *"


BANNED = {
    "random": "every draw is keyed (sim.model.draws)",
    "pickle": "input is data, and results are files that people can read",
    "yaml": "one YAML reader, with positions and limits",
    "secrets": "a run repeats to the bit",
    "uuid": "a run repeats to the bit",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_hidden_clock_chance_or_code(path):
    """No wall clock, global random numbers, evaluation of input or unsafe loading in `sim/`."""
    tree = ast.parse(path.read_text("utf-8"))
    interface = module_of(path).startswith("sim.interfaces")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                names = [str(node.module)]
            for name in names:
                assert name.split(".")[0] not in BANNED, f"{name}: {BANNED[name.split('.')[0]]}"
                assert name != "time" or interface, "simulated time only"
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in {"eval", "exec", "compile", "__import__", "hash"}, called
            assert "np.random" not in called, called
            assert not called.startswith("datetime.now") or interface, called

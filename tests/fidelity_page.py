"""Write docs/fidelity.md, what of Kubernetes is simulated and what proves it:

    python tests/fidelity_page.py

The statements stand in tests/fidelity/*.yaml, each with the tests that prove it (`module::test`,
without the `test_` of both) or the reason why it is not modelled.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_lowercase

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "tests" / "fidelity"
PLACE = ROOT / "docs" / "fidelity.md"
FILES = (
    "deployment",
    "replicaset",
    "pods",
    "services",
    "ingress",
    "istio",
    "autoscaling",
    "nodes",
    "rollouts",
    "analysis",
    "flagger",
    "monitoring",
    "measured",
)
HEAD = """# What of Kubernetes is simulated, and what proves it

Made by `python tests/fidelity_page.py`; the statements stand in `tests/fidelity/`. The numbers are
those of the facts that Seatrial is built on: 2 Deployments, 3 ReplicaSets, 4 pods, 5 probes,
6 termination, 7 Services, 8 ingress-nginx, 9 Istio, 10 autoscaling, 11 disruptions and nodes,
12 resources, 14 Argo Rollouts, 15 Flagger, 16 Prometheus, 21 what was measured on a real control
plane.
"""


@dataclass(frozen=True)
class Statement:
    """One statement; *proof* are names of tests, *why_not* is why it is not modelled."""

    number: str
    says: str
    proof: tuple[str, ...]
    why_not: str


@dataclass(frozen=True)
class Section:
    """A section of the facts, with its statements in order."""

    number: str
    title: str
    statements: tuple[Statement, ...]


def sections() -> list[Section]:
    """The whole catalogue, in the order of the facts."""
    reader = YAML(typ="safe")
    return [
        section_of(data)
        for name in FILES
        for data in reader.load((CATALOGUE / f"{name}.yaml").read_text("utf-8"))
    ]


def section_of(data: dict[str, object]) -> Section:
    """One section as its file has it; statements are lettered in order."""
    number = str(data["section"])
    found = data["statements"]
    assert isinstance(found, list)
    assert len(found) <= len(ascii_lowercase)
    return Section(
        number,
        str(data["title"]),
        tuple(
            Statement(
                number + letter,
                one["says"],
                tuple(one.get("proof", ())),
                one.get("not_modelled", ""),
            )
            for letter, one in zip(ascii_lowercase, found, strict=False)
        ),
    )


@cache
def known_tests() -> frozenset[str]:
    """The names that the catalogue may cite."""
    return frozenset(
        cited(path, name)
        for path in (ROOT / "tests").glob("test_*.py")
        for name in functions_of(path)
    )


def cited(path: Path, name: str) -> str:
    """A test function's name in the catalogue."""
    return f"{path.stem.removeprefix('test_')}::{name.removeprefix('test_')}"


def functions_of(path: Path) -> Iterator[str]:
    """The test functions of one file."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name


def page() -> str:
    """The whole page."""
    found = sections()
    every = [one for section in found for one in section.statements]
    proved = sum(bool(one.proof) for one in every)
    lines = [
        HEAD,
        f"{len(every)} statements: {proved} are modelled and each is proved by a test,"
        f" {len(every) - proved} are not modelled.",
    ]
    for section in found:
        lines += ["", f"## {section.number} {section.title}", ""]
        lines += ["| | Kubernetes | proved by |", "| --- | --- | --- |"]
        lines += [f"| {one.number} | {one.says} | {proof_of(one)} |" for one in section.statements]
    return "\n".join(lines) + "\n"


def proof_of(one: Statement) -> str:
    """Its last cell."""
    if one.why_not:
        return f"*not modelled:* {one.why_not}"
    return "<br>".join(f"`{name}`" for name in one.proof)


if __name__ == "__main__":
    PLACE.write_text(page(), "utf-8")

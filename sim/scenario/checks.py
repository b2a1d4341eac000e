"""What the API server checks beyond types."""

from __future__ import annotations
from collections.abc import Sequence
from sim.errors import Problem
from sim.scenario.node import Mapping


def check(node: Mapping, kind: str, path: str, errors: Sequence[Problem]) -> list[Problem]:
    return []

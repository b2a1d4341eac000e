"""Whether the alert by which a rollback policy is told of a bad release is one of the rules."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from sim.errors import Problem
from sim.i18n import Message, message
from sim.model.rules import AlertRule, RuleGroup
from sim.scenario.node import Node, Place, get
from sim.scenario.spec import Spec


def problems(spec: Spec, root: Node | None, rules: Iterable[RuleGroup]) -> Iterator[Problem]:
    """An alert that no rule has would never fire: nobody would ever go back."""
    if spec.rollback is None or spec.rollback.alert is None:
        return
    name = spec.rollback.alert
    known = [one.name for group in rules for one in group.rules if isinstance(one, AlertRule)]
    if name not in known:
        node = get(root, "rollback", "alert")
        place = Place("") if node is None else node.place
        text = message("there is no alert called {name}", name=repr(name[:60]))
        yield place.problem(text, "spec.rollback.alert", _meant(name, known))


def _meant(name: str, known: Sequence[str]) -> Message:
    if near := difflib.get_close_matches(name, known, n=1, cutoff=0.6):
        return message("did you mean {name}?", name=near[0])
    if known:
        return message("known: {known}", known=", ".join(dict.fromkeys(known)))
    return message("no rule file is among the manifests; name one, or write expr instead")

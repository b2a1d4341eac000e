"""Metrics that a query names: whether anybody here counts them, and by those labels."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sim.errors import Problem
from sim.i18n import message
from sim.model.exported_metrics import counting, exported
from sim.model.network import ProxyKind
from sim.scenario.own_strategy import Question

_OF_A_POD = "label_"  # What stands before a pod's own labels.
_HASHES = (f"{_OF_A_POD}pod_template_hash", f"{_OF_A_POD}rollouts_pod_template_hash")
_BELOW = ("expr", "lhs", "rhs", "param", "vector_selector")
_ALERTS = ("ALERTS", "ALERTS_FOR_STATE")


def problems(
    questions: Iterable[Question], proxy: ProxyKind, recorded: Collection[str]
) -> Iterator[Problem]:
    """One error for each metric that no target here shows, and each label that none of it has.

    *recorded* are the names that rules of the user's own write.
    """
    import promql_parser

    for question in questions:
        for selector in _selectors(promql_parser.parse(question.promql)):
            if selector.name and selector.name not in (*recorded, *_ALERTS):
                yield from _problems_of(question, selector, proxy)


def _problems_of(question: Question, selector: Any, proxy: ProxyKind) -> Iterator[Problem]:
    known = exported(proxy)
    name = str(selector.name)
    if name not in known:
        yield _unknown(question, name, known, proxy)
        return
    for one in selector.matchers.matchers:
        plain = one.value and str(one.op).rpartition(".")[2] in ("Equal", "Re")
        if plain and one.value != ".*" and not _has(known[name], one.name):
            near = difflib.get_close_matches(
                one.name, [*known[name], *(_HASHES if "version" in known[name] else ())], n=1
            )
            labels = ", ".join(sorted(known[name]))
            yield question.place.problem(
                message("{metric} has no label {label} here", metric=name, label=one.name),
                question.field,
                message("did you mean {name}?", name=near[0])
                if near
                else message("known here: {known}", known=f"{labels}, {_OF_A_POD}…"),
            )


def _has(labels: Collection[str], label: str) -> bool:
    # Only what pods show carries the pods' own labels; `version` is theirs alone.
    return label in labels or (label.startswith(_OF_A_POD) and "version" in labels)


def _unknown(question: Question, name: str, known: Collection[str], proxy: ProxyKind) -> Problem:
    text = message("nobody here counts {metric}", metric=name)
    other = counting(name)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if other is not None:
        hint = message("network.proxy: {proxy}", proxy=other.value)
    elif near:
        hint = message("did you mean {name}?", name=near[0])
    else:
        first = [one for one in known if not one.startswith(("kube_", "container_"))]
        hint = message("known here: {known}", known=", ".join((*first, "kube_…", "container_…")))
    return question.place.problem(text, question.field, hint)


def _selectors(node: Any) -> Iterator[Any]:
    """Every selector of series in the parser's tree below *node*."""
    if hasattr(node, "matchers"):
        yield node
    for name in _BELOW:
        below = getattr(node, name, None)
        if below is not None:
            yield from _selectors(below)
    args = getattr(node, "args", None)
    for one in args if isinstance(args, list | tuple) else ():
        yield from _selectors(one)

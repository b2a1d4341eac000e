"""What a Rollout says, laid under what the scenario says: a thing that both say is a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.errors import ScenarioError
from sim.i18n import message
from sim.scenario import numbers
from sim.scenario.draft import Draft
from sim.scenario.manifest import Manifest
from sim.scenario.node import Node, Place, get
from sim.scenario.own_strategy import OwnStrategy
from sim.scenario.spec import Spec
from sim.scenario.strategy_spec import AbTest


def laid_under(draft: Draft, owner: Manifest) -> tuple[Spec, Mapping[str, Mapping[str, Any]]]:
    """The scenario's spec with the Rollout's proxy, and the settings of all strategies.

    Raise a `ScenarioError` if the scenario has settings for the Rollout's own strategy, or a proxy
    that does not read what the Rollout's router writes.
    """
    assert draft.file is not None
    spec, own = draft.file.spec, owner.own
    given = numbers.strategies(spec)
    if own is None:
        return spec, given
    field = own.name[:1].lower() + own.name[1:]
    if own.second is not None:  # A way that was understood, not written: the scenario may differ.
        settings = {**own.settings, **given.get(own.name, {})}
        spec = _with_proxy(draft, spec, own)
        if own.name == "ABTest":  # Its header is what clients send.
            test = AbTest.model_construct(**settings)
            strategies = spec.strategies.model_copy(update={"ab_test": test})
            spec = spec.model_copy(update={"strategies": strategies})
        return spec, {**given, own.name: settings}
    if own.name in spec.strategies.given():
        text = message("{title} says already how it is released", title=f"Rollout/{owner.name}")
        hint = message("keep one of the two: {place}", place=str(own.place))
        place = _place(get(draft.root, "strategies", field))
        raise ScenarioError([place.problem(text, f"spec.strategies.{field}", hint)])
    return _with_proxy(draft, spec, own), {**given, own.name: {**own.defaults, **own.settings}}


def _with_proxy(draft: Draft, spec: Spec, own: OwnStrategy) -> Spec:
    if own.proxy is None or own.proxy is spec.network.proxy:
        return spec
    node = get(draft.root, "network", "proxy")
    if node is not None:
        text = message(
            "{router} writes objects that {proxy} does not read",
            router=str(own.settings["router"]),
            proxy=spec.network.proxy.value,
        )
        hint = message("network.proxy: {proxy}", proxy=own.proxy.value)
        raise ScenarioError([node.place.problem(text, "spec.network.proxy", hint)])
    network = spec.network.model_copy(update={"proxy": own.proxy})
    return spec.model_copy(update={"network": network})


def _place(node: Node | None) -> Place:
    return node.place if node is not None else Place("--set")

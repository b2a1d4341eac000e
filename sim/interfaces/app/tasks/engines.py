"""Reference against kernel: the same run carried by both engines, attempt by attempt."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import fields

import numpy as np

from sim.errors import Problem, ScenarioError
from sim.i18n import message
from sim.interfaces.app.order import Order
from sim.interfaces.app.work.made import made_now
from sim.interfaces.app.work.task import Progress, Task
from sim.model.attempts import Attempts
from sim.model.objects import JsonObject

ENGINES = ("reference", "kernel")
MOST_REQUESTS = 300_000  # The reference is plain Python: some seconds.


class Kept:
    """A recorder that keeps every attempt in memory."""

    def __init__(self) -> None:
        self._parts: list[Attempts] = []

    def record(
        self, attempts: Attempts, pod_name: Callable[[int], str], versions: Sequence[str]
    ) -> None:
        """Keep them."""
        self._parts.append(attempts)

    def columns(self) -> dict[str, np.ndarray]:
        """All attempts in the order in which they ended."""
        return {
            field.name: np.concatenate([getattr(part, field.name) for part in self._parts])
            for field in fields(Attempts)
        }


def compare_engines(order: JsonObject, progress: Progress) -> JsonObject:
    """How many attempts both engines made of the order's first strategy, and how many differ."""
    from sim.experiments.window import measured_window
    from sim.session import run
    from sim.traffic.engine import make_ready

    asked = Order.from_json(order)
    scenario, strategy = asked.scenario(), asked.strategies[0]
    progress(0, 1 + len(ENGINES))
    window = measured_window(scenario, [strategy])
    if max(scenario.rate_curve(window.start, window.end).rates) * window.seconds > MOST_REQUESTS:
        raise ScenarioError([Problem(message("that is too much for the readable engine here"))])
    found, seconds, digests = [], [], []
    for number, engine in enumerate(ENGINES, start=1):
        progress(number, 1 + len(ENGINES))
        make_ready(engine)
        kept = Kept()
        begun = time.perf_counter()
        one = run(scenario, strategy, asked.seed, window=window, engine=engine, recorder=kept)
        seconds.append(time.perf_counter() - begun)
        digests.append(one.digest())
        found.append(kept.columns())
    reference, kernel = found
    same = len(reference["request"]) == len(kernel["request"])
    differ = _different(reference, kernel) if same else None
    return {
        "strategy": strategy,
        "seed": asked.seed,
        "attempts": [len(columns["request"]) for columns in found],
        "columns": len(reference),
        "different": differ,
        "digests": digests,
        "seconds": seconds,
        "made": made_now(),
    }


def _different(reference: dict[str, np.ndarray], kernel: dict[str, np.ndarray]) -> int:
    """Attempts that differ in any column, to the last bit."""
    wrong = np.zeros(len(reference["request"]), dtype=bool)
    for name, column in reference.items():
        wrong |= column != kernel[name]
    return int(wrong.sum())


TASK = Task(carry_out=compare_engines)

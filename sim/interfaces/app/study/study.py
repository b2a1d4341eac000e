"""A study of harm: version faults of several sizes, each from several moments of a release on.

Every strategy meets all of them under the same seeds, in one window. One more point has no fault,
so that what the release costs by itself is told from what a fault does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.faults import FAULTS
from sim.i18n import Message, message
from sim.interfaces.app.order import Order
from sim.model.duration import duration
from sim.model.objects import JsonObject
from sim.model.unreadable import Unreadable
from sim.scenario.fault_checks import NOT_OF_A_VERSION

if TYPE_CHECKING:
    from sim.experiments.sweep_plan import Plan
    from sim.scenario.scenario import Scenario

VERSION = "new"
NO_FAULT = f"bug:{VERSION}:0%"  # A fault that does nothing: the command line needs one to write.
FIGURES = ("failed_requests", "users_hurt")
MOST_RUNS = 2_400
MOST_SIZES, MOST_MOMENTS = 6, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """*order* says scenario, strategies and seeds; *sizes* are amounts by kind of fault.

    *moments* are durations after the release is written; 0s is before any new pod exists.
    """

    order: Order
    sizes: tuple[tuple[str, tuple[str, ...]], ...]
    moments: tuple[str, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """All faults as they are written, the one that does nothing first."""
        written = [f"{kind}:{VERSION}:{size}" for kind, sizes in self.sizes for size in sizes]
        return tuple(dict.fromkeys([NO_FAULT, *written]))

    @property
    def runs(self) -> int:
        """How many runs it takes, those without a release among them."""
        return len(self.faults) * len(self.moments) * self.order.runs * self.arms

    @property
    def arms(self) -> int:
        """Runs of one seed at one point: a strategy each, and one without a release."""
        return 1 + len(self.order.strategies)

    def problems(self) -> tuple[Message, ...]:
        """What is wrong with faults and moments; the scenario is judged elsewhere."""
        return (*_wrong_sizes(self.sizes), *_wrong_moments(self.moments))

    def axes(self, before_seconds: float) -> tuple[str, str]:
        """What a sweep varies, if the release is written *before_seconds* into the run."""
        at = (f"{before_seconds + duration(moment):g}s" for moment in self.moments)
        return f"fault={','.join(self.faults)}", f"moment={','.join(at)}"

    def plan(self, scenario: Scenario) -> Plan:
        """The sweep that carries it out. Raise a `ScenarioError` if all of it is refused."""
        from sim.errors import Problem, ScenarioError
        from sim.experiments.axis import Axis, axis
        from sim.experiments.design import GRID, design
        from sim.experiments.sweep_plan import plan_of
        from sim.traffic.engine import DEFAULT

        read = [axis(text, scenario.deployment) for text in self.axes(before_of(scenario))]
        if problems := [one for one in read if isinstance(one, Problem)]:
            raise ScenarioError(problems)
        axes = [one for one in read if isinstance(one, Axis)]
        return plan_of(
            self.order.with_more,
            axes,
            GRID,
            design(GRID, axes, None, self.order.seed),
            strategies=self.order.strategies,
            seeds=self.order.seeds,
            engine=DEFAULT,
        )

    def to_json(self) -> JsonObject:
        """The study as JSON."""
        sizes = [[kind, list(sizes)] for kind, sizes in self.sizes]
        return {"order": self.order.to_json(), "sizes": sizes, "moments": list(self.moments)}

    @classmethod
    def from_json(cls, found: JsonObject) -> Study:
        """The study that `to_json` gave."""
        return cls(
            order=Order.from_json(found["order"]),
            sizes=tuple((kind, tuple(sizes)) for kind, sizes in found["sizes"]),
            moments=tuple(found["moments"]),
        )


def kinds() -> list[str]:
    """The kinds of fault that are about a version."""
    return [kind for kind in FAULTS if kind not in NOT_OF_A_VERSION]


def before_of(scenario: Scenario) -> float:
    """How many seconds into the run the release is written."""
    from sim.experiments.window import BEFORE_SECONDS

    given = scenario.window
    return BEFORE_SECONDS if given is None or given.before is None else given.before


def _wrong_sizes(sizes: tuple[tuple[str, tuple[str, ...]], ...]) -> list[Message]:
    found = []
    if not sizes:
        found.append(message("Choose at least one fault."))
    for kind, amounts in sizes:
        if not amounts:
            found.append(message("{kind}: write at least one size", kind=kind))
        if len(amounts) > MOST_SIZES:
            found.append(message("{kind}: at most {most} sizes", kind=kind, most=MOST_SIZES))
        for amount in amounts:
            try:
                FAULTS[kind].parse(VERSION, amount)
            except Unreadable as wrong:
                example = FAULTS[kind].example.split(":", 2)[2]
                found.append(
                    message(
                        "{kind}: {reason}; a size is written like {example}",
                        kind=kind,
                        reason=wrong.message,
                        example=example,
                    )
                )
    return found


def _wrong_moments(moments: tuple[str, ...]) -> list[Message]:
    if not moments:
        return [message("Write at least one moment, such as 0s.")]
    found = []
    if len(moments) > MOST_MOMENTS:
        found.append(message("At most {most} moments.", most=MOST_MOMENTS))
    for moment in moments:
        try:
            duration(moment)
        except Unreadable as wrong:
            text = message("{reason}; a moment is written like 30s", reason=wrong.message)
            found.append(text)
    return found

"""Rules as a server evaluates them: group by group, each at its own moments, and what came of it.

(prometheus/prometheus rules/group.go: offset, Eval)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil
from typing import TypeAlias

from sim.errors import Problem, QueryError, ScenarioError
from sim.model.draws import Purpose, Stream
from sim.model.rules import AlertChange, AlertRule, RecordingRule, RuleGroup
from sim.model.samples import NAME, Labels, Sample, Vector, labels_of
from sim.model.wait import Process, Wait
from sim.monitoring.alerting import Alert, AlertPhase, evaluated
from sim.monitoring.promql.evaluate import query
from sim.monitoring.series import SeriesStore

RESOLVED, DROPPED, ERROR = "resolved", "dropped", "error"
Asked: TypeAlias = "str | tuple[str, tuple[str, int, int]]"
_ON_THE_WAY = (AlertPhase.PENDING, AlertPhase.FIRING)


def require_answerable(groups: Sequence[RuleGroup], queries: Sequence[Asked] = ()) -> None:
    """Raise one `ScenarioError` with every rule and query that is not understood.

    They are put to a server that knows nothing: what is not simulated is refused by name there too.
    A query comes alone, or with its place (file, line, column).
    """
    asked = [(rule.expr, rule.place) for group in groups for rule in group.rules]
    problems = []
    alone = [(one, (one, 0, 0)) if isinstance(one, str) else one for one in queries]
    for expr, place in (*asked, *alone):
        try:
            query(SeriesStore(), expr, 0.0)
        except QueryError as error:
            problems.append(Problem(error.message, *place))
    if problems:
        raise ScenarioError(problems)


class RuleGroups:
    """Evaluates *groups* on *store*, whose late samples *settle* writes down first.

    *interval_seconds* is that of groups without one; while *is_away* nothing is evaluated.
    `changes` tells what happened to alerts so far, and `told` hears of each. Drive
    `watch` to let it run.
    """

    def __init__(
        self,
        groups: Sequence[RuleGroup],
        store: SeriesStore,
        now: Callable[[], float],
        *,
        settle: Callable[[], None],
        is_away: Callable[[], bool],
        interval_seconds: float,
        seed: int,
    ) -> None:
        self._groups = groups
        self._store = store
        self._now = now
        self._settle = settle
        self._is_away = is_away
        self._intervals = [group.interval_seconds or interval_seconds for group in groups]
        draws = Stream(seed, Purpose.RULE_PHASE)
        self._offsets = [
            draws.uniform(number) * interval for number, interval in enumerate(self._intervals)
        ]
        self._alerts: dict[tuple[int, int], Mapping[Labels, Alert]] = {}
        self._recorded: dict[tuple[int, int], set[Labels]] = {}
        self._broken: set[tuple[int, int]] = set()
        self.changes: list[AlertChange] = []
        self.told: Callable[[], None] = _silent

    def watch(self) -> Process[None]:
        """Evaluate each group whenever its time has come, to the end of the run."""
        due = [self._first(number) for number in range(len(self._groups))]
        while due:
            moment = min(due)
            yield Wait(max(moment, self._now()))
            number = due.index(moment)
            if not self._is_away():
                self._settle()
                self._evaluate(number)
            turns = round((moment - self._offsets[number]) / self._intervals[number]) + 1
            due[number] = self._offsets[number] + turns * self._intervals[number]

    def _first(self, number: int) -> float:
        interval, offset = self._intervals[number], self._offsets[number]
        return offset + ceil((self._now() - offset) / interval) * interval

    def _evaluate(self, number: int) -> None:
        for place, rule in enumerate(self._groups[number].rules):
            key = (number, place)
            try:
                samples = _vector(query(self._store, rule.expr, self._now()))
                if isinstance(rule, AlertRule):
                    self._tell(key, rule, samples)
                else:
                    self._record(key, rule, samples)
                self._broken.discard(key)
            except QueryError as error:
                self._complain(key, rule, error)

    def _complain(
        self, key: tuple[int, int], rule: AlertRule | RecordingRule, error: QueryError
    ) -> None:
        """A rule that cannot be evaluated leaves everything as it was; it is said once."""
        if key not in self._broken:
            self._broken.add(key)
            why = (("error", str(error)),)
            self.changes.append(AlertChange(self._now(), rule.name, ERROR, (), 0.0, why))

    def _tell(self, key: tuple[int, int], rule: AlertRule, samples: Vector) -> None:
        before = self._alerts.get(key, {})
        after = self._alerts[key] = evaluated(rule, before, samples, self._now())
        for labels in sorted({*before, *after}):
            for phase, alert in _changed(before.get(labels), after.get(labels)):
                told = rule.told(labels, alert.value)
                self.changes.append(
                    AlertChange(self._now(), rule.name, phase, labels, alert.value, told)
                )
                self.told()

    def _record(self, key: tuple[int, int], rule: RecordingRule, samples: Vector) -> None:
        """Write the samples down under the rule's name; what has gone is stale."""
        own = {**dict(rule.labels), NAME: rule.name}
        found = {labels_of({**dict(labels), **own}): value for labels, value in samples}
        for labels in sorted(self._recorded.get(key, set()) - set(found)):
            self._store.end(labels, self._now())
        for labels, value in found.items():
            self._store.append(labels, self._now(), value)
        self._recorded[key] = set(found)


def _silent() -> None:
    """Nobody listens."""


def _vector(found: Vector | float) -> Vector:
    return (Sample((), found),) if isinstance(found, float) else found


def _changed(before: Alert | None, after: Alert | None) -> Iterator[tuple[str, Alert]]:
    """What became of an alert in one evaluation; with `for` 0 it is pending and fires at once."""
    was = None if before is None else before.phase
    if after is None:
        if before is not None and was is AlertPhase.PENDING:
            yield DROPPED, before
        return
    if after.phase is was:
        return
    if after.phase is AlertPhase.FIRING and was is not AlertPhase.PENDING:
        yield AlertPhase.PENDING.value, after
    if after.phase in _ON_THE_WAY:
        yield after.phase.value, after
    elif was is AlertPhase.FIRING:
        yield RESOLVED, after

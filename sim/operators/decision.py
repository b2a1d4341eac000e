"""A decision: what becomes of a finding, by whom and by which tree."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.deed import DeedKind
from sim.model.person import Person
from sim.model.rollback_tree import SYMPTOMS, Advice, Symptom, advise, difficulty
from sim.operators.duty import Duty
from sim.ports import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whoever decides: a *person* with their delays, or without one the machine, at once.

    A *symptom* is judged by the tree of `model.rollback_tree`; without one every finding is a
    reason to go back. Who is to consider takes as long again as to react, and goes back: a way
    back that is known is preferred to a repair that nobody has tried.
    """

    person: Person | None = None
    symptom: Symptom | None = None
    repair_seconds: float | None = None
    way_back_seconds: float | None = None

    def follow(self, duty: Duty, found: str) -> Process[None]:
        """What follows from *found*, which was detected just now."""
        duty.say(DeedKind.DETECTED, found)
        yield from self._react(duty, page=0)
        advice = self._advice()
        if advice is Advice.DO_NOT:
            duty.say(DeedKind.KEPT, f"{self.symptom}: {advice}")
            return
        if advice is Advice.CONSIDER:
            yield from self._react(duty, page=1)
        yield from duty.go_back(found if self.symptom is None else f"{self.symptom}: {advice}")

    def _react(self, duty: Duty, page: int) -> Process[None]:
        if self.person is not None:
            yield duty.clock.sleep(self.person.reacts_after(duty.seed, page))

    def _advice(self) -> Advice:
        if self.symptom is None:
            return Advice.AT_ONCE
        severity, scope = SYMPTOMS[self.symptom]
        return advise(severity, scope, difficulty(self.repair_seconds, self.way_back_seconds))


AT_ONCE = Decision()

"""Dependencies as the control plane has them: changed, called by versions, and counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sim.errors import InvariantError
from sim.i18n import message
from sim.model.dependency import Call, Dependency
from sim.ports import DependencyCounters
from sim.traffic.kernel import deeds, reading
from sim.traffic.kernel import records as r
from sim.traffic.kernel.filling import fill_dependency
from sim.traffic.kernel.storage import Arrays, place_of_quantiles


class Dependencies:
    """The dependencies in *arrays*, which are like *rows*.

    *do* is the kernel's; *make_room* gives it what it lacks.
    """

    def __init__(
        self,
        arrays: Arrays,
        rows: Sequence[Dependency],
        do: Callable[[int, int, int], int],
        make_room: Callable[[int], None],
    ) -> None:
        self._arrays = arrays
        self._rows = list(rows)
        self._do = do
        self._make_room = make_room
        self._known: dict[tuple[Call, ...], tuple[int, int]] = {}

    def check(self, calls: Sequence[Call]) -> None:
        """Raise an `InvariantError` if a request cannot make these *calls*."""
        called = [call.dependency for call in calls]
        for number in called:
            self._require(number)
        if len(set(called)) < len(called):
            raise InvariantError(message("a request calls each dependency at most once"))

    def places_of(self, calls: tuple[Call, ...]) -> tuple[int, int]:
        """Where *calls* begin in the table and where they end.

        A list stays for good, for requests in service keep the one that they began with.
        """
        if calls not in self._known:
            first = len(self._arrays["call"])
            end = first + len(calls)
            self._arrays.grow(end, "call")
            table = self._arrays["call"][first:]
            table["dependency"] = [call.dependency for call in calls]
            table["share"] = [call.share for call in calls]
            table["timeout"] = [call.timeout_seconds for call in calls]
            self._known[calls] = first, end
        return self._known[calls]

    def change(self, number: int, changes: dict[str, Any]) -> None:
        """Dependency *number* is otherwise from now on; what is None stays."""
        self._require(number)
        given = {name: to for name, to in changes.items() if to is not None}
        row = self._rows[number] = replace(self._rows[number], **given)
        quantiles = place_of_quantiles(self._arrays, row.demand, row.demand_cv)
        fill_dependency(self._arrays["dependency"][number], row, quantiles)
        if row.up:
            self._do(deeds.MOVE_UP, number, 0)
        else:
            self._fail_all(number)

    def counters(self) -> tuple[DependencyCounters, ...]:
        """The state of all at this moment."""
        now = float(self._arrays.single["now"])
        names = ("in_use", "waiting", "busy_seconds", "busy_until")
        columns = (self._arrays["dependency"][name].tolist() for name in names)
        return tuple(
            DependencyCounters(
                in_use=in_use, waiting=waiting, busy_seconds=busy + in_use * (now - until)
            )
            for in_use, waiting, busy, until in zip(*columns, strict=True)
        )

    def _fail_all(self, number: int) -> None:
        """Every call there fails, in (request, attempt) order."""
        count = self._do(deeds.LEAVE_DEPENDENCY, number, 0)
        failed = self._arrays["doomed_slot"][:count]
        failed[:] = failed[reading.order(self._arrays["slot"], failed)]
        while (lack := self._do(deeds.FAIL_ALL, number, count)) != r.REACHED:
            self._make_room(lack)

    def _require(self, number: int) -> None:
        if not 0 <= number < len(self._rows):
            raise InvariantError(message("there is no dependency {name}", name=number))

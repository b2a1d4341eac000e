"""Probes as the control plane has them: made, started, started again, and ended."""

from __future__ import annotations

from collections.abc import Callable

from sim.ports import ProbeKind
from sim.traffic.kernel import deeds
from sim.traffic.kernel import records as r
from sim.traffic.kernel.filling import fill_probe
from sim.traffic.kernel.storage import Arrays

_KINDS = {ProbeKind.STARTUP: 0, ProbeKind.READINESS: 1, ProbeKind.LIVENESS: 2}


class Probes:
    """The probes of all pods in *arrays*; *do* is the kernel's, *own_slot* gives a pod a slot."""

    def __init__(
        self, arrays: Arrays, do: Callable[[int, int], int], own_slot: Callable[[int], int]
    ) -> None:
        self._arrays = arrays
        self._do = do
        self._own_slot = own_slot

    def are_there(self, pod: int, kind: ProbeKind) -> bool:
        """Whether *pod* has a probe of that *kind*."""
        row, sorts = self._row(pod, kind), self._arrays["probe"]["sort"]
        return 0 <= row < len(sorts) and bool(sorts[row] != r.NO_PROBE)

    def make(self, pod: int, kind: ProbeKind, asks: bool, seconds: float, timeout: float) -> None:
        """One that *asks*, or knows its answers; each takes *seconds* if there is one."""
        row, probes = self._row(pod, kind), self._arrays["probe"]
        if not probes["tick"][row]:  # Slot 0 is the first pod's own.
            for name in ("tick", "make_up"):
                e = self._own_slot(pod)
                self._arrays["slot"]["probe"][e] = row
                probes[name][row] = e
        fill_probe(probes[row], row, r.ASKING if asks else r.QUIET, seconds, timeout)

    def start(
        self, pod: int, kind: ProbeKind, first: float, period: float, success: int, failure: int
    ) -> None:
        """Tick at *first* and every *period* after; verdict and run stay."""
        if not period > 0.0:
            raise ValueError(f"period must be above 0, not {period}")
        row = self._row(pod, kind)
        self._do(deeds.STOP_PROBE, row)
        probe, now = self._arrays["probe"][row], float(self._arrays.single["now"])
        probe["first"], probe["period"] = first, period
        probe["success"], probe["failure"] = success, failure
        if probe["sort"] == r.ASKING and first < now:
            raise ValueError(f"time must not lie before {now}, not {first}")
        self._do(deeds.START_PROBE, row)

    def end(self, pod: int, kind: ProbeKind) -> None:
        """Stop that probe and forget its verdict."""
        row = self._row(pod, kind)
        probe = self._arrays["probe"][row]
        self._do(deeds.STOP_PROBE, row)
        probe["void"] = self._arrays["slot"]["bucket"][probe["make_up"]] >= 0
        probe["sort"] = r.NO_PROBE

    def _row(self, pod: int, kind: ProbeKind) -> int:
        return r.PROBE_KINDS * pod + _KINDS[kind]

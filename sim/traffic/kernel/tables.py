"""Routing tables as the control plane sets them, and backends beyond the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.model.behaviour import Workload
from sim.model.draws import Purpose, Stream
from sim.model.routing import NO_BACKEND, Route
from sim.traffic.kernel import records as r
from sim.traffic.kernel import route_records as rr
from sim.traffic.kernel.proxying import fit_proxies
from sim.traffic.kernel.publishing import Lists
from sim.traffic.kernel.storage import Arrays
from sim.traffic.routing import Routing, salted, shares_of

_STREAMS = {
    "attribute_keys": Purpose.ATTRIBUTE,
    "route_keys": Purpose.ROUTE,
    "sticky_keys": Purpose.STICKY,
    "mirror_keys": Purpose.MIRROR,
    "flag_keys": Purpose.FLAG,
}
_TABLES = 1  # The block of what proxies know of tables.


def block_of(backend: int) -> int:
    """Where among the blocks of proxies what they know of *backend* is."""
    return backend if backend == 0 else backend + 1


class Tables:
    """The tables in *arrays*, which *lists* carries to the proxies."""

    def __init__(self, arrays: Arrays, lists: Lists, workload: Workload, seed: int) -> None:
        self._arrays = arrays
        self._lists = lists
        self._routing = Routing(workload.attributes, seed, len(workload.classes))
        for name, purpose in _STREAMS.items():
            arrays.single[name] = Stream(seed, purpose).keys
        for name, kind in rr.ROUTE_ADDRESSES.items():
            arrays.put(name, np.zeros(0, kind))
        for attribute in workload.attributes:
            shares = shares_of(attribute)
            first = self._append("value", [(share,) for share in shares])
            self._append("attribute", [(first, first + len(shares), salted(attribute))])

    def set(self, routes: Sequence[Route], apply_at: Sequence[float]) -> None:
        """A new table, taken up by proxy i at apply_at[i]."""
        self._routing.check(tuple(routes))
        self._lists.check(apply_at)
        self._begin()
        self._lists.publish([self._table(routes, self._block)], apply_at, _TABLES)

    def check(self, routes: Sequence[Route]) -> None:
        """Raise a `ValueError` for routes that name what there is not."""
        self._routing.check(tuple(routes))

    def set_flags(self, pod: int, routes: Sequence[Route]) -> None:
        """Which code paths requests take in *pod*."""
        number = self._table(routes, int) + 1 if routes else 0
        self._arrays["pod"]["flags"][pod] = number
        self._arrays.single["flagged"] = 1

    def _table(self, routes: Sequence[Route], place: Callable[[int], int]) -> int:
        """Write a table, whose destinations are where *place* says; its number."""
        rows = [self._row(route, place) for route in routes]
        first = self._append("route", rows)
        return self._append("table", [(first, first + len(rows))])

    def _begin(self) -> None:
        """From the first table on proxies look where to send, and remember it."""
        single = self._arrays.single
        if single["routed"]:
            return
        single["routed"] = 1
        if not single["proxied"]:
            single["proxied"] = 1
            fit_proxies(self._arrays)
            trips, slots = self._arrays["trip"], self._arrays["slot"]
            trips["connection"] = r.NOBODY
            trips["row"][: len(slots)] = slots["proxy"]

    def _row(self, route: Route, place: Callable[[int], int]) -> tuple[float, ...]:
        match = self._append(
            "match", [self._match([(c.attribute, c.values) for c in m]) for m in route.matches]
        )
        reached = np.cumsum([one.weight for one in route.destinations], dtype=np.int64)
        places = [place(one.backend) for one in route.destinations]
        destination = self._append("destination", list(zip(reached, places, strict=True)))
        mirror, salt, other = route.mirror, route.sticky_salt, route.empty_falls_to
        return (
            match,
            match + len(route.matches),
            destination,
            destination + len(places),
            int(reached[-1]) if places else 0,
            r.NOBODY if salt is None else salt,
            0.0 if mirror is None else mirror.share,
            rr.NO_ROW if mirror is None else place(mirror.backend),
            rr.NO_ROW if other is None else place(other),
        )

    def _match(self, conditions: list[tuple[int, tuple[int, ...]]]) -> tuple[int, int]:
        rows = [(sum(1 << value for value in set(values)), a) for a, values in conditions]
        first = self._append("condition", rows)
        return first, first + len(rows)

    def _block(self, backend: int) -> int:
        if backend == NO_BACKEND:
            return rr.NO_ROW
        block = block_of(backend)
        self._lists.let_there_be(block)
        return block

    def _append(self, name: str, rows: Sequence[tuple[float, ...]]) -> int:
        """Write *rows* behind those in an array; where they begin."""
        before = self._arrays[name]
        self._arrays.put(name, np.concatenate([before, np.array(list(rows), before.dtype)]))
        return len(before)

"""The arrays of one plane: made for a workload, and grown when the kernel asks for room.

What grows with time is bounded: slots by what is in flight, rows by what a chunk of sparse counts
takes over, a log that is told to somebody by a chunk. Only one that is kept grows with the
requests.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.model.behaviour import Workload
from sim.model.causes import Cause
from sim.model.demand import Demand
from sim.model.draws import Purpose, Stream
from sim.model.failed import STORIES_EACH
from sim.model.latency import BINS
from sim.traffic import quantiles
from sim.traffic.classes import reached
from sim.traffic.kernel import records as r
from sim.traffic.kernel.balancers import COMPILED
from sim.traffic.kernel.calendar import WORD, YEARS
from sim.traffic.kernel.class_records import BY_LOT, EndpointClass
from sim.traffic.kernel.filling import fill_dependency
from sim.traffic.kernel.proxy_records import Point
from sim.traffic.kernel.ring import points_of_each

_ROWS = 64  # What is written to stays in the processor's second cache.
_SPARSE = _ROWS * BINS + 1
_LOG = 1 << 12
_BUCKETS = 4.0  # From one request to the next.
_PATIENCE = 1 << 18  # Steps in the calendar's buckets before it is asked whether they are many.
_STREAMS = {
    "arrival_keys": Purpose.ARRIVAL,
    "user_keys": Purpose.USER,
    "proxy_keys": Purpose.PROXY,
    "choice_keys": Purpose.BALANCER,
    "demand_keys": Purpose.DEMAND,
    "bug_keys": Purpose.BUG,
    "hang_keys": Purpose.HANG,
    "crash_keys": Purpose.CRASH,
    "jitter_keys": Purpose.BACKOFF,
    "sample_keys": Purpose.SAMPLE,
    "call_keys": Purpose.CALL,
    "latency_keys": Purpose.LATENCY,
    "error_keys": Purpose.DEPENDENCY_ERROR,
    "going_on_keys": Purpose.GOING_ON,
    "thinking_keys": Purpose.THINKING,
    "class_keys": Purpose.ENDPOINT_CLASS,
}
# What the kernel must know of an array's size: the field, and along which axis.
_SIZES = {
    "slot": ("slots", 0),
    "row": ("most_rows", 0),
    "log": ("most_logged", 0),
    "coming": ("list_places", 1),
    "on_way": ("on_way_places", 1),
    "level": ("level_words", 2),
    "thread": ("bag_places", 1),
    "piece": ("pieces", 0),
    "exposed": ("user_bytes", 1),
    "version": ("versions", 1),
    "owed": ("owed_rows", 1),
    "dependency": ("dependencies", 0),
}


class Arrays:
    """The arrays by the names in `records.ADDRESSES`, and the `state` that knows where they are."""

    def __init__(self) -> None:
        self.state = np.zeros(1, r.StateRecord)
        self.single = self.state[0]
        self.address = int(self.state.ctypes.data)
        self._kept: dict[str, r.Records] = {}
        self.tables: dict[tuple[object, ...], int] = {}  # Where each one's quantiles begin.

    def __getitem__(self, name: str) -> r.Records:
        return self._kept[name]

    def put(self, name: str, array: r.Records) -> None:
        """*array* is from now on what the kernel knows as *name*."""
        assert array.flags.c_contiguous and array.itemsize == r.ADDRESSES[name].itemsize
        self._kept[name] = array
        self.single[name] = array.ctypes.data
        if name in _SIZES:
            field, axis = _SIZES[name]
            self.single[field] = array.shape[axis]

    def grow(self, size: int, *names: str) -> None:
        """Give the arrays called *names* so many rows, the new ones zero."""
        for name in names:
            before = self._kept[name]
            larger = np.zeros((size, *before.shape[1:]), before.dtype)
            larger[: len(before)] = before
            self.put(name, larger)


def arrays_for(workload: Workload, seed: int, start: float, keep_log: bool) -> Arrays:
    """The arrays of a plane for *workload* at time *start*, without pods."""
    arrays = Arrays()
    _put_constants(arrays.single, workload, seed, keep_log)
    _put_traffic(arrays, workload)
    _put_tally(arrays, workload, keep_log)
    _put_classes(arrays, workload)
    for name, size in {"pod": 8, "meter": 8, "node": 4, "signal": 16}.items():
        arrays.put(name, np.zeros(size, r.ADDRESSES[name]))
    arrays.put("probe", np.zeros(8 * r.PROBE_KINDS, r.Probe))
    arrays.put("thread", np.zeros((4, 4), r.Thread))
    arrays.put("slot", np.zeros(0, r.Slot))
    arrays.put("twin", np.zeros(0, r.Twin))
    arrays.put("quantile", np.zeros(0, r.Quantile))
    _put_calendar(arrays, start, max(workload.arrivals.rates))
    _put_dependencies(arrays, workload, start)
    arrays.single["free"] = r.NOBODY
    add_slots(arrays, 1024)
    return arrays


def _put_constants(single: r.Records, workload: Workload, seed: int, keep_log: bool) -> None:
    clients = workload.clients
    single["timeout"] = clients.attempt_timeout_seconds
    single["deadline"], single["backoff"] = clients.deadline_seconds, clients.backoff_seconds
    after = clients.hedge_after_seconds
    single["hedge_after"] = r.INF if after is None else after
    single["attempts"], single["population"] = clients.attempts, workload.population
    single["window_start"], single["window_end"] = workload.window_start, workload.window_end
    single["end"], single["poisson"] = workload.arrivals.end, workload.arrivals.poisson
    single["balancer"], single["keep_log"] = COMPILED[workload.balancer], keep_log
    if workload.visits is not None:
        single["goes_on"], single["stays"] = workload.visits.goes_on, 1.0 - workload.visits.leaves
        single["think"] = workload.visits.think_seconds
    for name, purpose in _STREAMS.items():
        single[name] = Stream(seed, purpose).keys


def _put_traffic(arrays: Arrays, workload: Workload) -> None:
    pieces = np.zeros(len(workload.arrivals.times), r.Piece)
    pieces["time"], pieces["rate"] = workload.arrivals.times, workload.arrivals.rates
    proxies = np.zeros(workload.proxies, r.Proxy)
    proxies["next_change"], proxies["heard"] = r.INF, -r.INF
    arrays.put("piece", pieces)
    arrays.put("proxy", proxies)
    arrays.single["proxies"] = workload.proxies
    arrays.put("coming", np.zeros((workload.proxies, 4), r.Coming))
    arrays.put("listed", np.zeros(64, np.int32))
    has_rings = workload.balancer == "ring_hash"
    arrays.put("ring", np.zeros(64 if has_rings else 0, Point))
    for name in r.DRAWN:
        arrays.put(name, np.zeros(r.BLOCK, r.Drawn))


def _put_tally(arrays: Arrays, workload: Workload, keep_log: bool) -> None:
    users = (workload.population >> 3) + 1
    arrays.put("sent", np.zeros(users, np.uint8))
    arrays.put("failed", np.zeros(users, np.uint8))
    arrays.put("exposed", np.zeros((2, users), np.uint8))
    arrays.put("row", np.zeros(_ROWS, r.Row))
    arrays.put("place", np.full(_ROWS * 4, r.NOBODY, np.int32))
    arrays.put("bin", np.zeros((_ROWS, BINS), np.uint32))
    arrays.put("sparse_entry", np.zeros(_SPARSE, r.Sparse))
    arrays.put("story", np.zeros(len(Cause) * STORIES_EACH, r.Story))
    arrays.put("worst", np.zeros(len(Cause), r.Worst))
    arrays.put("log", np.zeros(_LOG if keep_log else 1, r.Logged))
    arrays.single["row_mask"] = _ROWS * 4 - 1


def _put_classes(arrays: Arrays, workload: Workload) -> None:
    """A single class is drawn for nobody: whatever is drawn is below the whole."""
    rows = np.zeros(len(workload.classes), EndpointClass)
    rows["reached"] = reached(workload.classes)
    twice = [BY_LOT if one.idempotent is None else one.idempotent for one in workload.classes]
    rows["idempotent"] = twice
    arrays.put("endpoint_class", rows)
    arrays.single["classes"] = len(rows)
    arrays.put("version", np.zeros((1 + len(rows), 2), r.Version))


def add_versions(arrays: Arrays, size: int) -> None:
    """Let there be rows for *size* versions, and for each class of theirs."""
    before = arrays["version"]
    larger = np.zeros((len(before), size), r.Version)
    larger[:, : before.shape[1]] = before
    arrays.put("version", larger)
    arrays.grow(size, "exposed")


def _put_dependencies(arrays: Arrays, workload: Workload, start: float) -> None:
    rows = np.zeros(len(workload.dependencies), r.Dependency)
    rows["first"] = rows["last"] = r.NOBODY
    rows["busy_until"] = start
    for row, dependency in zip(rows, workload.dependencies, strict=True):
        place = place_of_quantiles(arrays, dependency.demand, dependency.demand_cv)
        fill_dependency(row, dependency, place)
    arrays.put("dependency", rows)
    arrays.put("call", np.zeros(0, r.Call))
    arrays.put("caller", np.zeros(0, r.Caller))


def place_of_quantiles(
    arrays: Arrays,
    demand: Demand,
    cv: float,
    measured: tuple[float, ...] = (),
    shares: tuple[float, ...] = (),
) -> int:
    """Where the table of times spread like this begins, made if it is new; 0 without a table."""
    if demand not in (Demand.GAMMA, Demand.EMPIRICAL):
        return 0
    key = (demand, cv, measured, shares)
    if key not in arrays.tables:
        first = arrays.tables[key] = len(arrays["quantile"])
        values = quantiles.table(demand, cv, measured, shares)
        arrays.grow(first + len(values), "quantile")
        arrays["quantile"]["value"][first:] = values
    return arrays.tables[key]


def _put_calendar(arrays: Arrays, start: float, rate: float) -> None:
    """Buckets a quarter as long as it is from one request to the next; a year of some second."""
    bits = int(np.clip(np.ceil(np.log2(max(rate, 1.0) * _BUCKETS)), 8, 17))
    arrays.put("taken", np.zeros((1 << bits) >> WORD, r.Marks))
    arrays.put("head", np.full((1 << bits) + YEARS + 1, r.NOBODY, np.int32))
    single = arrays.single
    single["now"] = single["origin"] = start
    single["bits"], single["mask"] = bits, (1 << bits) - 1
    single["buckets_per_second"] = _BUCKETS * max(rate, 64.0)
    single["patience"] = _PATIENCE


def add_slots(arrays: Arrays, size: int) -> None:
    """Let there be *size* slots."""
    before, single = len(arrays["slot"]), arrays.single
    arrays.grow(size, "slot")
    slots = arrays["slot"]
    slots["next"][before:] = np.arange(before + 1, size + 1)
    slots["next"][-1] = single["free"]
    slots["bucket"][before:] = r.NOBODY
    slots["pod"][before:] = r.NOBODY
    single["free"] = before
    single["free_slots"] += size - before
    arrays.put("doomed_slot", np.zeros(size, np.int32))
    if single["dependencies"]:
        arrays.grow(size, "caller")
    if single["hedge_after"] < r.INF:
        arrays.grow(size, "twin")
    fit_bags(arrays)


def fit_bags(arrays: Arrays, cores: float = 0.0) -> None:
    """Let each node's bag have a place for every thread that can be counted, at *cores* or more."""
    counted = arrays["node"]["cores"]
    cores = counted[np.isfinite(counted)].max(initial=cores if cores < r.INF else 0.0)
    needed = int(min(cores, len(arrays["slot"]))) + 4
    nodes, places = arrays["thread"].shape
    if needed > places or len(arrays["node"]) > nodes:
        bags = np.zeros((len(arrays["node"]), max(needed, places)), r.Thread)
        bags[:nodes, :places] = arrays["thread"]
        arrays.put("thread", bags)


def add_list_places(arrays: Arrays) -> None:
    """Make twice the room for lists that proxies have not taken up yet."""
    before = arrays["coming"]
    proxies, places = before.shape
    coming = np.zeros((proxies, 2 * places), r.Coming)
    for x, first in enumerate(arrays["proxy"]["first"].tolist()):
        coming[x, :places] = before[x, (first + np.arange(places)) % places]
    arrays["proxy"]["first"] = 0
    arrays.put("coming", coming)


def add_room_for_lists(arrays: Arrays, used: int, needed: int) -> int:
    """Make room for *needed* more places for lists after *used*; how many are used then.

    Lists that no proxy believes in or waits for are thrown away.
    """
    lists, proxies, coming = arrays["listed"], arrays["proxy"], arrays["coming"]
    if used + needed <= len(lists):
        return used
    rings = arrays["ring"]
    awaited = coming[_is_coming(proxies, coming.shape[1])]
    counts = np.concatenate([proxies["count"], awaited["count"]])
    offsets = np.concatenate([proxies["offset"], awaited["offset"]])[counts > 0]
    offsets, first = np.unique(offsets, return_index=True)  # An empty list has no place.
    counts = counts[counts > 0][first]
    sizes = np.array([places_of_list(arrays, count) for count in counts.tolist()], np.int64)
    new = np.cumsum(sizes) - sizes
    total = int(sizes.sum())
    kept = np.zeros(max(len(lists), 2 * (total + needed)), np.int32)
    kept_rings = np.zeros(len(kept) if len(rings) else 0, Point)
    for old, to, size in zip(offsets, new, sizes, strict=True):
        kept[to : to + size] = lists[old : old + size]
        kept_rings[to : to + size] = rings[old : old + size]
    for table in (proxies, coming) if len(offsets) else ():
        found = np.minimum(np.searchsorted(offsets, table["offset"]), len(offsets) - 1)
        table["offset"] = new[found]
    arrays.put("listed", kept)
    arrays.put("ring", kept_rings)
    return total


def places_of_list(arrays: Arrays, count: int) -> int:
    """How many places a list of *count* pods takes; its ring, if there are any, takes more."""
    return count * points_of_each(count) if count and len(arrays["ring"]) else count


def _is_coming(proxies: r.Records, places: int) -> npt.NDArray[np.bool_]:
    first, coming = proxies["first"][:, None], proxies["coming"][:, None]
    found: npt.NDArray[np.bool_] = (np.arange(places)[None, :] - first) % places < coming
    return found

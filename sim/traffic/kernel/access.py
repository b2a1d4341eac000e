"""The kernel's way to its records: an address and a number of bytes, and no array in between.

What every function of the kernel is given is one record, `State`, that holds the addresses of the
others. Arrays themselves would be handed over as seven numbers each, and compiled for minutes.
"""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from sim.traffic.kernel.compiled import inlined
from sim.traffic.kernel.fields import Fields, promise
from sim.traffic.kernel.proxy_records import LEVELS
from sim.traffic.kernel.records import ADDRESSES, MOST_AVOIDED, Records, State, StateRecord

_BYTE, _WORD = ir.IntType(8), ir.IntType(64)
_STATE = Fields("state", StateRecord)


def _find_state(context, address):  # type: ignore[no-untyped-def]
    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.inttoptr(arguments[0], _BYTE.as_pointer())

    return _STATE(types.int64), generate


state_at: Callable[[int], State] = intrinsic(_find_state)


def _way_to(name: str) -> Callable[[State, int], Records]:
    """A function that finds record *n* of the array called *name*."""
    dtype = ADDRESSES[name]
    record = Fields(name, dtype)
    place = StateRecord.fields[name][1]  # type: ignore[index]

    def find(context, state, number):  # type: ignore[no-untyped-def]
        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            field = builder.gep(arguments[0], [ir.Constant(_WORD, place)], inbounds=True)
            address = builder.load(builder.bitcast(field, _BYTE.as_pointer().as_pointer()))
            promise(builder, address, f"state.{name}")
            # Arrays move only while nothing compiled runs.
            address.set_metadata("invariant.load", builder.module.add_metadata([]))
            size = ir.Constant(_WORD, dtype.itemsize)
            return builder.gep(address, [builder.mul(arguments[1], size)], inbounds=True)

        return record(state, types.int64), generate

    way: Callable[[State, int], Records] = intrinsic(find)
    return way


slot_at = _way_to("slot")
pod_at = _way_to("pod")
meter_at = _way_to("meter")
node_at = _way_to("node")
version_at = _way_to("version")
proxy_at = _way_to("proxy")
probe_at = _way_to("probe")
head_at = _way_to("head")
taken_at = _way_to("taken")
listed_at = _way_to("listed")
drawn_time_at = _way_to("drawn_time")
drawn_share_at = _way_to("drawn_share")
drawn_user_at = _way_to("drawn_user")
drawn_proxy_at = _way_to("drawn_proxy")
drawn_choice_at = _way_to("drawn_choice")
piece_at = _way_to("piece")
row_at = _way_to("row")
place_at = _way_to("place")
bin_at = _way_to("bin")
sparse_at = _way_to("sparse_entry")
sent_at = _way_to("sent")
failed_at = _way_to("failed")
exposed_at = _way_to("exposed")
logged_at = _way_to("log")
signal_at = _way_to("signal")
story_at = _way_to("story")
worst_at = _way_to("worst")
doomed_at = _way_to("doomed_slot")
point_at = _way_to("ring")
trip_at = _way_to("trip")
connection_at = _way_to("connection")
idle_at = _way_to("idle")
guard_at = _way_to("guard")
healthy_at = _way_to("healthy")
remembered_at = _way_to("remembered")
_tried_at = _way_to("tried")
_owed_at = _way_to("owed")
_link_at = _way_to("link")
_on_way_at = _way_to("on_way")
_level_at = _way_to("level")
_held_at = _way_to("held")
_list_place_at = _way_to("list_place")
dependency_at = _way_to("dependency")
call_at = _way_to("call")
caller_at = _way_to("caller")
table_at = _way_to("table")
route_at = _way_to("route")
match_at = _way_to("match")
condition_at = _way_to("condition")
destination_at = _way_to("destination")
attribute_at = _way_to("attribute")
value_at = _way_to("value")
endpoint_class_at = _way_to("endpoint_class")
quantile_at = _way_to("quantile")
twin_at = _way_to("twin")
_coming_at = _way_to("coming")
_thread_at = _way_to("thread")


@inlined
def coming_at(s: State, x: int, place: int) -> Records:
    """The list at *place* of those that proxy *x* has heard of and not taken up."""
    return _coming_at(s, x * s.list_places + place)


@inlined
def thread_at(s: State, n: int, place: int) -> Records:
    """The thread at *place* of those that have a core of node *n* to themselves."""
    return _thread_at(s, n * s.bag_places + place)


@inlined
def link_at(s: State, x: int, p: int) -> Records:
    """What proxy *x* knows of pod *p*."""
    return _link_at(s, p * s.proxies + x)


@inlined
def on_way_at(s: State, x: int, p: int) -> Records:
    """What proxy *x* has sent to pod *p* and not heard back from."""
    return _on_way_at(s, x * s.on_way_places + p)


@inlined
def level_at(s: State, x: int, level: int, word: int) -> Records:
    """Of 64 places in the list of proxy *x*, those with so many on their way."""
    return _level_at(s, (x * LEVELS + level) * s.level_words + word)


@inlined
def held_at(s: State, x: int, level: int) -> Records:
    """How many pods in the list of proxy *x* have so many on their way."""
    return _held_at(s, x * LEVELS + level)


@inlined
def list_place_at(s: State, x: int, p: int) -> Records:
    """Where pod *p* is in the list of proxy *x*."""
    return _list_place_at(s, x * s.on_way_places + p)


@inlined
def owed_at(s: State, row: int, p: int) -> Records:
    """What pod *p* is owed by the balancer of that *row* of what proxies know."""
    return _owed_at(s, p * s.owed_rows + row)


@inlined
def tried_at(s: State, e: int, place: int) -> Records:
    """The pod at *place* of those that have failed the attempt in slot *e*."""
    return _tried_at(s, e * MOST_AVOIDED + place)

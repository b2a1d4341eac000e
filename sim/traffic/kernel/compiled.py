"""How the kernel's functions are compiled: four kinds, none of them with fast-math.

Fast-math may reorder sums and fuse products, and the bits would differ from the reference. Nothing
allocates inside (`_nrt=False` saves a reference count at each call), and a division by zero is an
infinity, as IEEE 754 has it (`error_model="numpy"`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numba
from numba import types

from sim.traffic.kernel.doors import Door
from sim.traffic.kernel.parts import PartCompiler

F = TypeVar("F", bound=Callable[..., object])
# Nobody calls these from Python or C: the ways in would take most of the time to compile. What is
# not said about `forceinline` Numba takes from the first caller.
_INNER = {
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": PartCompiler,
}


def inlined(function: F) -> F:
    """A few lines that belong to their caller, of which the loop is put together."""
    made: F = _once(
        numba.njit(error_model="numpy", _nrt=False, forceinline=True, **_INNER)(function)
    )
    return made


def called(function: F) -> F:
    """What happens often where a workload asks for it: the compiler may copy it, or not."""
    made: F = _once(
        numba.njit(error_model="numpy", _nrt=False, forceinline=False, **_INNER)(function)
    )
    return made


def compiled(function: F) -> F:
    """What happens seldom: called, and kept out of the way of what happens often."""
    made = numba.njit(error_model="numpy", _nrt=False, forceinline=False, **_INNER)(function)
    kept: F = _once(made, "noinline", "cold")
    return kept


def entered(*kinds: type) -> Callable[[Callable[..., int]], Door]:
    """A door from Python for arguments of these *kinds*, kept on disk once it is compiled."""
    return lambda function: Door(function, kinds)


def _once(dispatcher: Any, *attributes: str) -> Any:
    """Let it be compiled once, for the widest integers, and not for every width and constant.

    LLVM is told what its *attributes* are.
    """
    for_types = dispatcher.get_call_template

    def for_wide_types(arguments: Sequence[Any], keywords: Any) -> Any:
        widest = tuple(_widest(one) for one in arguments)
        found = for_types(widest, keywords)
        made = dispatcher.overloads[widest]
        for attribute in attributes:
            name = made.fndesc.llvm_func_name
            made.library.get_function(name).add_function_attribute(attribute)
        return found

    dispatcher.get_call_template = for_wide_types
    return dispatcher


def _widest(kind: Any) -> Any:
    kind = types.unliteral(kind)
    return types.int64 if kind is types.boolean or _is_signed(kind) else kind


def _is_signed(kind: Any) -> bool:
    return isinstance(kind, types.Integer) and kind.signed

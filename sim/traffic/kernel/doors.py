"""The kernel's doors from Python: machine code in a file, entered by its address.

Numba's own cache would load half of Numba, and SciPy with it, to enter a function that is compiled
already. Here the object file is kept behind a line with the function's name, and LLVM alone puts it
in place. The function is called as Numba calls it: where to write the result, where to tell of an
error (never: nothing in the kernel raises), and the arguments.
"""

from __future__ import annotations

import ctypes
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba
from numba import _helperlib, types

from sim.traffic.kernel.cache import folder

_IN_C: dict[type, Any] = {int: ctypes.c_int64, float: ctypes.c_double}
_IN_NUMBA = {int: types.int64, float: types.float64}


class Door:
    """*function*, compiled or loaded when it is first called, for arguments of these *kinds*."""

    def __init__(self, function: Callable[..., int], kinds: tuple[type, ...]) -> None:
        self._function = function
        self._kinds = kinds
        self._call: Callable[..., int] | None = None
        self._kept: Any = None  # Whoever owns the machine code.

    def __call__(self, *arguments: float) -> int:
        """Enter, and answer what the function answers."""
        if self._call is None:
            self._call = self._open()
        result = ctypes.c_int64()
        self._call(ctypes.byref(result), None, *arguments)
        return result.value

    def _open(self) -> Callable[..., int]:
        place = folder()
        file = None if place is None else place / f"{self._function.__name__}.o"
        if file is not None and file.is_file():
            name, _, code = file.read_bytes().partition(b"\n")
            address = self._load(name.decode(), code)
        else:
            address = self._compile(file)
        kinds = [_IN_C[kind] for kind in self._kinds]
        # Not CFUNCTYPE: two planes in two threads still take turns.
        call = ctypes.PYFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, *kinds)
        made: Callable[..., int] = call(address)
        return made

    def _load(self, name: str, code: bytes) -> int:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        for helper, address in _helperlib.c_helpers.items():  # type: ignore[attr-defined]
            llvm.add_symbol(f"numba_{helper}", address)
        machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        engine.finalize_object()
        self._kept = engine
        return int(engine.get_function_address(name))

    def _compile(self, file: Path | None) -> int:
        made = numba.njit(
            error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True
        )(self._function)
        signature = tuple(_IN_NUMBA[kind] for kind in self._kinds)
        made.compile(signature)
        self._kept = made.overloads[signature]
        library, name = self._kept.library, self._kept.fndesc.llvm_func_name
        if file is not None:
            _, _, (code, _) = library.serialize_using_object_code()
            with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as kept:
                kept.write(name.encode() + b"\n" + code)
            Path(kept.name).replace(file)
        return int(library.get_pointer_to_function(name))

"""Functions that only others of the kernel call: their machine code is made once, with the whole.

Numba would optimise each of some two hundred functions together with all that it calls, and make
machine code of it that nobody enters. A part is left as it is until the door that it belongs to is
compiled, which takes half the time.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class _Part(JITCodeLibrary):  # type: ignore[misc]
    """The code of one function, to be linked into that of others."""

    @property
    def codegen(self) -> _Part:
        """Who is told about the function's environment, which nothing here needs."""
        return self

    def set_env(self, name: str, environment: object) -> None:
        """Nobody asks for it."""

    def get_pointer_to_function(self, name: str) -> int:
        """There is no machine code."""
        return 0

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_specific(self) -> None:
        pass


class PartCompiler(Compiler):  # type: ignore[misc]
    """Numba's compiler, for a function that is only linked."""

    def __init__(self, typing: Any, target: Any, library: Any, *rest: Any) -> None:
        super().__init__(typing, target, library or _Part(target.codegen(), "part"), *rest)

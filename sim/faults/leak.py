"""Leak: a process's memory grows with time, until the kernel ends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.i18n import Message, message
from sim.model.quantity import quantity
from sim.model.unreadable import Unreadable
from sim.ports import Process
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """*version* grows by *bytes_per_second* from the moment its process serves.

    It ends in an OOM kill at the container's memory limit, or, without one, at the memory of the
    node.
    """

    example: ClassVar[str] = "leak:new:2MiB/s"

    version: str
    bytes_per_second: float

    @classmethod
    def parse(cls, version: str, amount: str) -> Leak:
        """Read an amount like `2MiB/s`. Raise `Unreadable` if it is not bytes per second."""
        size, _, unit = amount.partition("/")
        if unit != "s":
            text = message("{found} is not an amount of memory per second", found=repr(amount))
            raise Unreadable(text, message("such as 2MiB/s"))
        # People write 2MiB; a Kubernetes quantity is 2Mi.
        return cls(version=version, bytes_per_second=quantity(size.removesuffix("B")))

    def inject(self, world: World) -> Process[None]:
        """Leak, beside whatever leaks already, until the fault is taken back."""
        more = self.bytes_per_second
        with world.altered(self.version, leak_bytes_per_second=lambda now: now + more):
            yield world.forever()

    def describe(self) -> Message:
        """What it does, in one line."""
        return message(
            "version {version} leaks {mebibytes} MiB a second until the kernel kills it at its"
            " memory limit, or at the node's memory if it has no limit",
            version=self.version,
            mebibytes=f"{self.bytes_per_second / 2**20:g}",
        )

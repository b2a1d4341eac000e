"""Leak: a process's memory grows with time or with every request, until the kernel ends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.i18n import Message, message
from sim.model.quantity import quantity
from sim.model.unreadable import Unreadable
from sim.ports import Process
from sim.scenario.fault_spec import split_class
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """*version* grows by *bytes_per_second* from the moment its process serves.

    Or by *bytes_per_request* at the end of each (of *endpoint_class*, if that is given). It ends in
    an OOM kill at the container's memory limit, or, without one, at the memory of the node.
    """

    example: ClassVar[str] = "leak:new:2MiB/s"

    version: str
    bytes_per_second: float = 0.0
    bytes_per_request: float = 0.0
    endpoint_class: str = ""  # All requests.

    @classmethod
    def parse(cls, version: str, amount: str) -> Leak:
        """Read an amount like `2MiB/s`, `20KiB/request` or `1MiB/request@upload`.

        Raise `Unreadable` if it is neither.
        """
        told, endpoint_class = split_class(amount)
        size, _, unit = told.partition("/")
        if unit not in ("s", "request") or (endpoint_class and unit == "s"):
            text = message("{found} is not an amount of memory per second", found=repr(amount))
            raise Unreadable(text, message("such as 2MiB/s or 20KiB/request"))
        # People write 2MiB; a Kubernetes quantity is 2Mi.
        found = quantity(size.removesuffix("B"))
        if unit == "s":
            return cls(version=version, bytes_per_second=found)
        return cls(version=version, bytes_per_request=found, endpoint_class=endpoint_class)

    def inject(self, world: World) -> Process[None]:
        """Leak, beside whatever leaks already, until the fault is taken back."""
        by_second, by_request = self.bytes_per_second, self.bytes_per_request
        if by_request:
            of = self.endpoint_class
            each = {"leak_bytes_per_request": lambda now: now + by_request}
            altered = world.altered(self.version, of, **each)
        else:
            altered = world.altered(self.version, leak_bytes_per_second=lambda now: now + by_second)
        with altered:
            yield world.forever()

    def describe(self) -> Message:
        """What it does, in one line."""
        if not self.bytes_per_request:
            return message(
                "version {version} leaks {mebibytes} MiB a second until the kernel kills it at its"
                " memory limit, or at the node's memory if it has no limit",
                version=self.version,
                mebibytes=f"{self.bytes_per_second / 2**20:g}",
            )
        kibibytes = f"{self.bytes_per_request / 2**10:g}"
        if self.endpoint_class:
            return message(
                "version {version} leaks {kibibytes} KiB with each of its {name} requests, until"
                " the kernel kills it",
                version=self.version,
                kibibytes=kibibytes,
                name=self.endpoint_class,
            )
        return message(
            "version {version} leaks {kibibytes} KiB with each request, until the kernel kills it",
            version=self.version,
            kibibytes=kibibytes,
        )

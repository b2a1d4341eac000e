"""Image: the tag that the release names is not in the registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.i18n import Message, message
from sim.model.unreadable import Unreadable
from sim.ports import Process
from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingImage:
    """The image of *version* cannot be pulled."""

    example: ClassVar[str] = "image:new:missing"

    version: str

    @classmethod
    def parse(cls, version: str, amount: str) -> MissingImage:
        """Read the only amount there is, `missing`. Raise `Unreadable` for any other."""
        if amount != "missing":
            raise Unreadable(message("an image is missing or is there"), message("missing"))
        return cls(version=version)

    def inject(self, world: World) -> Process[None]:
        """Let every pull of it fail, until the fault is taken back."""
        with world.altered(self.version, pullable=False):
            yield world.forever()

    def describe(self) -> Message:
        """What it does, in one line."""
        return message("the image of version {version} cannot be pulled", version=self.version)

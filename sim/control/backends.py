"""The backends that proxies know, by number: Services, and subsets of their pods."""

from __future__ import annotations

from collections import defaultdict

from sim.control.store import Key
from sim.model.backend_name import BackendName


class Backends:
    """Numbers in the order in which somebody first asked; 0 is the Service that users know.

    That is the first one that was created.
    """

    def __init__(self) -> None:
        self.main: Key | None = None
        self._numbers: dict[BackendName, int] = {}
        self._of: defaultdict[Key, dict[BackendName, int]] = defaultdict(dict)

    def enter(self, service: Key) -> None:
        """A Service is there; the first one is what users know."""
        if self.main is None:
            self.main = service
            self.number(BackendName(namespace=service[0], service=service[1]))

    def number(self, name: BackendName) -> int:
        """The number of that backend, a new one if it has none."""
        found = self._numbers.get(name)
        if found is None:
            found = self._numbers[name] = len(self._numbers)
            self._of[name.namespace, name.service][name] = found
        return found

    def knows(self, name: BackendName) -> bool:
        """Whether that backend has a number."""
        return name in self._numbers

    def of(self, service: Key) -> dict[BackendName, int]:
        """All backends that are made of the pods of *service*."""
        return self._of.get(service, {})

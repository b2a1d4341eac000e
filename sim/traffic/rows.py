"""The behaviour table: how each version serves requests of each class."""

from __future__ import annotations

from sim.errors import InvariantError
from sim.i18n import message
from sim.model.behaviour import Behaviour
from sim.model.class_rows import rows_by_class


class Rows:
    """Rows by version, for so many *classes* of requests; calls go to so many *dependencies*."""

    def __init__(self, classes: int, dependencies: int) -> None:
        self._classes = max(1, classes)
        self._dependencies = dependencies
        self._versions: dict[int, Behaviour] = {}
        self._rows: dict[int, tuple[Behaviour, ...]] = {}

    def put(self, version: int, behaviour: Behaviour) -> None:
        """*version* behaves so from now on."""
        rows = rows_by_class(behaviour, self._classes)
        for row in (behaviour, *rows):
            self._check_calls(row)
        self._versions[version], self._rows[version] = behaviour, rows

    def of_class(self, version: int, endpoint_class: int) -> Behaviour:
        """How *version* serves requests of that class."""
        return self._rows[version][endpoint_class]

    def __getitem__(self, version: int) -> Behaviour:
        """How *version* behaves, whatever is asked of it. Raise an `InvariantError` if unknown."""
        if version not in self._versions:
            raise InvariantError(message("version {version} has no behaviour", version=version))
        return self._versions[version]

    def _check_calls(self, row: Behaviour) -> None:
        called = [call.dependency for call in row.calls]
        for number in called:
            if not 0 <= number < self._dependencies:
                raise InvariantError(message("there is no dependency {name}", name=number))
        if len(set(called)) < len(called):
            raise InvariantError(message("a request calls each dependency at most once"))

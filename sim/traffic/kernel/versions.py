"""The behaviour table as the control plane has it: a row of each version, and of its classes."""

from __future__ import annotations

from sim.errors import InvariantError
from sim.i18n import message
from sim.model.behaviour import Behaviour
from sim.model.class_rows import rows_by_class
from sim.traffic.kernel.depending import Dependencies
from sim.traffic.kernel.filling import fill_version
from sim.traffic.kernel.storage import Arrays, add_versions, place_of_quantiles


class Versions:
    """The rows in *arrays*; calls go to *dependencies*."""

    def __init__(self, arrays: Arrays, dependencies: Dependencies) -> None:
        self._arrays = arrays
        self._dependencies = dependencies
        self._behaviours: dict[int, Behaviour] = {}

    def put(self, version: int, behaviour: Behaviour) -> None:
        """*version* behaves so from now on."""
        single = self._arrays.single
        rows = (behaviour, *rows_by_class(behaviour, int(single["classes"])))
        for row in rows:
            self._dependencies.check(row.calls)
        if version >= single["versions"]:
            add_versions(self._arrays, 2 * version)
        self._behaviours[version] = behaviour
        for place, row in enumerate(rows):
            calls = self._dependencies.places_of(row.calls)
            quantiles = place_of_quantiles(self._arrays, *row.spread)
            fill_version(self._arrays["version"][place, version], row, calls, quantiles)

    def __getitem__(self, version: int) -> Behaviour:
        """How *version* behaves. Raise an `InvariantError` if it is not known."""
        if version not in self._behaviours:
            raise InvariantError(message("version {version} has no behaviour", version=version))
        return self._behaviours[version]

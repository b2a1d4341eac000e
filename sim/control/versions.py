"""Which pod template is which version, and how each version behaves now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.model.behaviour import Behaviour
from sim.model.feature_flags import without_flag
from sim.model.objects import JsonObject
from sim.model.second import Tracks
from sim.model.template_hash import canonical

FIRST_NAMES = ("old", "new")
_NO_SECOND = Tracks(deployment="")


class Versions:
    """Templates by number: 0 is `old`, 1 is `new`, any further one `v3`, `v4` … as it appears.

    A release that changes nothing (both templates equal) has one version only, `old`. What track
    a pod belongs to makes no difference to what it runs, nor where it reads its feature flag.
    *behaviour_of* is asked once for each version, when it appears; faults alter rows later.
    """

    def __init__(
        self,
        old: JsonObject,
        new: JsonObject,
        behaviour_of: Callable[[str, JsonObject], Behaviour],
        tracks: Tracks = _NO_SECOND,
    ) -> None:
        self._behaviour_of = behaviour_of
        self._tracks = tracks
        self._templates: list[JsonObject] = []
        self._names: list[str] = []
        self._rows: list[Behaviour] = []
        # The number of each template object seen, kept alive so that its id stays its own.
        self._seen: dict[int, tuple[JsonObject, int]] = {}
        self.on_change: Callable[[int, Behaviour], None] | None = None
        self.number(old)
        self.number(new)

    @property
    def names(self) -> Sequence[str]:
        """The names of all versions so far, by number."""
        return tuple(self._names)

    def number(self, template: JsonObject) -> int:
        """The number of the version that *template* is, ignoring its hash label and its track."""
        if (seen := self._seen.get(id(template))) is not None:
            return seen[1]
        plain = canonical(without_flag(self._tracks.plain(template)))
        if plain in self._templates:
            number = self._templates.index(plain)
        else:
            number = self._add(plain, template)
        self._seen[id(template)] = (template, number)
        return number

    def behaviour(self, number: int) -> Behaviour:
        """How version *number* behaves now."""
        return self._rows[number]

    def alter(self, number: int, behaviour: Behaviour) -> None:
        """Let version *number* behave like this from now on."""
        self._rows[number] = behaviour
        self._tell(number)

    def tell_all(self) -> None:
        """Tell *on_change* about every version so far."""
        for number in range(len(self._rows)):
            self._tell(number)

    def _add(self, plain: JsonObject, template: JsonObject) -> int:
        number = len(self._templates)
        name = FIRST_NAMES[number] if number < len(FIRST_NAMES) else f"v{number + 1}"
        self._templates.append(plain)
        self._names.append(name)
        self._rows.append(self._behaviour_of(name, template))
        self._tell(number)
        return number

    def _tell(self, number: int) -> None:
        if self.on_change is not None:
            self.on_change(number, self._rows[number])

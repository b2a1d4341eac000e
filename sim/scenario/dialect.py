"""Two ways to read YAML, scenarios and manifests, and how much of it is read at most."""

from __future__ import annotations

from dataclasses import dataclass

from sim.i18n import Message, message
from sim.scenario import scalars
from sim.scenario.node import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a file is read, and how much of it."""

    name: str
    resolve: scalars.Resolver
    strict: bool  # Duplicate keys and anchors are errors.
    most_bytes: int
    most_lines: int
    most_nodes: int
    most_depth: int
    most_words: int


SCENARIO = Dialect(
    name="scenario",
    resolve=scalars.core,
    strict=True,
    most_bytes=64 * 1024,
    most_lines=5_000,
    most_nodes=2_000,
    most_depth=32,
    most_words=20_000,
)
# A Deployment with all its companions needs a few thousand bytes, and the API server stores no
# object above 1.5 MB; these keep the worst file that passes them below two seconds of reading.
MANIFEST = Dialect(
    name="manifest",
    resolve=scalars.kubectl,
    strict=False,
    most_bytes=1024 * 1024,
    most_lines=40_000,
    most_nodes=10_000,
    most_depth=100,
    most_words=60_000,
)


class Refused(Exception):
    """The guard stopped the reading at *place*; never leaves this room."""

    def __init__(self, place: Place, text: Message, hint: Message | None = None) -> None:
        super().__init__(str(text))
        self.problem = place.problem(text, hint=hint)


def too_deep(dialect: Dialect) -> tuple[Message, Message]:
    """The refusal of a tree that nests too deeply, and what would be right."""
    return (
        message("nested deeper than {most} levels", most=dialect.most_depth),
        message("no Kubernetes object and no scenario needs that"),
    )

"""Everything that can go wrong on purpose, as one tree.

SimError
├── ScenarioError     an input that cannot be used; carries one Problem per mistake
├── QueryError        a query that the monitoring cannot read, or does not answer
├── RolloutError      a command the cluster refuses (undo without history, a paused Deployment …)
├── BackendError      a backend that cannot do what it was asked
│   ├── NotFound      no such object
│   ├── Conflict      the object changed since it was read, or exists already
│   ├── Invalid       the API server would refuse this object
│   ├── Expired       a watch from a version whose changes are not kept any more
│   ├── NotYet        a watch from a version that has not been written yet
│   ├── Forbidden     an admission rule, such as a quota, forbids this request
│   └── TooManyRequests  a disruption budget does not allow this eviction now
└── InvariantError    the simulation broke a promise of its own: a bug, never a result

A rollout that fails is a value (`Phase.DEGRADED`), never an exception.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.i18n import Message, message


class SimError(Exception):
    """Root of everything Seatrial raises itself; *message* can be shown in any language."""

    def __init__(self, message: Message) -> None:
        # `args` is what a copy is made from: by pickle, between processes, and by SimPy's step().
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake (or warning) at one place of one file.

    *line* and *column* count from 1, as editors do; 0 means that the place is not known (a flag,
    say). *hint* says what would be right.
    """

    message: Message
    file: str = ""
    line: int = 0
    column: int = 0
    field: str = ""
    hint: Message | None = None

    @property
    def place(self) -> str:
        """Where it is, as `file:line:column`, as far as that is known."""
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"

    def render(self, language: str = "en") -> str:
        """One line: place, field, what was found, what would be right."""
        parts = [f"{self.place}: "] if self.place else []
        parts += [f"{self.field}: "] if self.field else []
        parts.append(self.message.render(language))
        if self.hint is not None:
            parts.append(message(" ({hint})", hint=self.hint).render(language))
        return "".join(parts)


class ScenarioError(SimError):
    """An input that cannot be used: every mistake found in it, in reading order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(Message("\n".join(problem.render() for problem in self.problems)))
        self.args = (self.problems,)

    def render(self, language: str = "en") -> str:
        """All problems, one a line, in *language*."""
        return "\n".join(problem.render(language) for problem in self.problems)


class QueryError(SimError):
    """A query that the monitoring cannot read or does not answer; it says which part and why."""


class RolloutError(SimError):
    """A command that the cluster refuses, with the reason that kubectl would print."""


class BackendError(SimError):
    """A backend that cannot do what it was asked."""


class NotFound(BackendError):
    """No such object (HTTP 404)."""


class Conflict(BackendError):
    """The object changed since it was read, or exists already (HTTP 409)."""


class Invalid(BackendError):
    """The API server would refuse this object (HTTP 422)."""


class Expired(BackendError):
    """A watch from a version whose changes are not kept any more: list anew (HTTP 410)."""


class NotYet(BackendError):
    """A watch from a version that has not been written yet (HTTP 504)."""


class Forbidden(BackendError):
    """An admission rule, such as a quota, forbids this request (HTTP 403)."""


class TooManyRequests(BackendError):
    """A disruption budget does not allow this eviction now (HTTP 429)."""


class InvariantError(SimError):
    """The simulation broke one of its own promises: a bug in Seatrial, never a result."""

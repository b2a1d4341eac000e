"""A workforce: who carries out the jobs of an experiment, behind `concurrent.futures.Executor`."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sim.errors import Problem, ScenarioError
from sim.experiments.local_workers import LocalWorkers, usable_cores
from sim.i18n import message

LOCAL, DASK = "local", "dask://"
ABREAST_BORROWED = 64  # Nobody says how many workers an executor has.


class Workforce(Protocol):
    """Workers that can be called together."""

    @property
    def abreast(self) -> int:
        """How many jobs to hand over before the first is done."""
        ...

    @property
    def replaceable(self) -> bool:
        """Whether workers that died can be started again."""
        ...

    def open(self) -> AbstractContextManager[Executor]:
        """The executor, as long as the `with` block lasts."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrowed:
    """An executor that somebody else made, and that stays theirs."""

    executor: Executor
    abreast: int = ABREAST_BORROWED
    replaceable: bool = False

    @contextmanager
    def open(self) -> Iterator[Executor]:
        """The executor; it is not shut down afterwards."""
        yield self.executor


@contextmanager
def held_open(workforce: Workforce) -> Iterator[Workforce]:
    """The same workers for several rounds of jobs: *workforce*, opened once."""
    with _Held(workforce) as held:
        yield held


class _Held:
    """Workers that stay between rounds, and are replaced when they broke."""

    def __init__(self, workforce: Workforce) -> None:
        self._workforce = workforce
        self._stack = ExitStack()
        self._executor: Executor | None = None

    @property
    def abreast(self) -> int:
        """How many jobs to hand over before the first is done."""
        return self._workforce.abreast

    @property
    def replaceable(self) -> bool:
        """Whether workers that died can be started again."""
        return self._workforce.replaceable

    @contextmanager
    def open(self) -> Iterator[Executor]:
        """The executor; it is still there after the `with` block, unless it broke."""
        if self._executor is None:
            self._executor = self._stack.enter_context(self._workforce.open())
        try:
            yield self._executor
        except BrokenExecutor:
            self._executor = None
            self._stack.close()
            raise

    def __enter__(self) -> _Held:
        return self

    def __exit__(self, *failure: Any) -> bool | None:
        return self._stack.__exit__(*failure)


def workforce_of(executor: Executor | str | None, workers: int | None, jobs: int) -> Workforce:
    """Who works at *jobs* jobs: an *executor*, one by its name, or else local *workers*."""
    if isinstance(executor, Executor):
        return Borrowed(executor=executor)
    found = workforce_named(executor or LOCAL, workers)
    if isinstance(found, LocalWorkers):
        return LocalWorkers(count=min(found.count, jobs))
    return found


def workforce_named(name: str, workers: int | None = None) -> Workforce:
    """The workforce that `--executor` calls *name*: `local`, or `dask://HOST:PORT`.

    *workers* are local processes, one for each usable core if None. Raise a `ScenarioError` for
    another name, and for *workers* of a cluster, which has its own.
    """
    if name == LOCAL:
        return LocalWorkers(count=usable_cores() if workers is None else workers)
    if name.startswith(DASK) and ":" in name.removeprefix(DASK):
        if workers is not None:
            text = message("--workers is for local processes; {name} has its own", name=name)
            raise ScenarioError([Problem(text)])
        from sim.experiments.dask_workers import DaskWorkers

        return DaskWorkers(address=name)
    text = message("there is no executor {name}", name=repr(name))
    raise ScenarioError([Problem(text, hint=message("local, or dask://HOST:PORT"))])

"""Workers of a Dask cluster, which may stand on many machines: `dask://HOST:PORT`.

Needs the extra `cluster`. Jobs and answers travel as they do between local processes, so a cluster
must be one's own: whoever runs it can run anything here, and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sim.errors import BackendError
from sim.experiments.dask_answers import AnswersOf
from sim.experiments.programs import programs
from sim.i18n import message

CONNECT_SECONDS = 10
ABREAST = 64  # A cluster that grows with its backlog must see one.


@dataclass(frozen=True, slots=True, kw_only=True)
class DaskWorkers:
    """The workers of the scheduler at *address* (`dask://HOST:PORT`).

    The scheduler itself gives the job of a worker that died to another one, three times.
    """

    address: str

    @property
    def abreast(self) -> int:
        """How many jobs to hand over before the first is done."""
        return ABREAST

    @property
    def replaceable(self) -> bool:
        """The scheduler has tried that already."""
        return False

    @contextmanager
    def open(self) -> Iterator[Executor]:
        """The executor. Raise a `BackendError` without a scheduler or with other programs there."""
        client = _client(self.address)
        try:
            _require_same_programs(client, self.address)
            with _failures_in_words(self.address):
                executor = client.get_executor(pure=False)
                try:
                    yield AnswersOf(executor)
                finally:
                    executor.shutdown(wait=False)  # What is under way is cancelled.
        finally:
            client.close()


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as missing:
        text = message("{address} needs dask: pip install 'seatrial[cluster]'", address=address)
        raise BackendError(text) from missing
    try:
        return Client(address.replace("dask://", "tcp://"), timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        text = message("no Dask scheduler answers at {address}", address=address)
        raise BackendError(text) from error


def _require_same_programs(client: Any, address: str) -> None:
    """The same bytes need the same programs; that of the processors is taken on trust."""
    ours = dict(programs())
    try:
        theirs: Mapping[str, Mapping[str, str]] = client.run(programs)
    except ImportError as missing:
        text = message("the workers of {address} have no Seatrial", address=address)
        raise BackendError(text) from missing
    for worker, found in sorted(theirs.items()):
        for name, version in ours.items():
            if found.get(name) != version:
                text = message(
                    "worker {worker} has {name} {theirs}, here it is {ours}; results would not be "
                    "the same bytes",
                    worker=worker,
                    name=name,
                    theirs=found.get(name, "-"),
                    ours=version,
                )
                raise BackendError(text)


@contextmanager
def _failures_in_words(address: str) -> Iterator[None]:
    from distributed import CancelledError, KilledWorker
    from distributed.comm import CommClosedError

    try:
        yield
    except KilledWorker as killed:
        text = message("a job killed every worker of {address} that tried it", address=address)
        raise BackendError(text) from killed
    except (CancelledError, CommClosedError) as lost:
        text = message("the Dask cluster at {address} went away", address=address)
        raise BackendError(text) from lost

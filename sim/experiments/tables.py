"""Tables: a run as columns for Parquet files, and back. `pyarrow` loads when it is needed.

Times are simulated seconds; an end that had not come by the end of the run is null.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import inf, isinf
from typing import TYPE_CHECKING

import numpy as np

from sim.model.causes import Cause
from sim.model.failed import Doing, FailedRequest
from sim.model.latency import middle_of
from sim.model.objects import name_of, namespace_of
from sim.model.run import Change, IntArray, KubeEvent, PodPhase, PodSpan, RequestCounts, Run, Users

if TYPE_CHECKING:
    import pyarrow as pa

_WHOLE = ("request", "user", "attempts", "proxy", "endpoints", "in_flight", "queued")
_CLASS = "class"  # The column with the name of a request's class, where there are classes.
_TIMES = ("meant", "sent", "answered")
NOBODY = -1  # The version of an answer that no pod gave.


def tables_of(run: Run) -> Mapping[str, pa.Table]:
    """Every table of *run* by the name of its file."""
    return {
        "seconds": _seconds(run),
        "latency": _latency(run),
        "users": _users(run),
        "pods": _pods(run.pods),
        "events": _events(run.events),
        "failures": _failures(run),
        "objects": _objects(run.changes),
    }


def _seconds(run: Run) -> pa.Table:
    """Requests of each second by version and cause, whatever their latency."""
    import pyarrow as pa

    counts = run.requests
    keys = np.stack([counts.second, counts.version, counts.cause])
    rows, place = np.unique(keys, axis=1, return_inverse=True)
    requests = np.bincount(place.ravel(), weights=counts.count, minlength=rows.shape[1])
    return pa.table(
        {
            "second": pa.array(rows[0], pa.int64()),
            "version": pa.array(_version_names(run, rows[1]), pa.string()),
            "cause": pa.array([Cause(code).key for code in rows[2].tolist()], pa.string()),
            "requests": pa.array(requests.astype(np.int64), pa.int64()),
        }
    )


def _latency(run: Run) -> pa.Table:
    """The whole table of requests: what `seconds` has, by latency bin."""
    import pyarrow as pa

    counts = run.requests
    of = counts.endpoint_class
    names = None if of is None else [run.classes[number] for number in of.tolist()]
    return pa.table(
        {
            "second": pa.array(counts.second, pa.int64()),
            "version": pa.array(_version_names(run, counts.version), pa.string()),
            "cause": pa.array([Cause(code).key for code in counts.cause.tolist()], pa.string()),
            **({} if names is None else {_CLASS: pa.array(names, pa.string())}),
            "bin": pa.array(counts.bin, pa.int64()),
            "latency_seconds": pa.array(middle_of(counts.bin), pa.float64()),
            "requests": pa.array(counts.count, pa.int64()),
        }
    )


def _version_names(run: Run, numbers: IntArray) -> list[str | None]:
    return [None if number == NOBODY else run.versions[number] for number in numbers.tolist()]


def _users(run: Run) -> pa.Table:
    """Who sent in the window, whether they failed, and which versions answered them."""
    import pyarrow as pa

    users = run.users
    columns = {
        "user": pa.array(users.sent, pa.int64()),
        "failed": pa.array(np.isin(users.sent, users.failed), pa.bool_()),
    }
    for version in sorted(users.exposed):
        met = np.isin(users.sent, users.exposed[version])
        columns[f"exposed_{run.versions[version]}"] = pa.array(met, pa.bool_())
    return pa.table(columns)


def _pods(spans: Sequence[PodSpan]) -> pa.Table:
    import pyarrow as pa

    return pa.table(
        {
            "pod": pa.array([span.pod for span in spans], pa.string()),
            "version": pa.array([span.version for span in spans], pa.int64()),
            "node": pa.array([span.node for span in spans], pa.string()),
            "phase": pa.array([span.phase.value for span in spans], pa.string()),
            "start": pa.array([span.start for span in spans], pa.float64()),
            "end": pa.array([None if isinf(s.end) else s.end for s in spans], pa.float64()),
            "cpu_cores": pa.array([span.cpu_cores for span in spans], pa.float64()),
            "memory_bytes": pa.array([span.memory_bytes for span in spans], pa.float64()),
        }
    )


def _events(events: Sequence[KubeEvent]) -> pa.Table:
    import pyarrow as pa

    return pa.table(
        {
            "time": pa.array([event.time for event in events], pa.float64()),
            "subject": pa.array([event.subject for event in events], pa.string()),
            "reason": pa.array([event.reason for event in events], pa.string()),
            "note": pa.array([event.note for event in events], pa.string()),
        }
    )


def _failures(run: Run) -> pa.Table:
    """The sample of failed requests; a pod or a list that there was not is null."""
    import pyarrow as pa

    found = run.failures
    whole = {name: [getattr(one, name) for one in found] for name in _WHOLE}
    times = {name: [getattr(one, name) for one in found] for name in _TIMES}
    heard = [None if isinf(one.heard) else one.heard for one in found]
    return pa.table(
        {
            **{name: pa.array(column, pa.int64()) for name, column in whole.items()},
            **{name: pa.array(column, pa.float64()) for name, column in times.items()},
            "heard": pa.array(heard, pa.float64()),
            "cause": pa.array([one.cause.key for one in found], pa.string()),
            "version": pa.array(
                _version_names(run, _integers([one.version for one in found])), pa.string()
            ),
            "pod": pa.array([one.pod_name or None for one in found], pa.string()),
            "pod_number": pa.array([one.pod for one in found], pa.int64()),
            "doing": pa.array([one.doing.value for one in found], pa.string()),
            **_class_names(run),
        }
    )


def _class_names(run: Run) -> dict[str, pa.Array]:
    import pyarrow as pa

    names = [run.classes[one.endpoint_class] for one in run.failures] if run.classes else []
    return {_CLASS: pa.array(names, pa.string())} if run.classes else {}


def _objects(changes: Sequence[Change]) -> pa.Table:
    import pyarrow as pa

    objects = [change.object for change in changes]
    return pa.table(
        {
            "time": pa.array([change.time for change in changes], pa.float64()),
            "verb": pa.array([change.verb for change in changes], pa.string()),
            "kind": pa.array([obj["kind"] for obj in objects], pa.string()),
            "namespace": pa.array([namespace_of(obj) for obj in objects], pa.string()),
            "name": pa.array([name_of(obj) for obj in objects], pa.string()),
            "resource_version": pa.array([c.resource_version for c in changes], pa.int64()),
            "object": pa.array([json.dumps(obj, sort_keys=True) for obj in objects], pa.string()),
        }
    )


def requests_from(
    latency: pa.Table, versions: Sequence[str], classes: Sequence[str] = ()
) -> RequestCounts:
    """The requests as they were before they became the table `latency`."""
    numbers: dict[str | None, int] = {name: number for number, name in enumerate(versions)}
    numbers[None] = NOBODY
    causes = {cause.key: int(cause) for cause in Cause}
    column = latency.to_pydict()
    return RequestCounts(
        second=_integers(column["second"]),
        version=_integers([numbers[name] for name in column["version"]]),
        cause=_integers([causes[key] for key in column["cause"]]),
        bin=_integers(column["bin"]),
        count=_integers(column["requests"]),
        endpoint_class=_integers([classes.index(name) for name in column["class"]])
        if classes
        else None,
    )


def users_from(users: pa.Table, versions: Sequence[str]) -> Users:
    """Who sent, failed and was exposed, from the table `users`."""
    column = users.to_pydict()
    sent = _integers(column["user"])
    return Users(
        sent=sent,
        failed=sent[np.array(column["failed"], dtype=bool)],
        exposed={
            number: sent[np.array(column[f"exposed_{name}"], dtype=bool)]
            for number, name in enumerate(versions)
            if f"exposed_{name}" in column
        },
    )


def pods_from(pods: pa.Table) -> tuple[PodSpan, ...]:
    """The spans of the table `pods`."""
    return tuple(
        PodSpan(
            pod=row["pod"],
            version=row["version"],
            node=row["node"],
            phase=PodPhase(row["phase"]),
            start=row["start"],
            end=inf if row["end"] is None else row["end"],
            cpu_cores=row["cpu_cores"],
            memory_bytes=row["memory_bytes"],
        )
        for row in pods.to_pylist()
    )


def events_from(events: pa.Table) -> tuple[KubeEvent, ...]:
    """The Kubernetes Events of the table `events`."""
    return tuple(KubeEvent(**row) for row in events.to_pylist())


def failures_from(
    failures: pa.Table, versions: Sequence[str], classes: Sequence[str]
) -> tuple[FailedRequest, ...]:
    """The sample of the table `failures`; without a column of classes all are of the first."""
    numbers: dict[str | None, int] = {name: number for number, name in enumerate(versions)}
    numbers[None] = NOBODY
    return tuple(
        FailedRequest(
            **{name: row[name] for name in (*_WHOLE, *_TIMES)},
            heard=-inf if row["heard"] is None else row["heard"],
            cause=Cause[row["cause"].upper()],
            version=numbers[row["version"]],
            pod=row["pod_number"],
            pod_name=row["pod"] or "",
            doing=Doing(row["doing"]),
            endpoint_class=classes.index(row[_CLASS]) if row.get(_CLASS) else 0,
        )
        for row in failures.to_pylist()
    )


def changes_from(objects: pa.Table) -> tuple[Change, ...]:
    """Every write to the store, from the table `objects`."""
    return tuple(
        Change(
            time=row["time"],
            verb=row["verb"],
            resource_version=row["resource_version"],
            object=json.loads(row["object"]),
        )
        for row in objects.to_pylist()
    )


def _integers(values: Sequence[int]) -> IntArray:
    return np.array(values, dtype=np.int64)

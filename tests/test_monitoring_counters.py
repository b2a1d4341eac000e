"""What pods and proxies have counted, made from attempts by hand."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from sim.model.attempts import Attempts
from sim.model.causes import Cause
from sim.model.monitoring import BUCKETS
from sim.model.network import ProxyKind
from sim.monitoring.request_counters import RequestCounters

PATIENCE = 5.0


def attempts(*rows):
    """Rows of (pod, version, proxy, cause, seconds)."""
    columns = {one.name: np.zeros(len(rows), np.int64) for one in fields(Attempts)}
    for name, place in (("pod", 0), ("version", 1), ("proxy", 2), ("cause", 3)):
        columns[name] = np.array([int(row[place]) for row in rows])
    columns["sent"] = np.full(len(rows), 10.0)
    columns["answered"] = 10.0 + np.array([row[4] for row in rows])
    return Attempts(**columns)


def counted(proxy, *rows):
    found = RequestCounters(BUCKETS, proxy, PATIENCE)
    for row in rows:  # One by one or together, it is the same.
        found.take(attempts(row))
    together = RequestCounters(BUCKETS, proxy, PATIENCE)
    together.take(attempts(*rows))
    assert found.of_pod(3).requests == together.of_pod(3).requests
    assert found.of_proxy(1).requests == together.of_proxy(1).requests
    return found


@pytest.mark.parametrize(
    ("cause", "seconds", "pod", "nginx", "envoy"),
    [
        (Cause.NONE, 0.1, 200, (200, ""), (200, "-")),
        (Cause.APPLICATION_BUG, 0.1, 500, (500, ""), (500, "-")),
        (Cause.DEPENDENCY_ERROR, 0.1, 500, (500, ""), (500, "-")),
        (Cause.TIMED_OUT_IN_SERVICE, 5.0, 499, (499, ""), (0, "DC")),
        # The rest no process has seen.
        (Cause.TIMED_OUT_WAITING, 5.0, None, (499, ""), (0, "DC")),
        (Cause.QUEUE_FULL, 0.0, None, (502, ""), (503, "UF")),
        (Cause.REFUSED_STARTING, 0.0, None, (502, ""), (503, "UF")),
        (Cause.REFUSED_TERMINATING, 0.0, None, (502, ""), (503, "UF")),
        (Cause.GONE_AT_SIGTERM, 0.1, None, (502, ""), (503, "UC")),
        (Cause.CUT_BY_SIGKILL, 0.1, None, (502, ""), (503, "UC")),
        (Cause.CUT_BY_CRASH_OR_OOM, 0.1, None, (502, ""), (503, "UC")),
        (Cause.IDLE_RESET, 0.0, None, (502, ""), (503, "UC")),
        (Cause.NODE_UNREACHABLE, 2.0, None, (504, ""), (503, "UF")),
        (Cause.NODE_UNREACHABLE, 5.0, None, (499, ""), (0, "DC")),  # The client left first.
        (Cause.NO_ENDPOINT, 0.0, None, (503, ""), (503, "UH")),
        (Cause.NO_ROUTE, 0.0, None, (404, ""), (404, "NR")),
        (Cause.RATE_LIMITED, 0.0, None, (503, ""), (429, "RL")),
        (Cause.POOL_OVERFLOW, 0.0, None, (503, ""), (503, "UO")),
        (Cause.ALL_EJECTED, 0.0, None, (503, ""), (503, "UH")),
    ],
)
def test_a_failure_has_one_code_for_each_who_saw_it(cause, seconds, pod, nginx, envoy):
    row = (3, 1, 1, cause, seconds)
    for kind, expected in ((ProxyKind.INGRESS_NGINX, nginx), (ProxyKind.ISTIO, envoy)):
        found = counted(kind, row, row)
        codes = {answer.code: count for (_, answer), count in found.of_pod(3).requests.items()}
        assert ({pod: 2} if pod else {}) == codes
        assert {(1, expected): 2} == found.of_proxy(1).requests
    assert {} == counted(ProxyKind.KUBE_PROXY, row).of_proxy(1).requests


def test_times_fall_into_the_bucket_whose_bound_they_do_not_exceed():
    found = counted(
        ProxyKind.KUBE_PROXY,
        *((3, 0, 0, Cause.NONE, seconds) for seconds in (0.125, 0.25, 0.3125, 20.0)),
    )
    times = found.of_pod(3).latencies[0]

    assert [0, 0, 0, 0, 0, 2, 3, 3, 3, 3, 3, 4] == times.cumulative
    assert 20.6875 == times.seconds


def test_a_new_process_counts_from_nought_and_its_proxy_goes_on():
    found = counted(ProxyKind.ISTIO, (3, 0, 1, Cause.NONE, 0.1))
    found.restart(3)

    assert {} == found.of_pod(3).requests
    assert 1 == sum(found.of_proxy(1).requests.values())

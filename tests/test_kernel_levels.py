"""The least busy of all pods is found by bits in the kernel; the reference looks at every one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import tiny_traffic
from tiny_traffic import Action, History, plane_of, play, serving

from sim.model.causes import Cause
from sim.ports import DataPlane
from sim.traffic.kernel.proxy_records import LEVELS

PODS = 150  # Three words of bits.


def played(engine: str, rate: float, seconds: float) -> History:
    """Two proxies, whose lists change in mid-run: another order, fewer pods, more than ever."""
    tiny_traffic.use(engine)
    plane = plane_of(
        rate=rate,
        end=30.0,
        pods=PODS,
        proxies=2,
        balancer="least_connections",
        poisson=True,
        behaviour=serving(seconds, concurrency=2, queue_limit=100),
    )
    return play(plane, 60.0, script())


def script() -> Iterator[tuple[float, Action]]:
    """What happens to the lists, and to a pod."""
    backwards = list(range(PODS))[::-1]
    yield 6.0, lambda plane: plane.publish(backwards, [6.0, 7.5])
    yield 10.0, lambda plane: plane.publish(backwards[40:110], [10.0, 10.2])
    yield 14.0, lambda plane: plane.kill(backwards[41], Cause.CUT_BY_SIGKILL)
    yield 18.0, _more


def _more(plane: DataPlane) -> None:
    added = [plane.add_pod(0, float("inf"), "node-1") for _ in range(200)]
    for pod in added:
        plane.set_pod(pod, listening=True)
    plane.publish([*added, *range(PODS)], [18.5, 19.0])


@pytest.mark.parametrize(
    ("rate", "seconds"),
    [
        pytest.param(150.0, 0.4, id="most pods are idle"),
        pytest.param(300.0, 2.0, id="all have some on their way"),
        pytest.param(400.0, 9.0, id=f"most have {LEVELS} or more"),
    ],
)
def test_the_first_of_the_least_busy_is_the_same_pod_for_both(rate, seconds):
    reference, kernel = (played(engine, rate, seconds) for engine in tiny_traffic.ENGINES)

    assert kernel.log == reference.log
    assert len({record.pod for record in kernel.log}) > 60

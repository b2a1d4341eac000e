"""The end of everything that is in flight at a pod, as control has it: a kill, or a lost node."""

from __future__ import annotations

from collections.abc import Callable

from sim.traffic.kernel import deeds, reading
from sim.traffic.kernel.storage import Arrays


def clear(arrays: Arrays, do: Callable[..., int], pod: int) -> int:
    """Nothing is in flight or computed at *pod* now; how many clients still wait.

    Their slots are in `doomed`, in (request, attempt) order.
    """
    doomed, pods = arrays["doomed_slot"], arrays["pod"]
    count = do(deeds.FIND_ALL, pod)
    if pods["serving"][pod]:
        do(deeds.CATCH_UP, int(pods["node"][pod]))
        found = reading.alone(arrays, doomed[:count])
        for computed in arrays["slot"]["computed"][found].tolist():
            pods["spent_seconds"][pod] -= computed - arrays.single["now"]
        do(deeds.DROP_THREADS, pod)
    count = do(deeds.CLEAR, pod, count)
    waiting = doomed[:count]
    waiting[:] = waiting[reading.order(arrays["slot"], waiting)]
    return count

"""Dark pods: new ones whose new code nobody reaches, for they know that its flag is off.

They answer as the old version does, so they are as good as its pods for as long as that lasts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import inf

from sim.model.run import CodePath

Stretch = tuple[float, float]


def dark_stretches(code_paths: Iterable[CodePath]) -> Mapping[str, tuple[Stretch, ...]]:
    """From when to when each pod was dark; the end is infinite where nothing was heard after it.

    Off at 5 s, on at 40 s and off again at 90 s is (5, 40), (90, inf).
    """
    found: defaultdict[str, list[Stretch]] = defaultdict(list)
    for time, pod, serves in code_paths:
        stretches = found[pod]
        is_dark = bool(stretches) and stretches[-1][1] == inf
        if serves and is_dark:
            stretches[-1] = (stretches[-1][0], time)
        elif not serves and not is_dark:
            stretches.append((time, inf))
    return {pod: tuple(stretches) for pod, stretches in found.items()}


def is_dark(stretches: Iterable[Stretch], moment: float) -> bool:
    """Whether a pod with these *stretches* is dark at that *moment*."""
    return any(start <= moment < end for start, end in stretches)

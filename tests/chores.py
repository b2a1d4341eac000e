"""What workers are given to do: small, and quick to load, since each new process loads it anew."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def square_or_die_once(place: Path, seed: int) -> int:
    """Kill its own process at seed 3, unless somebody did that before."""
    if seed == 3 and not (flag := place / "died").exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return seed * seed


def tell_and_dawdle(place: Path, seed: int) -> int:
    """Leave its number where whoever wants to kill it looks, and take a while."""
    (place / f"{os.getpid()}.pid").touch()
    time.sleep(0.3)
    return seed

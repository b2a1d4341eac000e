"""How a drilled way back ended: back, not back, or never begun, for there was nothing to send."""

from __future__ import annotations

from enum import StrEnum

from sim.analysis.rollback_clocks import RollbackClocks
from sim.model.given_up import Why
from sim.model.run import Run


class Ending(StrEnum):
    """What became of one way back; the value is its name in `--json`."""

    BACK = "back"
    NOT_BACK = "notBack"  # It was decided, and the window ended first.
    GAVE_UP = "gaveUp"  # The release had taken itself back before anybody said so.
    NOT_SENT = "notSent"  # The moment never came, so nobody said so.

    @property
    def is_measured(self) -> bool:
        """Whether there was a way back at all, long as it may have been."""
        return self in (Ending.BACK, Ending.NOT_BACK)


def ending_of(run: Run, clocks: RollbackClocks) -> Ending:
    """How the way back in *run* ended."""
    if clocks.decided is None:
        return Ending.NOT_SENT
    given_up, finished = run.given_up, run.finished_at
    by_itself = given_up is not None and given_up.why is not Why.COMMAND
    if by_itself and finished is not None and finished <= clocks.decided:
        return Ending.GAVE_UP
    return Ending.NOT_BACK if clocks.back is None else Ending.BACK

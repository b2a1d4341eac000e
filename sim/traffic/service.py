"""What a request goes through on its worker: it computes, makes its calls, and waits the rest.

Each phase has one pending event, at its end or when the client's patience ends, whichever is first
(if those are one moment, the phase's end). The phases of a request that makes no call are one
phase, and their end one event (FINISH). A request that makes calls has these:

* it computes; at the end (CALL, an event also where there is nothing to compute) it makes its
  first call;
* it waits for the answer, in line and then in a slot, or until its patience with the call is over
  (RETURN); inside that event it makes its next call, or begins to rest;
* it rests (the service time less the computing), and is answered at the end (FINISH).

A call that fails at once, comes back with an error or too late, or is cut off by an outage ends
the request at that moment: the worker answers and is free. Calls go to each dependency at most
once. Which calls a request makes is settled with its price, when a worker takes it. One that hangs
neither computes nor calls, and its one phase never ends.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.model.behaviour import Behaviour
from sim.model.causes import Cause
from sim.traffic.attempt import Attempt
from sim.traffic.clock import Action, Due, Kind
from sim.traffic.pace import Pace
from sim.traffic.surroundings import Surroundings


class Service:
    """Follows the attempts that the workers of one process have.

    *compute* is told what an attempt has to compute and answers by `computed`, if that takes longer
    than it would on a core of its own. *over* hears that the worker is done with an attempt, and
    whether all calls of that went well.

    One whose client gives up in service stays with its worker to the end, and its calls too, for
    a server notices a closed connection only when it writes the answer.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        *,
        compute: Callable[[Attempt, float], None],
        over: Callable[[Attempt, bool], None],
    ) -> None:
        self.pace = Pace(surroundings.clock, surroundings.demands)
        self._clock = surroundings.clock
        self._dependencies = surroundings.dependencies
        self._draws = surroundings.dependencies.draws
        self._answer = surroundings.answer
        self._compute = compute
        self._over = over
        self._actions: dict[Kind, Action] = {
            Kind.CALL: self._computing_ended,
            Kind.RETURN: self._call_ended,
            Kind.FINISH: self._finish,
            Kind.GIVE_UP: self._give_up,
        }

    def begin(self, attempt: Attempt, behaviour: Behaviour) -> None:
        """A worker takes *attempt*; what it will cost is settled here."""
        request = attempt.request
        attempt.calls = ()
        if request.hear is not None:
            computes = seconds = behaviour.probe_seconds
        else:
            seconds = self.pace.seconds(attempt, behaviour)
            hangs = seconds == float("inf")
            computes = 0.0 if hangs else seconds * behaviour.cpu_share
            if behaviour.calls and not hangs:
                attempt.calls = self._draws.made(request.number, behaviour.calls)
        attempt.waits = seconds - computes
        if attempt.calls:
            attempt.phase, attempt.ends = Kind.CALL, self._clock.now + computes
        else:
            attempt.phase, attempt.ends = Kind.FINISH, self._clock.now + seconds
        self._expect_end(attempt)
        if computes > 0.0:
            self._compute(attempt, computes)

    def computed(self, attempt: Attempt, when: float) -> None:
        """The computing for *attempt* ends at *when*, infinite while nobody knows."""
        attempt.ends = when if attempt.phase is Kind.CALL else when + attempt.waits
        self.expect_again(attempt)

    def expect(self, attempt: Attempt, ends: float) -> None:
        """The call of *attempt* ends then, as far as is known."""
        attempt.phase, attempt.ends = Kind.RETURN, ends
        self.expect_again(attempt)

    def failed(self, attempt: Attempt) -> None:
        """The call of *attempt* has failed at this moment."""
        if attempt.pending is not None:
            attempt.pending.withdraw()
            attempt.pending = None
        self._over(attempt, False)

    def _computing_ended(self, due: Due) -> None:
        attempt: Attempt = due.value
        attempt.pending = None
        self._go_on(attempt)

    def _call_ended(self, due: Due) -> None:
        attempt: Attempt = due.value
        attempt.pending = None
        assert attempt.calling is not None, "a call that ends is somewhere"
        if attempt.calling.end(attempt):
            self._go_on(attempt)
        else:
            self._over(attempt, False)

    def _go_on(self, attempt: Attempt) -> None:
        """Make the next call, or rest."""
        if attempt.calls:
            call, attempt.calls = attempt.calls[0], attempt.calls[1:]
            if not self._dependencies[call.dependency].take(attempt, call, self):
                self._over(attempt, False)
        else:
            attempt.phase, attempt.ends = Kind.FINISH, self._clock.now + attempt.waits
            self._expect_end(attempt)

    def _finish(self, due: Due) -> None:
        attempt: Attempt = due.value
        attempt.pending = None
        self._over(attempt, True)

    def _give_up(self, due: Due) -> None:
        attempt: Attempt = due.value
        attempt.abandoned = True
        self._expect_end(attempt)
        self._answer(attempt, Cause.TIMED_OUT_IN_SERVICE)

    def expect_again(self, attempt: Attempt) -> None:
        """When its phase ends, or its client's patience, is another moment now."""
        if attempt.pending is not None:
            attempt.pending.withdraw()
        self._expect_end(attempt)

    def _expect_end(self, attempt: Attempt) -> None:
        """Of its phase, or of its client's patience, whichever is first."""
        if attempt.ends <= attempt.gives_up:
            attempt.pending = self._schedule(attempt, attempt.ends, attempt.phase)
        elif not attempt.abandoned:
            attempt.pending = self._schedule(attempt, attempt.gives_up, Kind.GIVE_UP)
        elif attempt.ends < float("inf"):
            attempt.pending = self._schedule(attempt, attempt.ends, attempt.phase)
        else:
            attempt.pending = None

    def _schedule(self, attempt: Attempt, time: float, kind: Kind) -> Due:
        name = (attempt.request.number, attempt.number, kind)
        return self._clock.schedule_at(time, name, self._actions[kind], attempt)

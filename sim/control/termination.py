"""A graceful stop of one container: preStop, its turn, SIGTERM, the process's own end, SIGKILL.

The order is kubelet's (pkg/kubelet/kuberuntime/kuberuntime_container.go, killContainer); that
endpoints learn of a deletion meanwhile is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.control.clock import Environment
from sim.control.server_process import Process
from sim.model.behaviour import Reaction
from sim.model.termination import grace_left, kill_after


class Stop:
    """One stop, begun now, of a process that runs.

    *hook_seconds* is how long preStop takes; it runs in the grace period. *turn* tells whether
    those that go first are gone (a sidecar waits for the containers it serves), and `look` has it
    asked again. The *reaction* is asked for when SIGTERM comes. The whole grace period counts from
    now on, as the kubelet counts it from the moment it begins to kill.
    """

    def __init__(
        self,
        env: Environment,
        process: Process,
        *,
        grace_seconds: float,
        hook_seconds: float,
        reaction: Callable[[], Reaction],
        turn: Callable[[], bool] | None = None,
    ) -> None:
        self._env = env
        self._process = process
        self._reaction = reaction
        self._turn = turn
        self._left = grace_seconds
        self._start = process.starts
        self._began = env.now
        self._stage = 0  # 1: waiting for its turn, 2: SIGTERM sent.
        self._deadline = 0.0
        spent = min(hook_seconds, grace_seconds)
        if spent > 0.0:
            env.call_at(env.now + spent, self._after_hook)
        else:
            self._after_hook()

    def look(self) -> None:
        """Somebody else has ended: perhaps it is this one's turn."""
        if self._stage == 1 and self._runs() and (self._turn is None or self._turn()):
            self._sigterm()

    def shorten(self, grace_seconds: float) -> None:
        """A second deletion grants less: what is left is at most *grace_seconds* from now."""
        self._left = min(self._left, grace_seconds)
        if self._stage == 0:
            self._env.call_at(self._env.now + self._left, self._after_hook)
        elif self._stage == 1:
            self._began = self._env.now
            self._env.call_at(self._env.now + self._left, self._out_of_turn)
        else:
            self._kill_at(min(self._deadline, self._env.now + kill_after(grace_seconds)))

    def _after_hook(self) -> None:
        if self._stage or not self._runs():
            return
        self._stage = 1
        self._left = grace_left(self._left, self._env.now - self._began)
        if self._turn is None or self._turn():
            self._sigterm()
        else:
            self._began = self._env.now
            self._env.call_at(self._env.now + self._left, self._out_of_turn)

    def _out_of_turn(self) -> None:
        if self._stage == 1 and self._runs():
            self._sigterm()

    def _sigterm(self) -> None:
        if self._turn is not None:
            self._left = grace_left(self._left, self._env.now - self._began)
        self._stage = 2
        self._process.sigterm(self._reaction())
        if self._process.alive:
            self._kill_at(self._env.now + kill_after(self._left))

    def _kill_at(self, time: float) -> None:
        self._deadline = time
        self._env.call_at(time, lambda: self._kill(time))

    def _kill(self, time: float) -> None:
        if self._deadline == time and self._runs():
            self._process.sigkill()

    def _runs(self) -> bool:
        """Whether what is being stopped still runs, and not its successor."""
        return self._process.alive and self._process.starts == self._start

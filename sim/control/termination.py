"""A graceful stop: preStop, SIGTERM, the process's own reaction, SIGKILL.

The order is kubelet's (pkg/kubelet/kuberuntime/kuberuntime_container.go, killContainer); that
endpoints learn of a deletion meanwhile is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.control.clock import Environment
from sim.control.server_process import ServerProcess
from sim.control.waiting import Steps, Waiting
from sim.model.behaviour import Reaction
from sim.model.termination import PreStop, stop_plan


def stop(
    env: Environment,
    waiting: Waiting,
    process: ServerProcess,
    *,
    grace_seconds: float,
    hook: PreStop,
    reaction: Callable[[], Reaction],
) -> Steps:
    """Stop *process*; ends when it has ended, at SIGKILL at the latest.

    The *reaction* is asked for when SIGTERM comes. The whole grace period counts from now on, as
    the kubelet counts it from the moment it begins to kill.
    """
    plan = stop_plan(grace_seconds, hook.seconds)
    began = env.now
    yield from waiting.until(lambda: process.ended, began + plan.sigterm_seconds)
    process.sigterm(reaction())
    yield from waiting.until(lambda: process.ended, began + plan.sigkill_seconds)
    process.sigkill()

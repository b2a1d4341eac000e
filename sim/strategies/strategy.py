"""What every strategy can be asked: to release, to go back, and what it runs with."""

from __future__ import annotations

from typing import Protocol

from sim.cluster import Cluster
from sim.model.objects import JsonObject
from sim.model.run import Phase, Setting
from sim.ports import Process

ARGO = "Argo Rollouts default (utils/defaults/defaults.go)"


class Strategy(Protocol):
    """A way to release, as somebody would do it who knows the runbook.

    Its fields are its settings; made without any it has stated defaults. All that it must remember
    is in the cluster's objects: killed and started again, it goes on where it was.
    """

    def roll_out(self, cluster: Cluster, template: JsonObject) -> Process[Phase]:
        """Release *template*: Healthy when it is done, Degraded when it was given up."""
        ...

    def go_back(self, cluster: Cluster) -> Process[Phase]:
        """Undo the release, as far as it has come: the pods of before get all requests again."""
        ...

    def planned_seconds(self) -> float:
        """How long it waits on purpose, whatever the pods do."""
        ...

    def settings(self, deployment: JsonObject, written: JsonObject) -> tuple[Setting, ...]:
        """What it runs with on *deployment*, and which of it the manifest as *written* says."""
        ...

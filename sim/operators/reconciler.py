"""A GitOps reconciler with self-heal: whatever differs from Git is written back in seconds.

So a manual undo lasts as long as it takes to notice it (argoproj/argo-cd#15588). The way back is a
commit; here Git holds the release from its first write on, and nobody commits.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.deed import DeedKind
from sim.model.objects import JsonObject
from sim.model.template_hash import canonical
from sim.operators.duty import Duty
from sim.ports import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """Writes the release's template back *self_heal_seconds* after another was seen.

    It watches the released Deployment from the moment at which that had the template that Git has;
    tracks that a strategy adds beside it are not in Git.
    """

    self_heal_seconds: float = 5.0

    def watch(self, duty: Duty) -> Process[None]:
        """Wait for a difference, wait a little, write it back; for ever."""
        wanted = canonical(duty.template)

        def is_synced() -> bool:
            return canonical(_template(duty)) == wanted

        yield duty.clock.until(is_synced)
        while True:
            yield duty.clock.until(lambda: not is_synced())
            yield duty.clock.sleep(self.self_heal_seconds)
            if not is_synced():
                duty.cluster.release(duty.template)
                duty.say(DeedKind.REVERTED)


def _template(duty: Duty) -> JsonObject:
    found: JsonObject = duty.cluster.deployment()["spec"]["template"]
    return found

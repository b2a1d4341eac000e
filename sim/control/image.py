"""The image of one container: there, pulled, or not to be had.

(kubernetes/kubernetes pkg/kubelet/images/image_manager.go, EnsureImageExists)
"""

from __future__ import annotations

from collections.abc import Callable

from sim.control.blueprint import ContainerBlueprint
from sim.control.host import Host
from sim.model.backoff import FIRST_SECONDS, MOST_SECONDS
from sim.model.pod_status import ContainerState


class ImagePull:
    """Gets the image onto the node and then calls *start*; tries again for ever if it must.

    A pull that fails waits 10 s, 20 s, 40 s … and 300 s at most before the next.
    """

    def __init__(
        self,
        host: Host,
        plan: ContainerBlueprint,
        state: ContainerState,
        start: Callable[[], None],
    ) -> None:
        self._host = host
        self._state = state
        self._start = start
        self._image = plan.image
        self._policy = plan.pull_policy
        self._wait = 0.0

    def begin(self) -> None:
        """Look for the image, and fetch it if the pull policy says so."""
        host, machine = self._host, self._host.machine
        if host.deleted():
            return
        here = machine.has(self._image)
        if self._policy == "Never" and not here:
            note = f'Container image "{self._image}" is not present with pull policy of Never'
            host.emit("ErrImageNeverPull", note)
            self._state.wait("ErrImageNeverPull", note)
            host.publish()
            return
        if here and self._policy != "Always":
            host.emit("Pulled", f'Container image "{self._image}" already present on machine')
            self._start()
            return
        host.emit("Pulling", f'Pulling image "{self._image}"')
        if host.behaviour().pullable:
            due = machine.pulled_at(self._image)
            host.later(due, self._pulled)
        else:
            host.later(machine.refused_at(), self._failed)

    def _pulled(self) -> None:
        if not self._host.deleted():
            self._wait = 0.0
            self._host.emit("Pulled", f'Successfully pulled image "{self._image}"')
            self._start()

    def _failed(self) -> None:
        host = self._host
        if host.deleted():
            return
        note = f'failed to pull and unpack image "{self._image}": not found'
        host.emit("Failed", f'Failed to pull image "{self._image}": {note}')
        host.emit("Failed", "Error: ErrImagePull")
        self._state.wait("ErrImagePull", note)
        host.publish()
        now = host.env.now
        self._wait = min(2 * self._wait, MOST_SECONDS) if self._wait else FIRST_SECONDS
        host.later(now + self._wait, self.begin)
        host.later(min(host.machine.next_relist(), now + self._wait), self._back_off)

    def _back_off(self) -> None:
        """The next sync of the pod finds that it has to wait."""
        if self._host.deleted() or self._wait == 0.0:
            return
        note = f'Back-off pulling image "{self._image}"'
        self._host.emit("BackOff", note)
        self._host.emit("Failed", "Error: ImagePullBackOff")
        self._state.wait("ImagePullBackOff", note)
        self._host.publish()

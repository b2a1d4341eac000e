"""A connection: from a user, or from a proxy, to one process in a pod."""

from __future__ import annotations


class Connection:
    """A connection to the process number *process* of *pod*, which has *served* so many requests.

    *idle_since* is when its last answer came; *opened* when it was made.
    """

    __slots__ = ("idle_since", "opened", "pod", "process", "served")

    def __init__(self, pod: int, process: int, opened: float) -> None:
        self.pod = pod
        self.process = process
        self.opened = opened
        self.served = 0
        self.idle_since = opened

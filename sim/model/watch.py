"""Where a watch begins: among the changes that are kept, or with a refusal.

(kubernetes/apiserver pkg/storage/cacher/watch_cache.go, pkg/storage/errors.go)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from sim.errors import Expired, NotYet
from sim.i18n import Message
from sim.model.run import Change


def place_after(changes: Sequence[Change], version: int) -> int:
    """Where in *changes*, which are in order, those after *version* begin."""
    return bisect_right(changes, version, key=_version_of)


def require_kept(since: int, *, forgotten: int, current: int) -> None:
    """A watch can go on from *since*: no change after it is forgotten, and it has been written.

    The refusals are in the API server's own words.
    """
    if since < forgotten:
        raise Expired(Message(f"too old resource version: {since} ({forgotten})"))
    if since > current:
        text = f"Too large resource version: {since}, current: {current}"
        raise NotYet(Message(text))


def _version_of(change: Change) -> int:
    return change.resource_version

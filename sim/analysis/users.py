"""Users: who was hurt, who was hurt by this release, and who met the new version."""

from __future__ import annotations

import numpy as np

from sim.model.run import Run

NEW_VERSION = 1  # `Run.versions` begins with old and new.


def users_hurt(run: Run) -> int:
    """Distinct users with a failed request in the window."""
    return int(run.users.failed.size)


def users_exposed(run: Run) -> int:
    """Distinct users that the new version answered, rightly or not."""
    exposed = run.users.exposed.get(NEW_VERSION)
    return 0 if exposed is None else int(exposed.size)


def users_of_both(run: Run) -> int | None:
    """Distinct users that more than one version answered; None without a release."""
    if run.strategy is None:
        return None
    met = [users for users in run.users.exposed.values() if users.size]
    if not met:
        return 0
    _, times = np.unique(np.concatenate(met), return_counts=True)
    return int((times > 1).sum())


def blast_radius(run: Run, no_release: Run) -> float | None:
    """Share of the users who sent in the window that failed here and not without the release.

    Both runs have the same draws, so the same users send the same requests. None if nobody sent.
    """
    if run.users.sent.size == 0:
        return None
    by_release = np.setdiff1d(run.users.failed, no_release.users.failed, assume_unique=True)
    return float(by_release.size / run.users.sent.size)

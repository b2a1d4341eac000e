"""What the server does before anybody comes: the very work that first visitors ask for."""

from __future__ import annotations

import psutil
import pytest
from test_app import page, registry, small_order, started, surroundings, until, work_of

from sim.interfaces.app.prepared import usual_works
from sim.interfaces.app.work import server, shelf
from sim.interfaces.app.work.job import AHEAD_NICENESS, AWAITED_NICENESS
from sim.interfaces.app.work.jobs import Job, Jobs
from sim.interfaces.app.work.server import jobs

__all__ = ["registry", "surroundings"]


def test_what_a_first_visitor_of_each_page_waits_for_was_begun_when_the_server_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    """Each page asks for nothing but what is prepared, so that it finds it or follows it."""
    monkeypatch.setenv(shelf.PLACE, str(tmp_path))
    jobs.clear()  # Nor has another test's server done anything.
    server._parsed.cache_clear()  # Another test's server has results in memory.
    prepared = {work.name for work in usual_works()}
    begun: dict[str, str] = {}
    for name in ("start", "compare", "run", "way-back", "what-if"):
        before = set(jobs())
        page("en", name)
        begun |= {job.work.name: name for job in set(jobs()) - before if job.work.task != "read"}
        for job in jobs():
            job.cancel()
    jobs.clear()  # Nobody else is to find them cancelled.

    assert prepared == set(begun), begun


def test_what_is_done_ahead_gives_way_to_what_somebody_waits_for(registry: Jobs) -> None:
    """In the scheduler's eyes; and it takes nobody's place among those that may run at once."""
    own = psutil.Process().nice()

    def niceness(job: Job) -> int:
        until(lambda: job.total > 0)  # It has been told by then.
        return psutil.Process(job._process.pid).nice() - own

    ahead = registry.start(work_of(small_order(runs=502)), seconds=600.0, ahead=True)
    assert ahead is not None
    assert niceness(ahead) == AHEAD_NICENESS
    assert niceness(started(registry, small_order(runs=500))) == AWAITED_NICENESS
    assert not started(registry, small_order(runs=501)).waits
    assert started(registry, small_order(runs=503)).waits

"""What to mind before one trusts what was found in a recording."""

from __future__ import annotations

from collections.abc import Iterator

from sim.fitting.fitted import LONGEST_VISIT_SECONDS, MOST_POPULATION, Fit
from sim.fitting.pods import PodTimes
from sim.i18n import Message, message
from sim.model.duration import show_duration

_UNLIKELY = 1e-3
_FAR = 0.1  # A distance between distributions from which on a picture shows it.
_FEW = 100


def doubts(fit: Fit | None, pods: PodTimes | None) -> Iterator[Message]:
    """What keeps a fit, or what was found of *pods*, from being the truth."""
    if pods is not None:
        yield from _about_pods(pods)
    if fit is not None:
        yield from _about_traffic(fit)


def _about_traffic(fit: Fit) -> Iterator[Message]:
    if fit.unread:
        yield message(
            "{count} lines could not be read, the first of them line {line}",
            count=f"{fit.unread:,}",
            line=fit.first_unread,
        )
    if fit.stretch.counts.sum() < _FEW:
        yield message(
            "only {count} requests in the chosen stretch: its rates are mostly chance",
            count=round(float(fit.stretch.counts.sum())),
        )
    if fit.visits is None:
        yield from _about_counts(fit)
    else:
        yield from _about_visits(fit)


def _about_counts(fit: Fit) -> Iterator[Message]:
    found = fit.dispersion
    if found is not None and found.p < _UNLIKELY:
        yield message(
            "the counts vary {index} times as much as a Poisson process of one rate; the curve "
            "follows them step by step, but not what happens inside a step",
            index=f"{found.index:.3g}",
        )


def _about_visits(fit: Fit) -> Iterator[Message]:
    visits = fit.visits
    assert visits is not None
    if fit.bots:
        yield message(
            "{share} % of the requests come from crawlers, which are in the fit",
            share=f"{100 * fit.bots / fit.requests:.1f}",
        )
    if fit.population >= MOST_POPULATION:
        yield message("no user came twice: how many there are cannot be told from this log")
    if fit.visit_dispersion is not None and fit.visit_dispersion.p < _UNLIKELY:
        yield message(
            "visits begin {index} times as unevenly as a Poisson process: the log has bursts, "
            "gaps, or is a part of another one",
            index=f"{fit.visit_dispersion.index:.3g}",
        )
    if fit.sizes_distance > _FAR:
        yield message(
            "requests of a visit are not geometric (distance {distance}): some users make many "
            "more than others",
            distance=f"{fit.sizes_distance:.2f}",
        )
    if fit.pauses_distance > _FAR:
        yield message(
            "pauses are not exponential (distance {distance}): pages ask for several files at once",
            distance=f"{fit.pauses_distance:.2f}",
        )
    longest = visits.requests * visits.think_seconds
    if longest > LONGEST_VISIT_SECONDS:
        yield message(
            "visits of {found} on average are longer than a scenario may have; a shorter --gap "
            "ends them sooner",
            found=show_duration(round(longest)),
        )
    yield message("users are told apart by address and user agent: a company may look like one")


def _about_pods(pods: PodTimes) -> Iterator[Message]:
    yield message("times in Kubernetes' objects are whole seconds")
    if pods.startup is None:
        yield message("no pod tells when it became ready after its first start")
    if pods.killed:
        yield message(
            "{count} containers were killed at the end of their grace period", count=pods.killed
        )

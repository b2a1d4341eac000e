"""What a recording says, in words: one line for each thing that was found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sim.fitting.fitted import Fit
from sim.fitting.pods import PodTimes, Times
from sim.i18n import translate
from sim.model.duration import show_duration

NOTHING = "–"
Lines = tuple[tuple[str, str], ...]


def told(fit: Fit | None, pods: PodTimes | None, language: str) -> tuple[str, Lines]:
    """What the values are, and a (name, value) for each thing that was found."""
    if pods is not None:
        heading = translate(language, "seconds: median (least to most, how many)")
        return heading, tuple(_of_pods(pods, language))
    assert fit is not None
    return translate(language, "recorded"), tuple(_of_traffic(fit, language))


def _of_traffic(fit: Fit, language: str) -> Iterator[tuple[str, str]]:
    rates = fit.stretch.rates
    yield translate(language, "requests"), f"{fit.requests:,.0f}"
    yield translate(language, "requests per second, all of it"), f"{fit.mean_rate:.3g}"
    if fit.visits is not None:
        begins = datetime.fromtimestamp(fit.stretch.start, UTC).strftime("%Y-%m-%d %H:%M")
        yield translate(language, "the stretch begins (UTC)"), begins
    length = show_duration(round(fit.stretch.length_seconds))
    yield translate(language, "the stretch is as long as"), length
    yield translate(language, "requests per second in it"), f"{rates.mean():.3g}"
    yield translate(language, "in its busiest step"), f"{rates.max():.3g}"
    if fit.visits is not None:
        yield from _of_visits(fit, language)
    for name, share in fit.classes:
        yield translate(language, "class {name} (% of requests)", name=name), f"{100 * share:.1f}"


def _of_visits(fit: Fit, language: str) -> Iterator[tuple[str, str]]:
    visits = fit.visits
    assert visits is not None
    yield translate(language, "distinct clients"), f"{fit.distinct:,}"
    yield translate(language, "users who come back at random"), f"{fit.population:,.0f}"
    yield translate(language, "visits"), f"{visits.count:,}"
    yield translate(language, "requests of a visit, on average"), f"{visits.requests:.3g}"
    yield translate(language, "seconds between them, on average"), f"{visits.think_seconds:.3g}"


def _of_pods(pods: PodTimes, language: str) -> Iterator[tuple[str, str]]:
    yield translate(language, "created to scheduled"), _times(pods.scheduled, language)
    yield translate(language, "image pulled"), _times(pods.pull, language)
    yield translate(language, "containers started to ready"), _times(pods.ready, language)
    yield (
        translate(language, "the same without the wait for a probe"),
        _times(pods.startup, language),
    )
    yield translate(language, "asked to go to gone"), _times(pods.drain, language)


def _times(found: Times | None, language: str) -> str:
    if found is None:
        return NOTHING
    return translate(
        language,
        "{median} ({low} to {high}, {count})",
        median=f"{found.median:.3g}",
        low=f"{found.low:.3g}",
        high=f"{found.high:.3g}",
        count=found.count,
    )

"""Any recording: what it is, what it says, and what to mind before one trusts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.errors import Problem, ScenarioError
from sim.fitting.access_log import read_log
from sim.fitting.arrivals import Dispersion
from sim.fitting.document import document
from sim.fitting.fitted import LONGEST_VISIT_SECONDS, MOST_POPULATION, Fit, fit_counts, fit_log
from sim.fitting.pods import PodTimes, read_pods
from sim.i18n import Message, message
from sim.model.duration import duration, show_duration
from sim.model.unreadable import Unreadable
from sim.scenario.recording import read_recording
from sim.scenario.source import read_bytes

MOST_STEPS = 240
_HEAD = 4096
_UNLIKELY = 1e-3
_FAR = 0.1  # A distance between distributions from which on a picture shows it.
_FEW = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Which part of a recording is wanted; seconds, *at* since 1970 or None for the busiest."""

    at: float | None
    length: float
    step: float
    gap: float

    @classmethod
    def of(cls, *, at: str | None, length: str, step: str, gap: str) -> Wishes:
        """As they were written. Raise a `ScenarioError` that names the flag."""
        wishes = cls(
            at=None if at is None else _moment(at),
            length=_seconds("--for", length),
            step=_seconds("--step", step),
            gap=_seconds("--gap", gap),
        )
        if wishes.length > MOST_STEPS * wishes.step:
            raise _wrong(
                "--step",
                message("{found} steps are too many", found=round(wishes.length / wishes.step)),
                message("at most {most}: a longer --step or a shorter --for", most=MOST_STEPS),
            )
        if wishes.gap > 2 * LONGEST_VISIT_SECONDS:
            raise _wrong("--gap", message("at most {most}", most="30m"))
        return wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recording at *file* and what was found in it: a *fit* of its traffic, or *pods*."""

    file: str
    fit: Fit | None
    pods: PodTimes | None
    warnings: tuple[Problem, ...]
    document: str

    def to_json(self) -> dict[str, Any]:
        """What was found, under stable names."""
        if self.pods is not None:
            return {"recording": self.file, "pods": asdict(self.pods)}
        fit = self.fit
        assert fit is not None
        visits = fit.visits
        return {
            "recording": self.file,
            "requests": fit.requests,
            "meanRate": fit.mean_rate,
            "traffic": {
                "start": fit.stretch.start,
                "stepSeconds": fit.stretch.step_seconds,
                "rates": fit.stretch.rates.tolist(),
            },
            "dispersion": _or_none(fit.dispersion),
            "visits": None
            if visits is None
            else {
                "count": visits.count,
                "requests": visits.requests,
                "thinkSeconds": visits.think_seconds,
                "sizesDistance": fit.sizes_distance,
                "pausesDistance": fit.pauses_distance,
                "dispersion": _or_none(fit.visit_dispersion),
            },
            "distinctClients": fit.distinct,
            "population": fit.population,
            "classes": dict(fit.classes),
        }


def _or_none(found: Dispersion | None) -> dict[str, Any] | None:
    return None if found is None else asdict(found)


def read(file: str, wishes: Wishes) -> Recording:
    """The recording at *file*, of whatever kind it is. Raise `ScenarioError` if it is of none."""
    path = Path(file)
    head = read_bytes(path, file, _HEAD)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    pods: PodTimes | None = None
    found: Fit | None = None
    if start.startswith((b"{", b"[")):
        pods = read_pods(path, file)
    elif start.startswith(b"timestamp"):
        if wishes.at is not None:
            raise _wrong("--at", message("only an access log knows single moments"))
        found = fit_counts(read_recording(path, file), at=None, length=wishes.length)
    else:
        log = read_log(path, file)
        found = fit_log(
            log, at=wishes.at, length=wishes.length, step=wishes.step, gap_seconds=wishes.gap
        )
    said = _about_pods(pods) if pods is not None else _about(found)
    warnings = tuple(Problem(text, file) for text in said)
    text = document(found or pods, Path(file).name)  # type: ignore[arg-type]
    return Recording(file=file, fit=found, pods=pods, warnings=warnings, document=text)


def _about(fit: Fit | None) -> Iterator[Message]:
    """What keeps a fit from being the truth."""
    assert fit is not None
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


def _moment(text: str) -> float:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(
            "--at",
            message("{found} is not a time", found=repr(text[:40])),
            message("such as 2024-05-01 12:00:00, or seconds"),
        ) from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _seconds(flag: str, text: str) -> float:
    try:
        found = duration(text)
    except Unreadable as error:
        raise _wrong(flag, error.message, error.hint) from None
    if found < 1:
        raise _wrong(flag, message("at least {least} s", least=1))
    return found


def _wrong(flag: str, text: Message, hint: Message | None = None) -> ScenarioError:
    return ScenarioError([Problem(text, flag, hint=hint)])

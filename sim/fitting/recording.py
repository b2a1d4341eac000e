"""Any recording: what it is, what it says, and what to mind before one trusts it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.notebook_table import Line, notebook_block, notebook_lines, notebook_table
from sim.errors import Problem, ScenarioError
from sim.fitting.access_log import read_log
from sim.fitting.arrivals import Dispersion
from sim.fitting.document import document
from sim.fitting.doubts import doubts
from sim.fitting.fitted import LONGEST_VISIT_SECONDS, Fit, fit_counts, fit_log
from sim.fitting.pods import PodTimes, read_pods
from sim.fitting.told import told
from sim.i18n import Message, message, preferred_language
from sim.model.duration import duration
from sim.model.unreadable import Unreadable
from sim.scenario.recording import read_recording
from sim.scenario.source import read_bytes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Picture

MOST_STEPS = 240
_HEAD = 4096
_JSON = re.compile(rb"\{|\[\s*[{\]]")  # A log of Envoy's begins with a bracket too.
_JSON_LINES = re.compile(rb"\{.*\}\r?\n\s*\{")  # A whole object on a line, and another below.


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

    def frame(self) -> pd.DataFrame:
        """What was found, one value a row: fact (its path in `--json`), value."""
        import pandas as pd

        rows = [row for row in _flat(self.to_json(), "") if row[0] != "recording"]
        return pd.DataFrame(rows, columns=["fact", "value"]).astype({"value": float})

    def curve(self) -> pd.DataFrame:
        """The traffic to try a release on, one step a row: second, rate (requests per second).

        Empty for what tells of pods.
        """
        import pandas as pd

        steps = () if self.fit is None else enumerate(self.fit.stretch.rates.tolist())
        length = 0.0 if self.fit is None else self.fit.stretch.step_seconds
        rows = [(step * length, rate) for step, rate in steps]
        return pd.DataFrame(rows, columns=["second", "rate"]).astype(float)

    def draw(self, language: str = "en") -> Picture | None:
        """How well it fits; None for what tells of pods."""
        from sim.fitting.picture import draw

        return None if self.fit is None else draw(self.fit, language)

    def _repr_html_(self) -> str:
        """What a notebook shows, in the language that the environment asks for."""
        language = preferred_language()
        heading, rows = told(self.fit, self.pods, language)
        lines = [Line(cells=cells) for cells in rows]
        title = message("What to mind")
        table = notebook_table("", ("", heading), lines, language, numbers=(1,))
        said = [problem.message for problem in self.warnings]
        notes = notebook_lines([title, *said] if said else [], language)
        return notebook_block(message("What {file} says", file=self.file), [table, notes], language)

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


def _flat(found: object, path: str) -> Iterator[tuple[str, object]]:
    """Every single value in *found* by its path; lists and what is not known are left out."""
    if isinstance(found, Mapping):
        for name, value in found.items():
            yield from _flat(value, f"{path}.{name}" if path else str(name))
    elif found is not None and not isinstance(found, list):
        yield path, found


def _or_none(found: Dispersion | None) -> dict[str, Any] | None:
    return None if found is None else asdict(found)


def read(file: str, wishes: Wishes) -> Recording:
    """The recording at *file*, of whatever kind it is. Raise `ScenarioError` if it is of none."""
    path = Path(file)
    head = read_bytes(path, file, _HEAD)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    pods: PodTimes | None = None
    found: Fit | None = None
    if _JSON_LINES.match(start):
        raise ScenarioError([_json_lines(file)])
    if _JSON.match(start):
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
    warnings = tuple(Problem(text, file) for text in doubts(found, pods))
    text = document(found or pods, Path(file).name)  # type: ignore[arg-type]
    return Recording(file=file, fit=found, pods=pods, warnings=warnings, document=text)


def _json_lines(file: str) -> Problem:
    text = message("these are JSON lines, which are not read as an access log")
    hint = message('the common or combined format: host - - [time] "GET / HTTP/1.1" 200 512')
    return Problem(text, file, 1, 1, hint=hint)


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

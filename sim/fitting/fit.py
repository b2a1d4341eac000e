"""From one's own recording to a behaviour file, as Python asks for it."""

from __future__ import annotations

from pathlib import Path

from sim.fitting.recording import Recording, Wishes, read


def fit(
    recording: str | Path,
    *,
    out: str | Path | None = None,
    at: str | None = None,
    for_: str = "1h",
    step: str = "1m",
    gap: str = "30m",
) -> Recording:
    """What *recording* says about traffic, users and pods.

    It is an access log (common or combined format, also gzipped), a CSV file with the columns
    timestamp,value, or what `kubectl get pods,events -o json` printed. The traffic to try a release
    on begins *at* a time (by default where it is busiest) and lasts *for_* so long; its rate may
    change every *step*, and a pause of a user beyond *gap* ends a visit. The behaviour file goes
    to *out*, to be named beside a scenario: `load(["web-app", out])`. Raise a `ScenarioError` for a
    file or a wish that cannot be read.
    """
    found = read(str(recording), Wishes.of(at=at, length=for_, step=step, gap=gap))
    if out is not None:
        Path(out).write_text(found.document, encoding="utf-8")
    return found

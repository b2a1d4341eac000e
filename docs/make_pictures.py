"""Draw the pictures that the READMEs show: `python docs/make_pictures.py`."""

from __future__ import annotations

from pathlib import Path

from sim.analysis.picture import draw, save_png
from sim.experiments.window import measured_window
from sim.scenario.load import load
from sim.session import run

DOCS = Path(__file__).resolve().parent
STRATEGIES = ("Recreate", "RollingUpdate")


def main() -> None:
    """The web-app scenario under seed 0, in English and in Chinese."""
    scenario = load([DOCS.parent / "scenarios" / "web-app"])
    window = measured_window(scenario, STRATEGIES)
    runs = [run(scenario, strategy, 0, window=window) for strategy in STRATEGIES]
    for language, name in (("en", "web-app.png"), ("zh", "web-app.zh.png")):
        save_png(draw(runs, language), DOCS / name)


if __name__ == "__main__":
    main()

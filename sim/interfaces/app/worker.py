"""The process that computes one comparison for the page, apart from the server.

`python -m sim.interfaces.app.worker` reads one `Order` as JSON from standard input and writes one
JSON document a line to standard output: how far it is, then the `Result`, or why there is none in
every language.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TextIO

from sim.errors import ScenarioError, SimError
from sim.i18n import LANGUAGES, message
from sim.interfaces.app.order import Order
from sim.model.objects import JsonObject

MEMORY_LIMIT_BYTES = 8 * 2**30


def carry_out(order: Order, reports: TextIO) -> None:
    """Compute *order*; tell *reports* how far it is and how it ended."""
    from sim.experiments.compare import compare
    from sim.experiments.window import measured_window
    from sim.interfaces.app.result import Result

    def tell(report: JsonObject) -> None:
        reports.write(json.dumps(report) + "\n")
        reports.flush()

    try:
        scenario = order.scenario()
        comparison = compare(
            scenario,
            order.strategies,
            seeds=order.seeds,
            window=measured_window(scenario, order.strategies),
            progress=lambda done, total: tell({"done": done, "total": total}),
        )
    except ScenarioError as error:
        tell({"error": {language: error.render(language) for language in LANGUAGES}})
    except SimError as error:
        tell({"error": {language: error.message.render(language) for language in LANGUAGES}})
    except MemoryError:
        text = message("out of memory")
        tell({"error": {language: text.render(language) for language in LANGUAGES}})
    else:
        tell({"result": Result.of(comparison).to_json()})


def _limit_memory() -> None:
    """A scenario from a stranger must not take the whole machine."""
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = MEMORY_LIMIT_BYTES if hard < 0 else min(MEMORY_LIMIT_BYTES, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def main() -> None:
    """Carry out the order on standard input; nothing else may write to the reports' stream."""
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _limit_memory()
    order = Order.from_json(json.load(sys.stdin))
    try:
        carry_out(order, reports)
    except BrokenPipeError:
        sys.exit(1)  # Whoever asked has gone.


if __name__ == "__main__":
    main()

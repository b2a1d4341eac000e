"""The process that does one piece of work for a page, apart from the server.

`python -m sim.interfaces.app.worker` reads one order as JSON from standard input and writes one
JSON document a line to standard output: how far it is, then that the result is on the shelf, or
why there is none in every language.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TextIO

from sim.errors import ScenarioError, SimError
from sim.i18n import LANGUAGES, message
from sim.interfaces.app import shelf
from sim.interfaces.app.task import GIB, Task
from sim.interfaces.app.tasks import TASKS
from sim.model.objects import JsonObject


def carry_out(asked: JsonObject, reports: TextIO) -> None:
    """Do what is *asked* (task, order, name); tell *reports* how far it is and how it ended."""

    def tell(report: JsonObject) -> None:
        reports.write(json.dumps(report) + "\n")
        reports.flush()

    task: Task = TASKS[asked["task"]]
    known = shelf.find_json(asked["name"]) if task.draws_again else None
    try:
        document = known or task.carry_out(
            asked["order"], lambda done, total: tell({"done": done, "total": total})
        )
    except ScenarioError as error:
        tell({"error": {language: error.render(language) for language in LANGUAGES}})
    except SimError as error:
        tell({"error": {language: error.message.render(language) for language in LANGUAGES}})
    except MemoryError:
        text = message(
            "out of memory: this needs more than the {limit} GiB that one piece of work may take. "
            "What makes it smaller: a shorter window (window.length=2h), less traffic "
            "(traffic.rate=20/s), or fewer strategies at once. Fewer seeds do not.",
            limit=f"{task.memory_bytes / GIB:g}",
        )
        tell({"error": {language: text.render(language) for language in LANGUAGES}})
    else:
        if known is None:
            shelf.put_json(asked["name"], document)
        tell({"shelved": asked["name"]})
        if task.afterwards is not None:
            task.afterwards(document, asked["name"])


def _be_modest(limit: int, niceness: int) -> None:
    """A scenario from a stranger must not take the whole machine, nor the page's share of it."""
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = limit if hard < 0 else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
        os.nice(niceness)


def main() -> None:
    """Carry out the order on standard input; nothing else may write to the reports' stream."""
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    asked = json.load(sys.stdin)
    _be_modest(TASKS[asked["task"]].memory_bytes, asked["niceness"])
    try:
        carry_out(asked, reports)
    except BrokenPipeError:
        sys.exit(1)  # Whoever asked has gone.


if __name__ == "__main__":
    main()

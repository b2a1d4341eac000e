"""The process that does one piece of work for a page, apart from the server.

`python -m sim.interfaces.app.work.worker` reads one order as JSON from standard input and writes
one JSON document a line to standard output: how far it is, then that the result is on the shelf,
or why there is none in every language.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

from sim.errors import ScenarioError, SimError
from sim.i18n import LANGUAGES, Message, message
from sim.interfaces.app.tasks import TASKS
from sim.interfaces.app.work import shelf
from sim.interfaces.app.work.task import GIB, Task
from sim.interfaces.system_errors import explain
from sim.model.objects import JsonObject

LOOK_SECONDS = 1.0


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
        tell(_said(error.message))
    except BrokenPipeError:
        raise  # Whoever asked has gone.
    except OSError as error:
        tell(_said(explain(error)))
    except MemoryError:
        tell(_said(_too_large(task.memory_bytes)))
    else:
        if known is None:
            _keep(asked["name"], document, tell)
        tell({"shelved": asked["name"]})
        if task.afterwards is not None:
            task.afterwards(document, asked["name"])


def _keep(name: str, document: JsonObject, tell: Callable[[JsonObject], None]) -> None:
    """Put *document* on the shelf, or say why it cannot be there and end."""
    try:
        shelf.put_json(name, document)
    except OSError as error:
        text = message("the result could not be kept: {reason}", reason=explain(error))
        tell(_said(text))
        sys.exit(1)


def _too_large(limit: int) -> Message:
    return message(
        "out of memory: this needs more than the {limit} GiB that one piece of work may take. "
        "What makes it smaller: a shorter window (window.length=2h), less traffic "
        "(traffic.rate=20/s), or fewer strategies at once. Fewer seeds do not.",
        limit=f"{limit / GIB:g}",
    )


def _said(text: Message) -> JsonObject:
    return {"error": {language: text.render(language) for language in LANGUAGES}}


def _end_with(server: int, folder: str) -> None:
    """End this process and all that it started when the *server* has gone, however that went.

    Nobody else is there then to clear its *folder* away.
    """

    def watch() -> None:
        while os.getppid() == server:
            time.sleep(LOOK_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)

    if sys.platform != "win32" and os.getpgid(0) == os.getpid():
        threading.Thread(target=watch, daemon=True).start()


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
    _end_with(asked["server"], asked["folder"])
    _be_modest(TASKS[asked["task"]].memory_bytes, asked["niceness"])
    try:
        carry_out(asked, reports)
    except BrokenPipeError:
        sys.exit(1)  # Whoever asked has gone.
    except OSError as error:  # A picture: the result is there.
        sys.exit(str(explain(error)))


if __name__ == "__main__":
    main()

"""What pages give to worker processes: one file each, and one line here."""

from __future__ import annotations

from sim.registry import Registry

TASKS = Registry(
    "task",
    {
        "read": "sim.interfaces.app.tasks.read:TASK",
        "run": "sim.interfaces.app.tasks.run:TASK",
        "race": "sim.interfaces.app.tasks.race:TASK",
        "compare": "sim.interfaces.app.tasks.compare:TASK",
        "drill": "sim.interfaces.app.tasks.drill:TASK",
        "theory": "sim.interfaces.app.tasks.theory:TASK",
        "engines": "sim.interfaces.app.tasks.engines:TASK",
        "peek": "sim.interfaces.app.tasks.peek:TASK",
        "claims": "sim.interfaces.app.tasks.claims:TASK",
        "fit": "sim.interfaces.app.tasks.fit:TASK",
        "judge": "sim.interfaces.app.tasks.judge:TASK",
        "groups": "sim.interfaces.app.tasks.groups:TASK",
        "what_if": "sim.interfaces.app.tasks.what_if:TASK",
    },
)

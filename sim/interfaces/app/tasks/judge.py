"""Judging: how often a limit on the error ratio is wrong at one's own traffic."""

from __future__ import annotations

from sim.i18n import LANGUAGES
from sim.interfaces.app.work.task import Progress, Task
from sim.interfaces.judge_tables import limit_table, traffic_sentence
from sim.interfaces.judged_traffic import read_share, read_traffic
from sim.model.objects import JsonObject


def judge(order: JsonObject, progress: Progress) -> JsonObject:
    """What `seatrial judge` says, in every language."""
    from sim.experiments.judge_trials import judge_limit

    progress(0, 1)
    traffic = read_traffic(None, order["rps"], order["weight"], order["for"])
    shares = {name: read_share(name, order[name]) for name in ("limit", "good", "bad")}
    found = judge_limit(traffic.requests, seed=0, **shares)
    return {
        language: {
            "table": limit_table(found, traffic, language).to_json(),
            "sentence": traffic_sentence(found, traffic, language),
        }
        for language in LANGUAGES
    }


TASK = Task(carry_out=judge, seconds=120.0)

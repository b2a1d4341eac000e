"""Groups: one A/B test on stated users and traffic, with its two groups and its looks."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from sim.i18n import LANGUAGES
from sim.interfaces.app.order import Order
from sim.interfaces.app.work.task import Progress, Task
from sim.interfaces.group_tables import did_table, who_table
from sim.interfaces.group_words import remarks
from sim.model.objects import JsonObject

if TYPE_CHECKING:
    from sim.model.routing import Attribute
    from sim.scenario.scenario import Scenario

BUNDLED = "ab-test"
FEW_REQUESTS = 20_000
STEPS = 2  # The window, the run.


def groups(order: JsonObject, progress: Progress) -> JsonObject:
    """Who was in A and in B, what they did, what follows, and how it looked on the way."""
    from sim.experiments.watched_ab_test import STRATEGY, watch_ab_test
    from sim.experiments.window import measured_window

    progress(0, STEPS)
    scenario = scenario_of(order)
    window = measured_window(scenario, [STRATEGY])
    progress(1, STEPS)
    requests = order["rate"] * window.seconds
    watched = watch_ab_test(
        scenario,
        int(order["seed"]),
        window=window,
        engine="reference" if requests <= FEW_REQUESTS else "kernel",
        expected=abs(order["expected"]),
    )
    if watched is None:
        return {"looks": [], "views": None}
    found = watched.found
    return {
        "looks": [asdict(look) for look in watched.looks],
        "users": [found.a.users, found.b.users],
        "flipped": [found.a.flipped, found.b.flipped],
        "converted": [found.a.conversions, found.b.conversions],
        "share_of_b": found.share_of_b,
        "views": {
            language: {
                "who": who_table(found, language).to_json(),
                "did": did_table(found, language).to_json(),
                "remarks": [one.to_json(language) for one in remarks(found, order["assign"])],
            }
            for language in LANGUAGES
        },
    }


def scenario_of(order: JsonObject) -> Scenario:
    """The bundled A/B test with the order's users; an assignment that does not do what was meant.

    Nobody leaves at once but for slow and failed answers, so that a stated conversion is what is
    seen where all goes well.
    """
    of_users = "users.behaviour.versions"
    overrides = (
        f"traffic.rate={order['rate']:g}/s",
        f"users.population={order['population']}",
        f"strategies.abTest.assign={order['assign']}",
        f"strategies.abTest.seconds={order['minutes'] * 60:g}",
        f"strategies.abTest.share={order['meant']:g}%",
        f"{of_users}.old.conversion={order['old']:g}%",
        f"{of_users}.new.conversion={order['new']:g}%",
        f"{of_users}.old.bounce=0%",
    )
    faults = tuple(
        fault
        for fault, there in (
            (f"bug:new:{order['errors']:g}%", order["errors"] > 0),
            (f"slow:new:{order['slower']:g}x", order["slower"] > 1),
        )
        if there
    )
    scenario = Order(bundled=BUNDLED, overrides=overrides, faults=faults).scenario()
    lost = order["lost"] / 100.0
    if order["assign"] != "user" or not lost:
        return scenario
    return replace(scenario, attributes=tuple(_some_lost(one, lost) for one in scenario.attributes))


def _some_lost(groups: Attribute, lost: float) -> Attribute:
    """The groups when a *lost* share of B's headers never arrive: their users see A."""
    (b, share), rest = groups.values[0], groups.values[1:-1]
    return replace(groups, values=((b, share * (1.0 - lost)), *rest, ("", share * lost)))


TASK = Task(carry_out=groups, seconds=300.0)

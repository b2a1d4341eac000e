"""The handbook's claims. Another chapter is another entry here, made of the same parts."""

from __future__ import annotations

from collections.abc import Mapping

from sim.experiments.claims.chapter import Case, Chapter, Ordering
from sim.experiments.claims.measures import RESOURCES, RISK, SPEED
from sim.i18n import message

A_MESH = ("network.proxy=istio", "strategies.canary.router=virtual_service")
# An A/B test decides by what users do, so that must be stated; nothing else depends on it.
BUYERS = {
    "ABTest": (
        "users.behaviour.versions.old.conversion=5%",
        "users.behaviour.versions.new.conversion=7%",
    )
}

CASES = (
    Case(key="none", name=message("no fault")),
    Case(key="bug", name=message("bug"), faults=("bug:new:10%",)),
    Case(key="latency", name=message("latency"), faults=("slow:new:10x",)),
    Case(key="slow-start", name=message("slow start"), faults=("start:new:+20s",)),
    Case(key="leak", name=message("leak"), faults=("leak:new:6MiB/s",)),
    Case(key="crash", name=message("crash"), faults=("crash:new:20s",)),
    Case(key="hang", name=message("hang"), faults=("hang:new:2%",)),
    Case(key="never-starts", name=message("never starts"), faults=("image:new:missing",)),
    Case(
        key="urgent-fix",
        name=message("urgent fix"),
        faults=("bug:old:10%",),
    ),
    Case(
        key="late-proxies",
        name=message("proxies hear after preStop"),
        overrides=("network.propagation=8s..10s",),
    ),
    Case(key="mesh", name=message("canary by a mesh"), overrides=A_MESH, needs=BUYERS),
    Case(
        key="mesh-bug",
        name=message("canary by a mesh, bug"),
        faults=("bug:new:10%",),
        overrides=A_MESH,
        needs=BUYERS,
    ),
)

CHAPTERS: Mapping[str, Chapter] = {
    "1.3": Chapter(
        key="1.3",
        scenario="orderings",
        cases=CASES,
        orderings=(
            Ordering(
                key="risk",
                word=message("risk"),
                words=message("less risky than"),
                strategies=("RollingUpdate", "Canary", "BlueGreen", "Recreate"),
                measures=RISK,
            ),
            Ordering(
                key="speed",
                word=message("duration"),
                words=message("faster than"),
                strategies=("Recreate", "BlueGreen", "RollingUpdate", "Canary"),
                measures=SPEED,
            ),
            Ordering(
                key="resources",
                word=message("resources"),
                words=message("cheaper than"),
                strategies=("RollingUpdate", "Canary", "BlueGreen", "ABTest"),
                measures=RESOURCES,
            ),
        ),
    ),
}

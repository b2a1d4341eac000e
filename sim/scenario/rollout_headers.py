"""Headers that lead to a Rollout's canary beside its weight: annotations of its canary Ingress.

(argoproj/argo-rollouts docs/features/traffic-management/nginx.md, additionalIngressAnnotations)
"""

from __future__ import annotations

from sim.i18n import message
from sim.model.ingress_routes import PREFIX
from sim.scenario.findings import Findings
from sim.scenario.rollout_fields import HEADER, HEADER_VALUE

ANNOTATIONS = ("additionalIngressAnnotations", "canaryIngressAnnotations")


def headers_of(canary: Findings) -> tuple[tuple[str, str], ...]:
    """The header and its value, if there is one."""
    notes = _notes(canary)
    return ((notes[HEADER], notes[HEADER_VALUE]),) if notes.get(HEADER_VALUE) else ()


def check_headers(canary: Findings) -> None:
    """Neither of the two means the same without the other."""
    given = [name for name in (HEADER, HEADER_VALUE) if _notes(canary).get(name)]
    if len(given) == 1:
        field = next(name for name in ANNOTATIONS if canary.has("trafficRouting", "nginx", name))
        text = message(
            "{one} and {other} are followed together only", one=HEADER, other=HEADER_VALUE
        )
        canary.note(("trafficRouting", "nginx", field), text)


def _notes(canary: Findings) -> dict[str, str]:
    """The canary Ingress' annotations that a Rollout adds, without the prefix that may be there."""
    found: dict[str, str] = {}
    for name in ANNOTATIONS:
        written = canary.texts("trafficRouting", "nginx", name)
        found |= {key.removeprefix(PREFIX): text for key, text in written.items()}
    return found

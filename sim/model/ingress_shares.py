"""A canary Ingress that somebody has beside a main one: whom it sends to the new version.

(kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations.md; facts 8.1, 8.2)
"""

from __future__ import annotations

from sim.model.ingress_routes import (
    BY_COOKIE,
    BY_HEADER,
    BY_HEADER_PATTERN,
    BY_HEADER_VALUE,
    TO_CANARY,
    WEIGHT,
    weight_of,
)
from sim.model.objects import JsonObject, annotations_of
from sim.model.sent import Kind, Sent
from sim.model.shared_out import ONLY_EXACT, SharedOut, Unclear, Version, percent_of_new

_NOTES = ("metadata", "annotations")
_MATCHES = frozenset([BY_HEADER, BY_HEADER_VALUE, BY_HEADER_PATTERN, BY_COOKIE])


def shared_out(canary_ingress: JsonObject) -> SharedOut | Unclear:
    """How its annotations share requests out; before anybody released it had weight 0."""
    notes = dict(annotations_of(canary_ingress))
    header, value, cookie = (notes.get(key) for key in (BY_HEADER, BY_HEADER_VALUE, BY_COOKIE))
    if header and not value and notes.get(BY_HEADER_PATTERN):
        return Unclear(steps=(*_NOTES, BY_HEADER_PATTERN), why=ONLY_EXACT)
    weight, total = weight_of(notes)
    weights = [(Version.OLD, total - weight), (Version.NEW, weight)]
    percent = percent_of_new(weights, (*_NOTES, WEIGHT))
    if isinstance(percent, Unclear):
        return percent
    sent = []
    if header:
        sent.append(Sent(kind=Kind.HEADER, name=header, value=value or TO_CANARY))
    if cookie:
        sent.append(Sent(kind=Kind.COOKIE, name=cookie, value=TO_CANARY))
    before = {key: text for key, text in notes.items() if key not in _MATCHES} | {WEIGHT: "0"}
    metadata = {**canary_ingress["metadata"], "annotations": before}
    return SharedOut(
        percent=percent,
        old_first=True,
        to_new=tuple(sent),
        before=({**canary_ingress, "metadata": metadata},),
    )

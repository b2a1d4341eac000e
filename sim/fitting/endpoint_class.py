"""Endpoint classes: requests of the same kind, by method and the first part of the path."""

from __future__ import annotations

import re

_STATIC = re.compile(
    r"\.(css|js|mjs|map|png|jpe?g|gif|svg|webp|ico|woff2?|ttf|eot|mp4|webm|pdf)$", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+|[0-9a-f]{8,}(-[0-9a-f]{4,})*", re.IGNORECASE)
_WORD = re.compile(r"[^a-z0-9]+")
LONGEST = 40
OTHER = "other"
STATIC = "static"


def class_of(method: str, target: str) -> str:
    """What a request for *target* is counted as.

    Static files are one class, by their ending. Others are named after the first part of the path
    that is no number or id; what changes something (not GET, HEAD or OPTIONS) carries its method.
    """
    path = target.partition("?")[0]
    if path.startswith(("http://", "https://")):
        path = "/" + path.split("/", 3)[3] if path.count("/") > 2 else "/"
    if not path.startswith("/"):
        return OTHER
    reads = method in ("GET", "HEAD", "OPTIONS")
    if reads and _STATIC.search(path):
        return STATIC
    parts = [part for part in path.split("/") if part and not _NUMBER.fullmatch(part)]
    word = _WORD.sub("-", parts[0].lower()).strip("-")[:LONGEST] if parts else "root"
    word = word or "root"
    return word if reads else f"{method.lower()}-{word}"

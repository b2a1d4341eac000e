"""One class of requests, as the traffic has it and as a version treats it."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from sim.i18n import message
from sim.model.endpoint_class import MOST_CLASSES
from sim.model.unreadable import Unreadable
from sim.scenario.call import Call
from sim.scenario.service import Service
from sim.scenario.words import Factor, Share, Strict

_PATH = re.compile(r"/[-A-Za-z0-9._~!$&'()*+,;=:@%/]{0,1000}", re.ASCII)  # RFC 3986, 3.3.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}", re.ASCII)


def _class_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Unreadable(
            message("{found} is not a valid name", found=repr(name[:60])),
            message("a letter, then letters, digits, '-' and '_'"),
        )
    return name


def _path(text: str) -> str:
    if not _PATH.fullmatch(text):
        raise Unreadable(
            message("{found} is not a path", found=repr(text[:60])),
            message("such as /checkout, without a question mark and what follows it"),
        )
    return text


UrlPath = Annotated[str, AfterValidator(_path)]
ClassName = Annotated[str, AfterValidator(_class_name)]


class RequestClass(Strict):
    """A class of requests: its share of all, and what it asks for under every version.

    Requests of it take *service_time* times as long as others. Whether a proxy may send one twice
    is *idempotent*; left out, `network.idempotent` says for how many. *path* is what they ask for.
    """

    share: Share
    service_time: Factor = 1.0
    idempotent: bool | None = None
    path: UrlPath = "/"


Classes = Annotated[
    dict[ClassName, RequestClass], Field(max_length=MOST_CLASSES, default_factory=dict)
]


class ClassOfVersion(Strict):
    """What one version does differently with requests of a class.

    *service_time* replaces the one of the traffic; *service* is laid over the version's own; with
    *calls* requests of the class make these and no others. *errors* of them are answered with an
    error.
    """

    service_time: Factor | None = None
    service: Service | None = None
    calls: dict[str, Call] | None = None
    errors: Share = 0.0

"""Which HTTP status a failure is, and to whom: a pod knows only what its process answered.

Whoever refuses a connection, or is killed, counts nothing: such failures exist in the metrics of a
proxy that looks into requests, and nowhere if there is none (kube-proxy counts no requests).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sim.model.causes import Cause
from sim.model.network import ProxyKind

OK = 200
# nginx's code for a client that left before its answer; most middlewares use it too.
CLIENT_CLOSED = 499

_INTERNAL = dict.fromkeys(
    (
        Cause.APPLICATION_BUG,
        Cause.API_INCOMPATIBLE,
        Cause.SCHEMA_MISMATCH,
        Cause.DEPENDENCY_ERROR,
        Cause.SESSION_LOST,
    ),
    500,
)
# A client that gives up in the queue was never begun with.
OF_A_POD: Mapping[Cause, int] = {
    Cause.NONE: OK,
    Cause.TIMED_OUT_IN_SERVICE: CLIENT_CLOSED,
    **_INTERNAL,
}


class Answer(NamedTuple):
    """What a proxy counts an attempt as; *flags* are Envoy's reason."""

    code: int
    flags: str = ""


_REFUSED = (Cause.REFUSED_STARTING, Cause.REFUSED_TERMINATING, Cause.QUEUE_FULL)
_RESET = (
    Cause.GONE_AT_SIGTERM,
    Cause.CUT_BY_SIGKILL,
    Cause.CUT_BY_CRASH_OR_OOM,
    Cause.IDLE_RESET,
    Cause.PACKET_LOST,
)
_LEFT = (Cause.TIMED_OUT_WAITING, Cause.TIMED_OUT_IN_SERVICE)
# nginx: ngx_http_upstream.c (502 for a connection that fails, 504 for one that is not made in
# time); ingress-nginx: internal/ingress/controller/config/config.go (503 over a limit and without
# an endpoint, 404 of the default backend).
_NGINX = {
    Cause.NONE: Answer(OK),
    Cause.NO_ROUTE: Answer(404),
    Cause.NO_ENDPOINT: Answer(503),
    **dict.fromkeys(_REFUSED, Answer(502)),
    **dict.fromkeys(_RESET, Answer(502)),
    **dict.fromkeys(_LEFT, Answer(CLIENT_CLOSED)),
    Cause.NODE_UNREACHABLE: Answer(504),
    Cause.RATE_LIMITED: Answer(503),
    Cause.POOL_OVERFLOW: Answer(503),
    Cause.ALL_EJECTED: Answer(503),
    **{cause: Answer(code) for cause, code in _INTERNAL.items()},
}
# Envoy: docs/root/configuration/observability/access_log/usage.rst, "response flags".
_ENVOY = {
    Cause.NONE: Answer(OK, "-"),
    Cause.NO_ROUTE: Answer(404, "NR"),
    Cause.NO_ENDPOINT: Answer(503, "UH"),
    **dict.fromkeys(_REFUSED, Answer(503, "UF")),
    **dict.fromkeys(_RESET, Answer(503, "UC")),
    **dict.fromkeys(_LEFT, Answer(0, "DC")),
    Cause.NODE_UNREACHABLE: Answer(503, "UF"),
    Cause.RATE_LIMITED: Answer(429, "RL"),
    Cause.POOL_OVERFLOW: Answer(503, "UO"),
    Cause.ALL_EJECTED: Answer(503, "UH"),
    **{cause: Answer(code, "-") for cause, code in _INTERNAL.items()},
}
OF_A_PROXY: Mapping[ProxyKind, Mapping[Cause, Answer]] = {
    ProxyKind.INGRESS_NGINX: _NGINX,
    ProxyKind.ISTIO: _ENVOY,
}


def seen_by_proxy(proxy: ProxyKind, cause: Cause, *, given_up: bool) -> Answer:
    """What *proxy* counts; a pod out of reach whose client has *given_up* first is a client gone.

    Raise a `KeyError` for kube-proxy, which counts no requests.
    """
    answers = OF_A_PROXY[proxy]
    if cause is Cause.NODE_UNREACHABLE and given_up:
        return answers[Cause.TIMED_OUT_WAITING]
    return answers[cause]

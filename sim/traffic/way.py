"""The way of an attempt from its proxy to a pod and back: which connection, which pod, who next.

Through kube-proxy the client owns the connection: it uses one that it has, and only a new one is
balanced. Any other proxy chooses a pod for every request first, and then a connection of its own
to that pod. What goes wrong on the way may be tried on another pod, without the client's knowing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial

from sim.model.causes import ANSWERS, Cause
from sim.model.draws import Purpose, Stream
from sim.model.endpoint_class import EndpointClass
from sim.model.failed import NOT_ASKED
from sim.model.network import HABITS, Connections, tried_elsewhere
from sim.model.protection import OutlierDetection, Protection
from sim.model.retry import as_clients_see
from sim.model.routing import Attribute
from sim.traffic.attempt import Attempt
from sim.traffic.balancers import BALANCERS
from sim.traffic.clock import Clock
from sim.traffic.connection import Connection
from sim.traffic.gate import Gate
from sim.traffic.idle import IdleConnections
from sim.traffic.outliers import Outliers
from sim.traffic.pick import MOST_PICKS
from sim.traffic.pod import Pod
from sim.traffic.proxy import ALL_OUT, Proxy
from sim.traffic.routing import Routing

# The client left; to a proxy that is no failure of the pod.
_LEFT = (Cause.TIMED_OUT_WAITING, Cause.TIMED_OUT_IN_SERVICE)


class Way:
    """The proxies before all *pods*.

    *answer* hears what could not be sent, *mirror* what is to be copied, and to which backend.
    """

    def __init__(
        self,
        rules: Connections,
        protection: Protection,
        *,
        balancer: str,
        proxies: int,
        seed: int,
        clock: Clock,
        pods: Sequence[Pod],
        answer: Callable[[Attempt, Cause], None],
        mirror: Callable[[Attempt, int], None],
        attributes: Sequence[Attribute] = (),
        classes: Sequence[EndpointClass] = (),
    ) -> None:
        avoid = HABITS[rules.proxy].avoid
        if rules.tries * (avoid + 1) > MOST_PICKS:
            raise ValueError(
                f"tries must be at most {MOST_PICKS // (avoid + 1)}, not {rules.tries}"
            )
        self._rules = rules
        self._clock = clock
        self._pods = pods
        self._answer = answer
        self._mirror = mirror
        self.routing = Routing(attributes, seed, len(classes))
        self._idempotent = tuple(one.idempotent for one in classes)
        self._methods = Stream(seed, Purpose.METHOD)
        self._idle = IdleConnections(rules, pods)
        phases = Stream(seed, Purpose.SWEEP_PHASE)
        self.proxies = tuple(
            Proxy(
                partial(BALANCERS[balancer], seed),
                Gate(protection, clock.now),
                affinity_seconds=rules.affinity_seconds,
                avoid=avoid,
                outliers=_outliers(protection.outliers, phases.uniform(proxy)),
                weight_of=self._weight_of,
            )
            for proxy in range(proxies)
        )

    def _weight_of(self, pod: int) -> int:
        return self._pods[pod].weight

    def send(self, attempt: Attempt) -> None:
        """Route *attempt*, let it through its proxy's gate and on to a pod, or tell why not."""
        now = self._clock.now
        proxy = self.proxies[attempt.request.proxy]
        if attempt.mirrored:
            self._to_a_pod(attempt)
            return
        if not self._is_routed(attempt, proxy, now):
            attempt.tried_at = now
            self._answer(attempt, Cause.NO_ROUTE)
            return
        proxy.note_belief(attempt, now)
        refused = proxy.gate.enter(now)
        if refused is Cause.NONE:
            attempt.admitted = True
            self._to_a_pod(attempt)
        else:
            self._answer(attempt, refused)

    def _is_routed(self, attempt: Attempt, proxy: Proxy, now: float) -> bool:
        """Find *attempt*'s backend by what *proxy* knows; whether there is one."""
        table = proxy.table(now)
        if table is None:
            return True
        route = self.routing.route(table, attempt)
        if route is None:
            return False
        backend = self.routing.backend(route, attempt)
        if backend is None:
            return False
        otherwise = route.empty_falls_to
        if otherwise is not None and proxy.is_empty(backend, now):
            backend = otherwise
        attempt.backend = backend
        mirror = route.mirror
        if mirror is not None and self.routing.is_copied(mirror.share, attempt):
            self._mirror(attempt, mirror.backend)
        return True

    def _to_a_pod(self, attempt: Attempt) -> None:
        now = self._clock.now
        proxy = self.proxies[attempt.request.proxy]
        proxy.note_belief(attempt, now)
        connection = None
        if not self._rules.per_request:
            connection = self._idle.take(attempt.request.user, now)
        if connection is not None:
            attempt.listed = NOT_ASKED
        else:
            chosen = proxy.choose(attempt, now)
            if chosen < 0:
                attempt.pod = attempt.version = -1
                out = chosen == ALL_OUT
                self._answer(attempt, Cause.ALL_EJECTED if out else Cause.NO_ENDPOINT)
                return
            connection = self._connection(attempt, chosen, now)
        proxy.sent(connection.pod)
        self._send_on(attempt, connection, now)

    def ended(self, attempt: Attempt, cause: Cause) -> bool:
        """*attempt* ended with *cause*; whether its proxy tries it on another pod instead, now."""
        if attempt.pod >= 0 and self._came_back(attempt, cause):
            self._to_a_pod(attempt)
            return True
        if attempt.admitted:
            self.proxies[attempt.request.proxy].gate.leave()
        return False

    def _came_back(self, attempt: Attempt, cause: Cause) -> bool:
        """A pod gave *cause* to *attempt*; whether another one is tried."""
        now = self._clock.now
        pod = self._pods[attempt.pod]
        proxy = self.proxies[attempt.request.proxy]
        pod.note(cause)
        proxy.heard_back(pod.number)
        if as_clients_see(cause, now >= attempt.gives_up) not in _LEFT:
            proxy.judge(attempt, cause is not Cause.NONE, now)
        connection, attempt.connection = attempt.connection, None
        if connection is not None and cause in ANSWERS and self._rules.keep_alive_seconds > 0.0:
            self._idle.give_back(self._owner(attempt, pod.number), connection, now)
        if not self._is_tried_again(attempt, cause, now):
            return False
        attempt.tried = (*attempt.tried, pod.number)
        return True

    def _connection(self, attempt: Attempt, pod: int, now: float) -> Connection:
        """One to *pod*: the proxy's own, if it keeps any, or a new one."""
        kept = None
        if self._rules.per_request:
            kept = self._idle.take(self._owner(attempt, pod), now)
        return kept or Connection(pod, self._pods[pod].process, now)

    def _send_on(self, attempt: Attempt, connection: Connection, now: float) -> None:
        pod = self._pods[connection.pod]
        is_open = connection.served > 0
        connection.served += 1
        attempt.connection = connection
        attempt.pod, attempt.version = pod.number, pod.version
        if is_open and self._idle.is_reset(connection, now):
            self._answer(attempt, Cause.IDLE_RESET)
        else:
            pod.take(attempt, is_open, now + self._rules.connect_timeout_seconds)

    def _owner(self, attempt: Attempt, pod: int) -> Hashable:
        """Whose connections the attempt may travel on."""
        request = attempt.request
        return (request.proxy, pod) if self._rules.per_request else request.user

    def _is_tried_again(self, attempt: Attempt, cause: Cause, now: float) -> bool:
        if attempt.mirrored or len(attempt.tried) + 1 >= self._rules.tries:
            return False
        if now >= attempt.gives_up:
            return False
        return tried_elsewhere(self._rules.proxy, cause, self._is_idempotent(attempt))

    def _is_idempotent(self, attempt: Attempt) -> bool:
        """Whether *attempt*'s request may reach pods twice: by its class, or else by its lot."""
        if self._idempotent:
            by_class = self._idempotent[attempt.request.endpoint_class]
            if by_class is not None:
                return by_class
        share = self._rules.idempotent_share
        return share > 0.0 and self._methods.uniform(attempt.request.number) < share


def _outliers(rules: OutlierDetection | None, phase: float) -> Outliers | None:
    """Outlier detection whose sweeps begin at the share *phase* of their interval."""
    return None if rules is None else Outliers(rules, phase * rules.sweep_seconds)

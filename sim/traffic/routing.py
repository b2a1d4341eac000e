"""Where an attempt is routed: the first route that matches, then a share by lot, then a backend.

As Istio reads a VirtualService (istio/api networking/v1alpha3/virtual_service.proto): routes in
order, conditions of a match together, matches one or the other. A lot is drawn for every attempt
anew, as nginx and Envoy do; a sticky one belongs to the user.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from sim.model.draws import Purpose, Stream
from sim.model.routing import NO_BACKEND, OF_CLASS, Attribute, Match, Route
from sim.traffic.attempt import Attempt

SALT_PLACE = 40  # A salt is written above the user's number.
MOST_SALT = 1 << 16
MOST_VALUES = 62  # Of an attribute: a set of them is a set of bits.
Table = tuple[Route, ...]


class Routing:
    """Evaluates tables for users who differ in *attributes*; all draws are keyed.

    There are so many *classes* of requests that a condition may be about.

    Whoever draws below a share of 20 % draws below one of 50 % too: raising a sticky share moves
    users one way only.
    """

    def __init__(self, attributes: Sequence[Attribute], seed: int, classes: int = 0) -> None:
        for one in attributes:
            if not 1 <= len(one.values) <= MOST_VALUES:
                raise ValueError(
                    f"an attribute has 1 to {MOST_VALUES} values, not {len(one.values)}"
                )
        self._shares = [shares_of(one) for one in attributes]
        self._classes = classes
        self._salted = [salted(one) for one in attributes]
        self._values = Stream(seed, Purpose.ATTRIBUTE)
        self._lots = Stream(seed, Purpose.ROUTE)
        self._flags = Stream(seed, Purpose.FLAG)
        self._users_lots = Stream(seed, Purpose.STICKY)
        self._copied = Stream(seed, Purpose.MIRROR)

    def check(self, table: Table) -> None:
        """Raise a `ValueError` for a *table* that names what there is not."""
        for route in table:
            if route.sticky_salt is not None and not 0 <= route.sticky_salt < MOST_SALT:
                raise ValueError(f"a salt is below {MOST_SALT}, not {route.sticky_salt}")
            for match in route.matches:
                for condition in match:
                    first = OF_CLASS if self._classes else 0
                    if not first <= condition.attribute < len(self._shares):
                        raise ValueError(f"there is no attribute {condition.attribute}")
            for destination in route.destinations:
                if destination.backend < NO_BACKEND or destination.weight < 0:
                    raise ValueError("backends and weights are not negative")

    def route(self, table: Table, attempt: Attempt) -> Route | None:
        """The first route of *table* that is for *attempt*'s user."""
        for route in table:
            if not route.matches or any(self._holds(m, attempt) for m in route.matches):
                return route
        return None

    def backend(self, route: Route, attempt: Attempt) -> int | None:
        """Where *attempt* goes of the route's destinations; None if that is nowhere."""
        backend = self._drawn(route, attempt, self._lots)
        return None if backend == NO_BACKEND else backend

    def version(self, flags: Table, attempt: Attempt) -> int | None:
        """The code path for *attempt* in a pod with those *flags*; None: as the pod is."""
        route = self.route(flags, attempt)
        return None if route is None else self._drawn(route, attempt, self._flags)

    def _drawn(self, route: Route, attempt: Attempt, lots: Stream) -> int | None:
        if route.sticky_salt is not None:
            user = attempt.request.user
            lot = self._users_lots.uniform(route.sticky_salt << SALT_PLACE | user)
        else:
            lot = lots.uniform(attempt.request.number, attempt.number)
        drawn = lot * sum(one.weight for one in route.destinations)
        reached = 0
        for one in route.destinations:
            reached += one.weight
            if drawn < reached:
                return one.backend
        return None

    def is_copied(self, share: float, attempt: Attempt) -> bool:
        """Whether a mirror of that *share* gets a copy of *attempt*."""
        return self._copied.uniform(attempt.request.number, attempt.number) < share

    def _holds(self, match: Match, attempt: Attempt) -> bool:
        return all(
            self._value(condition.attribute, attempt) in condition.values for condition in match
        )

    def _value(self, attribute: int, attempt: Attempt) -> int:
        if attribute == OF_CLASS:
            return attempt.request.endpoint_class
        drawn = self._values.uniform(self._salted[attribute] | attempt.request.user, attribute)
        return next(n for n, reached in enumerate(self._shares[attribute]) if drawn < reached)


def shares_of(attribute: Attribute) -> tuple[float, ...]:
    """The cumulated shares of its values; the last one has what is left."""
    return (*accumulate(share for _, share in attribute.values[:-1]), 1.0)


def salted(attribute: Attribute) -> int:
    """What is written above the user's number in the draws of *attribute*; 0 without a salt."""
    return 0 if attribute.salt is None else (attribute.salt + 1) << SALT_PLACE

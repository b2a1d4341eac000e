"""Conditions on headers and cookies, as sets of the values that a scenario's users send.

A scenario's attribute `header:x-canary` is what users send in that header, `cookie:beta` what
they send in that cookie; the value "" means that they send none. All values are known, so any
condition (exact, prefix, regular expression) is the set of values that satisfy it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import TypeAlias

from sim.model.endpoint_class import EndpointClass
from sim.model.routing import OF_CLASS, Attribute, Condition, Match

Test: TypeAlias = Callable[[str], bool]
# Any of these matches, each of which holds when all its conditions do: () is never, ((),) always.
Matches: TypeAlias = tuple[Match, ...]
NEVER: Matches = ()
ALWAYS: Matches = ((),)
HEADER, COOKIE = "header:", "cookie:"
# Not of users: the paths of the classes of requests. HTTP/2 has this name for it (RFC 9113, 8.3.1).
PATHS = ":path"
PATH = "/"  # Of all requests, where there are no classes.
MOST_COMBINATIONS = 4096  # Of cookies that travel in one header.


def on_header(attributes: Sequence[Attribute], name: str, test: Test) -> Matches:
    """When users send a header *name* whose value passes *test*; names have no case.

    Cookies travel in the header `cookie`, one after the other: `a=1; beta=always`.
    """
    wanted = HEADER + name.lower()
    for number, attribute in enumerate(attributes):
        if attribute.name.lower() == wanted:
            return _sent(number, attribute, test)
    return _on_all_cookies(attributes, test) if name.lower() == "cookie" else NEVER


def on_cookie(attributes: Sequence[Attribute], name: str, test: Test) -> Matches:
    """When users send a cookie *name* whose value passes *test*."""
    for number, attribute in enumerate(attributes):
        if attribute.name == COOKIE + name:
            return _sent(number, attribute, test)
    return NEVER


def on_path(attributes: Sequence[Attribute], test: Test) -> Matches:
    """When a request is for a path that passes *test*."""
    for attribute in attributes:
        if attribute.name == PATHS:
            return _among(OF_CLASS, attribute, test)
    return ALWAYS if test(PATH) else NEVER


def paths_of(classes: Sequence[EndpointClass]) -> tuple[Attribute, ...]:
    """The paths of *classes* as proxies may see them, beside what users differ in."""
    if not classes:
        return ()
    return (Attribute(name=PATHS, values=tuple((one.path, one.share) for one in classes)),)


def without(attributes: Sequence[Attribute], name: str, test: Test) -> Matches:
    """When the header *name* is missing or its value does not pass *test*."""
    wanted = HEADER + name.lower()
    for number, attribute in enumerate(attributes):
        if attribute.name.lower() == wanted:
            return _among(number, attribute, lambda text: text == "" or not test(text))
    return ALWAYS


def both(one: Matches, other: Matches) -> Matches:
    """When *one* holds and *other* does."""
    return _once(
        found for a, b in product(one, other) if (found := _intersection(a, b)) is not None
    )


def every(parts: Iterable[Matches]) -> Matches:
    """When all *parts* hold; with none of them, always."""
    found = ALWAYS
    for part in parts:
        found = both(found, part)
    return found


def either(parts: Iterable[Matches]) -> Matches:
    """When any of *parts* holds."""
    found = _once(one for part in parts for one in part)
    return ALWAYS if () in found else found


def _sent(number: int, attribute: Attribute, test: Test) -> Matches:
    return _among(number, attribute, lambda text: text != "" and test(text))


def _among(number: int, attribute: Attribute, test: Test) -> Matches:
    values = tuple(at for at, (text, _) in enumerate(attribute.values) if test(text))
    if not values:
        return NEVER
    if len(values) == len(attribute.values):
        return ALWAYS
    return ((Condition(attribute=number, values=values),),)


def _on_all_cookies(attributes: Sequence[Attribute], test: Test) -> Matches:
    """Each combination of all cookies' values whose header passes *test*."""
    cookies = [(at, one) for at, one in enumerate(attributes) if one.name.startswith(COOKIE)]
    found: list[Match] = []
    size = 1
    for _, one in cookies:
        size *= len(one.values)
    if not cookies or size > MOST_COMBINATIONS:
        return NEVER
    for chosen in product(*(range(len(one.values)) for _, one in cookies)):
        sent = [
            f"{one.name.removeprefix(COOKIE)}={text}"
            for (_, one), value in zip(cookies, chosen, strict=True)
            if (text := one.values[value][0])
        ]
        if sent and test("; ".join(sent)):
            pairs = zip(cookies, chosen, strict=True)
            found.append(tuple(Condition(attribute=at, values=(v,)) for (at, _), v in pairs))
    return _once(found)


def _intersection(one: Match, other: Match) -> Match | None:
    """When all conditions of both hold; None if they cannot."""
    sets = {condition.attribute: condition.values for condition in one}
    for condition in other:
        before = sets.get(condition.attribute)
        values = condition.values
        if before is not None:
            values = tuple(value for value in before if value in values)
        if not values:
            return None
        sets[condition.attribute] = values
    return tuple(Condition(attribute=at, values=sets[at]) for at in sorted(sets))


def _once(matches: Iterable[Match]) -> Matches:
    return tuple(dict.fromkeys(matches))

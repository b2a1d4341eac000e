"""Two versions that somebody's own routes tell apart: the strategy that begins as they say.

What they state is where a release goes first, not what was there before it: until its first write
everything goes to the old version.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.errors import Problem
from sim.i18n import Message, message
from sim.model.canary_steps import Pause, SetCanaryScale, SetMatch, SetWeight, Step
from sim.model.sent import Kind, Sent
from sim.model.shared_out import SharedOut, Unclear
from sim.scenario.manifest import Manifest
from sim.scenario.node import get, join
from sim.scenario.two_versions import Beside, replicas_of

# The handbook's 30 minutes (4.5), a minute of which is a second here.
LOOK_SECONDS = 30.0
HALF = 50.0


def is_the_old(found: SharedOut, beside: Beside) -> bool:
    """Whether it is the old version that has most requests: of two halves the one named first.

    One that somebody named is the old one in any case.
    """
    return beside.by_name or found.percent < HALF or (found.percent == HALF and found.old_first)


def way(
    found: SharedOut,
    router: str,
    first: Manifest,
    second: Manifest,
    route: Manifest,
    beside: Beside,
) -> tuple[str, Mapping[str, object], Message] | Message:
    """The strategy that begins as *route* says, its settings and the sentence that tells it.

    Or why no strategy does so. A header for the new version alone is a test of the two where it is
    stated what users do, else it is for testers.
    """
    testable = not found.percent and [one.kind for one in found.to_new] == [Kind.HEADER]
    if found.to_old or (testable and beside.measured):
        return _ab_test(found, router, first, second, route)
    steps = _steps(found, second)
    settings = {"router": router} | ({"steps": steps} if steps else {})
    return "Canary", settings, _begins(found, first, second, route)


def _ab_test(
    found: SharedOut, router: str, first: Manifest, second: Manifest, route: Manifest
) -> tuple[str, Mapping[str, object], Message] | Message:
    """Both versions are for those who say so: in one header, each in another value, or in none."""
    headers = {(one.kind, one.name.lower()) for one in (*found.to_old, *found.to_new)}
    if len(headers) != 1 or len(found.to_new) != 1 or found.to_new[0].kind is not Kind.HEADER:
        return message("an A/B test has one header, and one value of it for the new version")
    asked = found.to_new[0]
    settings: dict[str, object] = {
        "router": router,
        "header": asked.name,
        "value": asked.value,
    }
    if found.percent:
        settings["share"] = found.percent / 100.0
    said = {"new": second.title, "old": first.title, "route": route.title}
    said |= {"sent": _shown(found.to_new), "others": _shown(found.to_old)}
    text = message(
        "{new} is the new version of {old}: {route} sends it requests that say {sent}, and those"
        " that say {others} to the old one, so this is an A/B test",
        **said,
    )
    if not found.to_old:
        text = message(
            "{new} is the new version of {old}: {route} sends it requests that say {sent}, and it"
            " is stated what users do with each, so this is an A/B test",
            **said,
        )
    return "ABTest", settings, text


def _steps(found: SharedOut, second: Manifest) -> tuple[Step, ...]:
    """The pods that its author gave the new version, what the routes say, and a look at that.

    Without a word about it there are no steps: the strategy's own are taken.
    """
    if not found.to_new and not found.percent:
        return ()
    steps: list[Step] = []
    if pods := replicas_of(second) or (1 if found.to_new else 0):
        steps.append(SetCanaryScale(replicas=pods))
    if found.to_new:
        steps.append(SetMatch(found.to_new))
    if found.percent:
        steps.append(SetWeight(round(found.percent)))
    return (*steps, Pause(LOOK_SECONDS))


def _begins(found: SharedOut, first: Manifest, second: Manifest, route: Manifest) -> Message:
    said = {
        "new": second.title,
        "old": first.title,
        "route": route.title,
        "percent": f"{round(found.percent)}%",
        "sent": _shown(found.to_new),
    }
    if found.to_new and found.percent:
        return message(
            "{new} is the new version of {old}: {route} sends it requests that say {sent} and"
            " {percent} of the others, which is the release's first step",
            **said,
        )
    if found.to_new:
        return message(
            "{new} is the new version of {old}: {route} sends it requests that say {sent}, which is"
            " the release's first step",
            **said,
        )
    if found.percent:
        return message(
            "{new} is the new version of {old}: {route} sends it {percent} of the requests, which"
            " is the release's first step",
            **said,
        )
    return message(
        "{new} is the new version of {old}: {route} sends all requests to the old one", **said
    )


def _shown(sent: tuple[Sent, ...]) -> str:
    return ", ".join(map(str, sent))


def not_followed(
    route: Manifest, first: Manifest, second: Manifest, why: Message | Unclear
) -> Problem:
    """Why *route* does not make a pair of the two, at the place that is to blame."""
    steps = why.steps if isinstance(why, Unclear) else ()
    place, field = route.node.place, route.path
    for number, step in enumerate(steps, 1):
        node = get(route.node, *steps[:number])
        place, field = (node.place if node else place), join(field, step)
    return place.problem(
        message(
            "{route} makes no pair of {one} and {other} that could be released: {why}",
            route=route.title,
            one=first.title,
            other=second.title,
            why=why.why if isinstance(why, Unclear) else why,
        ),
        field,
        message("or say which one is released: --deployment {name}", name=first.name),
    )

"""Stories of shares: what a router asks for, and what users get, in whole sessions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scipy.stats import binom
from stories import WINDOW, deployment, scenario

from sim.model.causes import Cause
from sim.model.objects import JsonObject
from sim.model.routing import Attribute
from sim.model.run import Run
from sim.routers import ROUTERS, Kind, Sent, Side, Site, Track
from sim.session import Session

SITE = Site(
    service="web",
    stable=Track(deployment="web", labels=(("track", "stable"),)),
    canary=Track(deployment="web-canary", labels=(("track", "canary"),)),
)
PROXY = {
    "replica_ratio": "kube-proxy",
    "service_selector": "kube-proxy",
    "ingress_annotations": "ingress-nginx",
    "virtual_service": "istio",
    "http_route": "istio",
}
SENDS = (
    Attribute(name="header:x-canary", values=(("always", 0.2), ("never", 0.2), ("", 0.6))),
    Attribute(name="cookie:beta", values=(("always", 0.1), ("", 0.9))),
)
READ_AT = 60.0  # Everybody has heard by then of what was written before 30 s.
SURE = 1e-6
NEW = 2  # The number of the canary's template: neither old nor the release's.


def first(replicas: int = 4) -> JsonObject:
    """Stable, whose pods carry a label of their own; its Service selects both sides' pods."""
    found = deployment(replicas=replicas)
    found["spec"]["template"]["metadata"]["labels"]["track"] = "stable"
    return found


class Story:
    """A session in which canary runs beside stable from the window's start on."""

    def __init__(self, place: Path, router: str, *, pods: int = 4, canary: int = 4) -> None:
        overrides = (f"network.proxy={PROXY[router]}", "users.population=5000")
        told = replace(scenario(place, first(pods), overrides=overrides), attributes=SENDS)
        self.session = Session(told, None, 1, window=WINDOW)
        self.session.advance(0.0)
        self.api = self.session._backend.control_plane.store
        second = first(canary)
        second["metadata"]["name"] = "web-canary"
        labels = {"app": "web", "track": "canary"}
        second["spec"]["selector"] = {"matchLabels": labels}
        second["spec"]["template"]["metadata"]["labels"] = labels
        second["spec"]["template"]["spec"]["containers"][0]["image"] = "web:2"
        self.router = ROUTERS[router](self.api, SITE)
        self.router.prepare()
        self.api.create(second)
        self.session.advance(20.0)

    def finish(self) -> Run:
        return self.session.finish()


def answers(run: Run, since: float, until: float = WINDOW.end) -> dict[int, int]:
    """How many requests each version answered well; -1: nobody did."""
    counts = run.requests.within(since, until)
    versions = sorted({int(one) for one in counts.version})
    return {
        v: int(counts.count[(counts.version == v) & (counts.cause == 0)].sum()) for v in versions
    }


def canary_share(run: Run, since: float = READ_AT) -> tuple[int, int]:
    """Requests of the canary, and all."""
    found = answers(run, since)
    total = sum(found.values())
    return total - found.get(0, 0), total


def assert_share(found: tuple[int, int], share: float) -> None:
    """Inside the binomial interval of *share* that one honest run in a million leaves."""
    canary, total = found
    low, high = binom.interval(1.0 - SURE, total, share)
    assert total > 2000
    assert low <= canary <= high, f"{canary} of {total}, asked for {share:.1%}"


@pytest.mark.parametrize("router", ["ingress_annotations", "virtual_service", "http_route"])
@pytest.mark.parametrize("percent", [5.0, 20.0])
def test_the_share_that_users_get_is_the_share_that_was_asked_for(
    tmp_path: Path, router: str, percent: float
) -> None:
    story = Story(tmp_path, router)
    story.router.set_weight(percent)
    run = story.finish()

    assert_share(canary_share(run), percent / 100.0)
    assert percent == story.router.weight()


def test_a_ratio_of_pods_is_a_share_of_requests(tmp_path: Path) -> None:
    """Facts 7.3: kube-proxy picks at random among all pods of the Service."""
    story = Story(tmp_path, "replica_ratio", pods=5, canary=0)
    story.router.set_weight(20.0)
    run = story.finish()

    assert_share(canary_share(run), 1 / 5)


@pytest.mark.parametrize("router", [one for one in PROXY if one != "replica_ratio"])
def test_a_switch_moves_everybody_and_back(tmp_path: Path, router: str) -> None:
    story = Story(tmp_path, router)
    story.router.switch(Side.CANARY)
    story.session.advance(80.0)
    story.router.switch(Side.STABLE)
    run = story.finish()
    waited = story.router.hearing_seconds

    assert [NEW] == list(answers(run, 20.0 + waited, 80.0)), "all on canary"
    assert [0] == list(answers(run, 80.0 + waited)), "all back"


@pytest.mark.parametrize("router", ["ingress_annotations", "virtual_service", "http_route"])
def test_who_sends_a_header_or_a_cookie_is_sent_to_canary_whatever_the_weight(
    tmp_path: Path, router: str
) -> None:
    """20 % send the header, 10 % the cookie, drawn by user: 28 % send either."""
    story = Story(tmp_path, router)
    sent = (
        Sent(kind=Kind.HEADER, name="x-canary", value="always"),
        Sent(kind=Kind.COOKIE, name="beta", value="always"),
    )
    story.router.set_match(sent)
    run = story.finish()

    # Users are fewer than requests, and each has its value for good: their spread decides.
    canary, total = canary_share(run)
    low, high = binom.interval(1.0 - SURE, 5000, 0.28)
    assert low / 5000 - 0.01 <= canary / total <= high / 5000 + 0.01


def test_nginx_hears_a_header_before_the_cookie_and_both_before_the_weight(tmp_path: Path) -> None:
    """Facts 8.2 end to end: `never` keeps 20 % on stable, though the weight is everything."""
    story = Story(tmp_path, "ingress_annotations")
    story.router.set_weight(100.0)
    note = {"nginx.ingress.kubernetes.io/canary-by-header": "x-canary"}
    story.api.patch("Ingress", "web-canary", {"metadata": {"annotations": note}})
    run = story.finish()

    canary, total = canary_share(run)
    low, high = binom.interval(1.0 - SURE, 5000, 0.8)
    assert low / 5000 - 0.01 <= canary / total <= high / 5000 + 0.01


def test_nginx_leaves_everybody_on_main_while_the_canary_has_nobody(tmp_path: Path) -> None:
    """Facts 8.2: whatever header, cookie and weight say."""
    story = Story(tmp_path, "ingress_annotations", canary=0)
    story.router.set_weight(50.0)
    run = story.finish()

    assert [0] == list(answers(run, 0.0))


def test_istio_answers_503_for_a_subset_that_has_nobody(tmp_path: Path) -> None:
    """Facts 9.1: subset known but no ready endpoint, UH. Half the requests, as the weights say."""
    story = Story(tmp_path, "virtual_service", canary=0)
    story.router.set_weight(50.0)
    run = story.finish()

    counts = run.requests.within(READ_AT, WINDOW.end)
    lost = int(counts.count[counts.cause == Cause.NO_ENDPOINT].sum())
    assert_share((lost, int(counts.count.sum())), 0.5)


def test_istio_answers_503_for_the_share_of_a_subset_that_there_is_not(tmp_path: Path) -> None:
    """Facts 9.1: a subset missing in the DestinationRule, NC. So no endpoint is looked for."""
    story = Story(tmp_path, "virtual_service")
    story.router.set_weight(50.0)
    [rule] = story.api.list("DestinationRule")
    subsets = [one for one in rule["spec"]["subsets"] if one["name"] != "canary"]
    story.api.patch("DestinationRule", "web", {"spec": {"subsets": subsets}})
    run = story.finish()

    counts = run.requests.within(READ_AT, WINDOW.end)
    lost = int(counts.count[counts.cause == Cause.NO_ROUTE].sum())
    assert_share((lost, int(counts.count.sum())), 0.5)
    assert not counts.count[counts.cause == Cause.NO_ENDPOINT].sum()


def test_istio_answers_404_where_no_route_matches(tmp_path: Path) -> None:
    story = Story(tmp_path, "virtual_service")
    [found] = story.api.list("VirtualService")
    only = [{"match": [{"headers": {"x-none": {}}}], "route": found["spec"]["http"][0]["route"]}]
    story.api.patch("VirtualService", "web", {"spec": {"http": only}})
    run = story.finish()

    counts = run.requests.within(READ_AT, WINDOW.end)
    assert {int(Cause.NO_ROUTE)} == {int(one) for one in counts.cause}


def test_old_proxies_route_by_the_old_table(tmp_path: Path) -> None:
    """Replicas of ingress-nginx hear of a weight at their own times: in between both tables act."""
    story = Story(tmp_path, "ingress_annotations")
    story.session.advance(60.0)
    story.router.set_weight(100.0)
    run = story.finish()

    moving = [
        set(found) for second in range(60, 66) if (found := answers(run, second, second + 1.0))
    ]
    assert 0 in moving[0], "somebody is still sent to stable"
    assert {0, NEW} in moving, "for a while it depends on who is asked"
    assert {NEW} == moving[-1], "and 5 s later nobody is"


def test_kube_proxy_knows_nothing_of_an_ingress(tmp_path: Path) -> None:
    story = Story(tmp_path, "replica_ratio")
    ROUTERS["ingress_annotations"](story.api, SITE).prepare()
    ROUTERS["ingress_annotations"](story.api, SITE).set_weight(100.0)
    run = story.finish()

    assert [0] == list(answers(run, READ_AT)), "the Service's own selector decides"


@pytest.mark.parametrize("router", ["virtual_service", "http_route"])
def test_a_mirror_copies_a_share_and_hurts_nobody(tmp_path: Path, router: str) -> None:
    story = Story(tmp_path, router)
    story.router.set_mirror(50.0)
    run = story.finish()

    copied = sum(story.session._backend.data_plane.copies()[NEW])
    assert [0] == list(answers(run, 0.0))
    sent = int(run.requests.within(20.0, WINDOW.end).count.sum())
    assert_share((copied, sent), 0.5)

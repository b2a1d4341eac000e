"""Stories of releases behind different proxies, on connections that are kept or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories import WINDOW, deployment, failures, rehearse, scenario

from sim.model.causes import Cause
from sim.model.run import Run
from sim.scenario.scenario import Scenario

REFUSED = Cause.REFUSED_TERMINATING
FEW_LOYAL_USERS = ("users.population=50", "network.keepAlive=60s")


def behind(place: Path, proxy: str, *overrides: str, **manifest) -> Scenario:
    return scenario(place, deployment(**manifest), overrides=(f"network.proxy={proxy}", *overrides))


def answers_of(run: Run, version: int) -> int:
    counts = run.requests.within(WINDOW.start, WINDOW.end)
    return int(counts.count[(counts.version == version) & (counts.cause == 0)].sum())


def test_a_mesh_that_tries_elsewhere_hides_the_race_that_kube_proxy_shows(tmp_path: Path) -> None:
    """Without a preStop hook pods refuse while proxies still believe in them; the same draws."""
    plain = failures(rehearse(behind(tmp_path / "a", "kube-proxy")))
    mesh = failures(rehearse(behind(tmp_path / "b", "istio")))

    assert plain[REFUSED] > 0
    assert {} == mesh


def test_an_ingress_that_lags_for_seconds_runs_out_of_tries(tmp_path: Path) -> None:
    """Recreate: all pods of its list refuse, and three tries do not help."""
    run = rehearse(behind(tmp_path, "ingress-nginx"), strategy="Recreate")

    assert failures(run)[REFUSED] > 0


def test_kept_connections_stay_on_the_old_version_while_its_pods_sleep_in_pre_stop(
    tmp_path: Path,
) -> None:
    """Facts 6.6: endpoint removal affects new connections only."""
    hooks = {"pre_stop": 20, "replicas": 1}
    kept = rehearse(behind(tmp_path / "a", "kube-proxy", *FEW_LOYAL_USERS, **hooks))
    each = rehearse(behind(tmp_path / "b", "kube-proxy", "users.population=50", **hooks))

    assert kept.last_answer[0] - each.last_answer[0] > 15.0
    assert answers_of(kept, 0) > answers_of(each, 0) + 500  # 50 requests a second.


def test_a_pre_stop_hook_does_not_save_everybody_on_a_kept_connection(tmp_path: Path) -> None:
    """At SIGTERM the process goes, and with it idle connections that users still believe in."""
    slow_news = (*FEW_LOYAL_USERS, "network.closeNotice=50ms")
    run = rehearse(behind(tmp_path, "kube-proxy", *slow_news, pre_stop=5))

    assert {Cause.IDLE_RESET} == set(failures(run))


def test_retries_of_the_client_cure_what_a_reset_connection_breaks(tmp_path: Path) -> None:
    cured = (*FEW_LOYAL_USERS, "network.closeNotice=50ms", "clients.attempts=2")

    assert {} == failures(rehearse(behind(tmp_path, "kube-proxy", *cured, pre_stop=5)))


@pytest.mark.parametrize(("server", "resets"), [("5s", True), ("75s", False)])
def test_a_server_that_closes_idle_connections_before_its_clients_do_resets_some(
    tmp_path: Path, server: str, resets: bool
) -> None:
    """No release at all: two requests a second, news of a close under way for half a second."""
    rare = ("traffic.rate=4/s", "users.population=20", "network.keepAlive=60s")
    own = ("network.closeNotice=500ms", f"versions.old.keepAlive={server}")
    run = rehearse(behind(tmp_path, "kube-proxy", *rare, *own), strategy=None)

    assert resets == (failures(run).get(Cause.IDLE_RESET, 0) > 0)


@pytest.mark.parametrize("proxy", ["kube-proxy", "ingress-nginx", "istio"])
def test_every_request_is_accounted_for_behind_every_proxy(tmp_path: Path, proxy: str) -> None:
    loyal = ("network.keepAlive=5s", "users.population=200", "clients.attempts=2")
    run = rehearse(behind(tmp_path, proxy, *loyal, unavailable=1))

    assert run.arrived == run.requests.total
    assert 0 == run.in_flight_at_end


@pytest.mark.parametrize("proxy", ["kube-proxy", "ingress-nginx", "istio"])
def test_behind_a_proxy_that_works_per_request_terminating_pods_are_no_last_resort(
    tmp_path: Path, proxy: str
) -> None:
    """Recreate, and pods that sleep for 10 s in preStop: only kube-proxy still sends to them."""
    run = rehearse(behind(tmp_path, proxy, pre_stop=10), strategy="Recreate")

    counts = run.requests.within(WINDOW.start, WINDOW.end)
    first = int(counts.second[counts.cause == Cause.NO_ENDPOINT].min()) - WINDOW.first_write
    assert (first >= 9) == (proxy == "kube-proxy")

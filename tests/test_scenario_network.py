"""What a scenario and a Service say about the way of requests, and what follows if they don't."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stories import deployment

from sim.errors import ScenarioError
from sim.model.network import Connections, ProxyKind
from sim.model.protection import OutlierDetection, Protection
from sim.model.retry import EVERY_FAILURE, RetryOn
from sim.scenario.load import load
from sim.scenario.scenario import Scenario


def scenario(place: Path, *overrides: str, **service) -> Scenario:
    """A Deployment and its Service with *service* in its spec."""
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80}], **service}
    found = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}
    listed = {"apiVersion": "v1", "kind": "List", "items": [deployment(), found]}
    file = place / "web.yaml"
    file.write_text(json.dumps(listed))
    return load([file], images=["web=web:2"], overrides=overrides)


def row(found: Scenario, field: str) -> tuple[str, str]:
    """Value and origin of one assumption."""
    return next((a.value, a.origin) for a in found.assumptions if a.field == field)


def test_without_a_word_there_is_a_kube_proxy_on_each_node_and_a_connection_a_request(tmp_path):
    found = scenario(tmp_path)

    assert Connections() == found.connections
    assert Protection() == found.protection
    assert (3, "random") == (found.proxies, found.balancer)
    assert ("kube-proxy", "assumed") == row(found, "network.proxy")


def test_the_kind_of_proxy_brings_its_habits_and_the_scenario_may_change_each(tmp_path):
    found = scenario(
        tmp_path,
        "network.proxy=ingress-nginx",
        "network.keepAlive=5s",
        "network.tries=2",
        "network.idempotent=50%",
    )

    expected = Connections(
        proxy=ProxyKind.INGRESS_NGINX,
        keep_alive_seconds=5.0,
        requests_each=10_000,
        lifetime_seconds=3600.0,
        tries=2,
        connect_timeout_seconds=5.0,
        idempotent_share=0.5,
    )
    assert expected == found.connections
    assert (2, "round_robin", None) == (found.proxies, found.balancer, found.delays.propagation)
    assert ("5s", "given") == row(found, "network.keepAlive")
    assert ("10000", "assumed") == row(found, "network.requestsPerConnection")


def test_outlier_detection_limits_and_retries_are_the_users_words(tmp_path):
    found = scenario(
        tmp_path,
        "network.proxy=istio",
        "network.outlierDetection.consecutiveErrors=3",
        "network.outlierDetection.maxEjectionPercent=50%",
        "network.maxRequests=100",
        "network.rateLimit=20/s",
        "network.burst=5",
        "clients.attempts=3",
        "clients.retryOn=[timeout, 5xx]",
        "clients.retryBudget=20%",
    )

    outliers = OutlierDetection(consecutive_errors=3, most_share=0.5)
    assert (
        Protection(outliers=outliers, most_in_flight=100, per_second=20.0, burst=5)
        == found.protection
    )
    assert (RetryOn.SERVER_ERROR, RetryOn.TIMEOUT) == found.clients.retry_on
    assert 0.2 == found.clients.retry_budget
    assert ("30s", "assumed") == row(found, "network.outlierDetection.baseEjectionTime")


def test_a_client_retries_every_failure_unless_it_says(tmp_path):
    assert EVERY_FAILURE == scenario(tmp_path).clients.retry_on


@pytest.mark.parametrize(
    ("service", "seconds"),
    [
        ({}, None),
        ({"sessionAffinity": "None"}, None),
        ({"sessionAffinity": "ClientIP"}, 10_800.0),
        ({"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {}}}, 10_800.0),
        (
            {
                "sessionAffinity": "ClientIP",
                "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}},
            },
            60.0,
        ),
    ],
)
def test_client_ip_affinity_is_taken_from_the_service(tmp_path, service, seconds):
    assert seconds == scenario(tmp_path, **service).connections.affinity_seconds


def test_a_proxy_that_works_per_request_knows_no_affinity_and_says_so(tmp_path):
    found = scenario(tmp_path, "network.proxy=istio", sessionAffinity="ClientIP")

    assert found.connections.affinity_seconds is None
    told = next(a for a in found.assumptions if a.field == "spec.sessionAffinity")
    assert "istio sends requests to pods itself" in str(told.why)


@pytest.mark.parametrize("seconds", [0, 86_401])
def test_an_affinity_timeout_out_of_bounds_is_refused(tmp_path, seconds):
    config = {"clientIP": {"timeoutSeconds": seconds}}
    with pytest.raises(ScenarioError, match="must be between 1 and 86400") as raised:
        scenario(tmp_path, sessionAffinity="ClientIP", sessionAffinityConfig=config)

    assert "spec.sessionAffinityConfig.clientIP.timeoutSeconds" in str(raised.value)


def test_every_kind_of_proxy_has_a_digest_of_its_own(tmp_path):
    digests = [scenario(tmp_path, f"network.proxy={one}").digest for one in ProxyKind]

    assert digests == [scenario(tmp_path, f"network.proxy={one}").digest for one in ProxyKind]
    assert 3 == len(set(digests))

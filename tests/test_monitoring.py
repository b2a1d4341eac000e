"""What an operator sees of a run: never more than was scraped, and nothing changes by looking."""

from __future__ import annotations

import pytest
from stories import WINDOW, deployment, failures, rehearse, scenario, session

from sim.errors import RolloutError, ScenarioError
from sim.experiments.request_file import request_file
from sim.model.causes import Cause
from sim.model.command import Command, Verb
from sim.session import Session

OFTEN = ("monitoring.scrapeInterval=1s",)
NGINX = ("network.proxy=ingress-nginx",)


def watched(story, strategy="RollingUpdate", seed=1, engine="kernel"):
    return Session(story, strategy, seed, window=WINDOW, monitored=True, engine=engine)


def value(session, promql):
    """The only sample of the answer; None without one."""
    found = session.metrics.query(promql)
    return found[0].value if found else None


def by(session, promql, *names):
    return {
        tuple(dict(labels).get(name) for name in names): value
        for labels, value in session.metrics.query(promql)
    }


@pytest.mark.parametrize("proxy", ["kube-proxy", "ingress-nginx", "istio"])
def test_a_run_that_is_watched_is_the_same_run(tmp_path, proxy):
    story = scenario(
        tmp_path, deployment(), faults=("bug:new:5%",), overrides=(f"network.proxy={proxy}", *OFTEN)
    )

    assert rehearse(story).digest() == watched(story).finish().digest()


def test_who_has_no_monitoring_cannot_ask_it(tmp_path):
    with pytest.raises(RolloutError, match="nobody to ask"):
        session(scenario(tmp_path)).metrics.query("up")


def test_both_engines_show_the_same(tmp_path):
    story = scenario(
        tmp_path,
        deployment(),
        faults=("bug:new:5%",),
        overrides=(*NGINX, *OFTEN, "traffic.rate=20/s"),
    )
    found = []
    for engine in ("kernel", "reference"):
        one = watched(story, engine=engine)
        one.advance(60.0)
        found.append(one.metrics.query('{__name__=~".+"}'))

    kernel, reference = found
    assert [sample.labels for sample in reference] == [sample.labels for sample in kernel]
    assert [s.value for s in reference] == pytest.approx([s.value for s in kernel])
    assert len(kernel) > 100


def test_counters_of_pods_are_what_was_answered_up_to_their_last_scrapes(tmp_path):
    """Two pods that live all the time, one scrape a second: at most a second's answers are out."""
    one = watched(scenario(tmp_path, deployment(replicas=2), overrides=OFTEN), strategy=None)
    one.advance(60.0)
    answered = one.snapshot().answered

    seen = value(one, "sum(http_requests_total)")
    assert answered - 2 * 50 < seen < answered
    assert seen == value(one, "sum(http_request_duration_seconds_count)")
    assert seen == value(one, 'sum(http_request_duration_seconds_bucket{le="+Inf"})')


def test_a_threshold_sees_the_version_that_fails(tmp_path):
    story = scenario(tmp_path, deployment(), faults=("bug:new:10%",), overrides=OFTEN)
    one = watched(story)
    one.advance(120.0)
    errors = 'sum by (version) (rate(http_requests_total{status=~"5.."}[60s]))'
    all_of_them = "sum by (version) (rate(http_requests_total[60s]))"

    found = by(one, f"{errors} / {all_of_them}", "version")
    assert {("new",)} == set(found)
    assert 0.07 < found["new",] < 0.13


def test_what_no_pod_saw_is_in_the_ingress_metrics_only(tmp_path):
    """Without any endpoint for a while: pods count nothing wrong, the proxy counts 503."""
    story = scenario(
        tmp_path,
        deployment(readiness={"httpGet": {"path": "/", "port": 80}, "periodSeconds": 1}),
        overrides=(*NGINX, *OFTEN),
    )
    one = watched(story, "Recreate")
    run_end = 110.0
    one.advance(run_end)
    lost = one.snapshot().failed

    assert lost > 0
    assert {("200",)} == set(by(one, "sum by (status) (http_requests_total)", "status"))
    wrong = by(one, 'sum by (status) (nginx_ingress_controller_requests{status!="200"})', "status")
    assert lost == sum(wrong.values())
    assert {"503"} <= {status for (status,) in wrong} <= {"502", "503", "499"}


def test_kube_proxy_counts_no_requests_at_all(tmp_path):
    one = watched(scenario(tmp_path, overrides=OFTEN), "Recreate")
    one.advance(110.0)

    assert one.snapshot().failed > 0
    assert () == one.metrics.query("{__name__=~'nginx.*|istio.*'}")
    assert () == one.metrics.query('http_requests_total{status=~"5.."}')


def test_a_container_that_was_started_again_counts_from_nought(tmp_path):
    """And what it had counted since its last scrape is lost with it."""
    story = scenario(tmp_path, deployment(), faults=("crash:new:30s",), overrides=OFTEN)
    one = watched(story)
    one.advance(125.0)

    restarts = by(one, "kube_pod_container_status_restarts_total", "pod")
    resets = by(one, "min_over_time(http_requests_total[60s])", "pod")
    assert max(restarts.values()) >= 1.0
    crashed = [pod for pod, count in restarts.items() if count]
    assert all(resets[pod] < 60.0 for pod in crashed if pod in resets)
    cpu = by(one, "container_cpu_usage_seconds_total", "pod")
    assert all(cpu[pod] < 30.0 for pod in crashed if pod in cpu)
    assert 0.0 in by(one, "min_over_time(up{job='web'}[60s])", "pod").values()


def test_pods_that_are_gone_fall_silent(tmp_path):
    one = watched(scenario(tmp_path, deployment(), overrides=OFTEN))
    one.advance(29.0)
    old = set(by(one, "http_requests_total", "pod"))
    one.advance(140.0)

    assert not old & set(by(one, "http_requests_total", "pod"))
    assert {("new",)} == set(by(one, "sum by (version) (http_requests_total)", "version"))


def test_a_machine_that_is_lost_answers_nothing(tmp_path):
    one = watched(scenario(tmp_path, deployment(), overrides=OFTEN), strategy=None)
    one.advance(60.0)
    nodes = by(one, "up{job='kubelet'}", "node")
    one.command(Command(verb=Verb.LOSE_NODE, name="node-1"))
    one.advance(63.0)

    assert {1.0} == set(nodes.values())
    assert 0.0 == by(one, "up{job='kubelet'}", "node")["node-1",]
    assert 1 <= sum(up == 0.0 for up in by(one, "up{job='web'}", "pod").values())


def test_the_deployment_s_status_is_there_by_kube_state_metrics(tmp_path):
    one = watched(scenario(tmp_path, deployment(replicas=4), overrides=OFTEN))
    one.advance(20.0)

    assert 4.0 == value(one, "kube_deployment_status_replicas_available")
    assert 4.0 == value(one, "kube_deployment_spec_replicas")
    assert 4.0 == value(one, "sum(kube_pod_status_ready)")


def test_memory_and_cpu_are_the_kubelet_s(tmp_path):
    story = scenario(tmp_path, deployment(), faults=("leak:new:1MiB/s",), overrides=OFTEN)
    one = watched(story)
    one.advance(140.0)

    grown = by(one, "delta(container_memory_working_set_bytes[30s])", "pod")
    assert all(value == pytest.approx(30 * 2**20, rel=0.1) for value in grown.values())
    assert value(one, "sum(rate(container_cpu_usage_seconds_total[60s]))") > 0.0


@pytest.mark.parametrize("targets", ["pods", "server"])
def test_while_it_is_blind_nothing_new_is_known(tmp_path, targets):
    story = scenario(
        tmp_path, deployment(), faults=(f"blind:{targets}:lost@20s..60s",), overrides=OFTEN
    )
    one = watched(story, strategy=None)
    one.advance(59.0)
    seen = value(one, "sum(increase(http_requests_total[30s]))")
    assert seen is None
    one.advance(100.0)

    assert value(one, "sum(rate(http_requests_total[30s]))") == pytest.approx(50.0, rel=0.2)


def test_a_blindness_changes_nothing_but_what_is_seen(tmp_path):
    plain = scenario(tmp_path, deployment())
    blind = scenario(tmp_path / "b", deployment(), faults=("blind:pods:20s",))

    assert failures(rehearse(plain)) == failures(watched(blind).finish())
    assert rehearse(plain).digest() == watched(blind).finish().digest()


@pytest.mark.parametrize("amount", ["lost@80s..40s", "never", "lost@"])
def test_a_blindness_that_makes_no_sense_is_refused(tmp_path, amount):
    with pytest.raises(ScenarioError, match="blind:pods"):
        rehearse(scenario(tmp_path, faults=(f"blind:pods:{amount}",)))


def test_a_blindness_of_nobody_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="nothing that is monitored is called 'eyes'"):
        rehearse(scenario(tmp_path, faults=("blind:eyes:lost",)))


def test_an_operator_asks_for_a_track_and_gets_what_its_pods_counted(tmp_path):
    """Stable's old pods and the canary's, each told apart by its own label."""
    story = scenario(
        tmp_path,
        deployment(replicas=4),
        faults=("bug:new:20%",),
        overrides=(*OFTEN, "traffic.rate=100/s"),
    )
    one = watched(story, "Canary")
    one.advance(125.0)
    cluster = one._backend.cluster
    stable, canary = (cluster.requests(track, 60.0) for track in ("stable", "canary"))

    assert canary.error_ratio == pytest.approx(0.2, abs=0.06)
    assert 0.0 == stable.error_ratio
    assert canary.requests > 100.0
    assert 0.0 < canary.latency.quantile(0.5) < 0.2
    assert Cause.APPLICATION_BUG in failures(one.finish())


def test_who_writes_requests_down_gets_the_same_rows_however_often_one_scrapes(tmp_path):
    """Flushed at every scrape, the file has one group of rows all the same."""
    story, files = scenario(tmp_path, overrides=OFTEN), []
    for monitored in (False, True):
        files.append(tmp_path / f"{monitored}.parquet")
        with request_file(files[-1]) as recorder:
            Session(story, None, 1, window=WINDOW, monitored=monitored, recorder=recorder).finish()

    assert files[0].read_bytes() == files[1].read_bytes()

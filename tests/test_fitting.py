"""`seatrial fit`: what a run was given is found again in its own access log; bad input is told."""

from __future__ import annotations

import gzip
import json
import math
from datetime import UTC, datetime

import numpy as np
import pyarrow.parquet as pq
import pytest
from command_line import call
from recorded_log import NOON, line
from scipy import stats
from small_manifests import DEPLOYMENT

from sim.errors import ScenarioError
from sim.experiments.request_file import request_file
from sim.experiments.window import measured_window
from sim.fitting.access_log import read_log
from sim.fitting.arrivals import busiest, counted, dispersion, dispersion_around
from sim.fitting.endpoint_class import class_of
from sim.fitting.fitted import fit_log
from sim.fitting.picture import draw
from sim.fitting.visits import (
    distance_of_pauses,
    distance_of_sizes,
    population_of,
    visits_of,
)
from sim.scenario.load import load
from sim.session import Session

POPULATION, REQUESTS, THINK, RATE = 100_000, 4.0, 6.0, 30.0

SCENARIO = """\
apiVersion: seatrial/v1alpha1
kind: Scenario
metadata: {name: shop}
spec:
  manifests: [shop.yaml]
  clients: {attempts: 2}
  traffic: {kind: burst, rate: 3/s, factor: 2x}
  users: {population: 9, attributes: {group: {beta: 10%}}}
"""


def written(tmp_path, lines):
    place = tmp_path / "access.log"
    place.write_text("".join(lines))
    return place


@pytest.fixture(scope="module")
def own_log(tmp_path_factory):
    """What a proxy in front of a simulated service would have logged in a quarter of an hour."""
    place = tmp_path_factory.mktemp("own")
    (place / "shop.yaml").write_text(DEPLOYMENT)
    given = {
        "traffic.rate": f"{RATE:g}/s",
        "users.population": POPULATION,
        "users.visits.requests": f"{REQUESTS:g}",
        "users.visits.think": f"{THINK:g}s",
        "window.length": "900s",
    }
    overrides = [f"{name}={value}" for name, value in given.items()]
    scenario = load([place / "shop.yaml"], images=["web=nginx:1.21"], overrides=overrides)
    window = measured_window(scenario, ["RollingUpdate"])
    with request_file(place / "all.parquet") as recorder:
        Session(
            scenario, "RollingUpdate", 1, window=window, engine="kernel", recorder=recorder
        ).finish()
    rows = pq.read_table(place / "all.parquet").to_pandas()
    rows = rows[rows["final"] & (rows["meant"] >= 0) & (rows["meant"] < 900)]
    rows = rows.sort_values("answered")  # As a server writes them.
    return written(
        place,
        [
            line(row.meant, client=f"10.{row.user >> 16}.{row.user >> 8 & 255}.{row.user & 255}")
            for row in rows.itertuples()
        ],
    )


def test_a_run_s_own_traffic_is_found_again_in_its_log(own_log):
    log = read_log(own_log, "log")
    fit = fit_log(log, at=None, length=900.0, step=60.0, gap_seconds=60.0)
    visits = fit.visits

    # The rate's counts are sums of visits: Poisson many, geometric each.
    spread = math.sqrt(RATE * 900 * (2 * REQUESTS - 1))
    assert RATE * 900 == pytest.approx(log.requests, abs=4 * spread)
    # Visits that were under way at either end are cut: at most one and a half lengths in 37.
    assert REQUESTS == pytest.approx(visits.requests, rel=0.05)
    error = THINK / math.sqrt(len(visits.pauses))
    assert THINK == pytest.approx(visits.think_seconds, abs=4 * error + 0.02 * THINK)
    again = visits.count - fit.distinct
    assert POPULATION == pytest.approx(fit.population, rel=4 / math.sqrt(again))


def test_what_the_model_made_fits_the_model(own_log):
    log = read_log(own_log, "log")
    fit = fit_log(log, at=None, length=900.0, step=60.0, gap_seconds=60.0)

    assert fit.sizes_distance < 0.02
    assert fit.pauses_distance < 0.02
    # Visits come as a Poisson process, requests in bunches of them.
    assert fit.visit_dispersion.p > 0.001
    half_minutes = counted(log.times, float(log.times[0]), 30.0, 30).counts
    assert dispersion(half_minutes).p < 0.001


def test_the_file_that_is_written_runs_beside_a_manifest(own_log, tmp_path):
    (tmp_path / "shop.yaml").write_text(DEPLOYMENT)
    target, picture = tmp_path / "behaviour.yaml", tmp_path / "fit.png"

    shown = call("fit", str(own_log), "-o", str(target), "--gap", "60s", "--png", str(picture))
    assert 0 == shown.exit_code, shown.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
    scenario = load([tmp_path / "shop.yaml", target], images=["web=nginx:1.21"])
    assert REQUESTS == pytest.approx(scenario.visits.requests, rel=0.05)
    checked = call("validate", str(tmp_path / "shop.yaml"), str(target))
    assert 0 == checked.exit_code, checked.stderr
    alone = call("validate", str(target))
    assert 2 == alone.exit_code
    assert "a behaviour alone is no release" in alone.stderr


def test_what_a_behaviour_does_not_say_stays_as_it_was(tmp_path):
    file = tmp_path / "b.yaml"
    head = "apiVersion: seatrial/v1alpha1\nkind: Behaviour\nspec:\n"
    file.write_text(head + "  traffic: {kind: constant, rate: 7/s}\n  users: {population: 12}\n")
    (tmp_path / "shop.yaml").write_text(DEPLOYMENT)
    (tmp_path / "scenario.yaml").write_text(SCENARIO)

    scenario = load([tmp_path / "scenario.yaml", file])

    assert 12 == scenario.population
    assert 2 == scenario.clients.attempts
    assert ("group",) == tuple(one.name for one in scenario.attributes)
    set_too = load([tmp_path / "scenario.yaml", file], overrides=["users.population=5"])
    assert 5 == set_too.population


def test_the_example_of_the_documentation_is_laid_over_a_manifest(root, tmp_path):
    text = (root / "docs" / "scenario.md").read_text("utf-8")
    example = text.partition("```yaml behaviour\n")[2].partition("```")[0]
    (tmp_path / "b.yaml").write_text(example)
    (tmp_path / "shop.yaml").write_text(DEPLOYMENT)

    assert 4000 == load([tmp_path / "shop.yaml", tmp_path / "b.yaml"]).population


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("spec: {trafic: {rate: 5/s}}", ":3:8", "did you mean traffic"),
        ("spec: {release: {image: {web: x}}}", ":3:8", "unknown field"),
        ("spec: {traffic: {rate: fast}}", ":3:24", "is not a rate"),
        ("spec: []", ":1:1", "add spec"),
        ("specs: {}", ":3:1", "did you mean spec"),
    ],
)
def test_a_mistake_in_a_behaviour_has_its_place(tmp_path, text, place, words):
    file = tmp_path / "b.yaml"
    file.write_text(f"apiVersion: seatrial/v1alpha1\nkind: Behaviour\n{text}\n")
    (tmp_path / "shop.yaml").write_text(DEPLOYMENT)

    shown = call("validate", str(tmp_path / "shop.yaml"), str(file))

    assert 2 == shown.exit_code
    assert f"b.yaml{place}" in shown.stderr
    assert words in shown.stderr


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        ("GET", "/", "root"),
        ("GET", "/shop", "shop"),
        ("GET", "/shop/7?x=1", "shop"),
        ("POST", "/shop/7", "post-shop"),
        ("DELETE", "/7/shop", "delete-shop"),
        ("GET", "/3f2504e0-4f89-11d3-9a0c-0305e82c3301/cart", "cart"),
        ("GET", "/css/site.CSS?v=3", "static"),
        ("POST", "/upload.png", "post-upload-png"),
        ("HEAD", "/robots.txt", "robots-txt"),
        ("GET", "http://x.example/api/v1", "api"),
        ("GET", "*", "other"),
        ("GET", "/%E4%BD%A0", "e4-bd-a0"),
        ("GET", "/???", "root"),
        ("GET", "/12/34", "root"),
    ],
)
def test_requests_of_a_kind_are_a_class(method, target, expected):
    assert expected == class_of(method, target)


def test_a_pause_longer_than_the_gap_ends_a_visit():
    times = np.array([0.0, 10.0, 40.0, 5.0, 71.0])
    clients = np.array([1, 1, 1, 2, 1], np.int32)

    found = visits_of(times, clients, 30.0)

    assert [0.0, 5.0, 71.0] == found.starts.tolist()
    assert [3, 1, 1] == found.sizes.tolist()
    assert [10.0, 30.0] == found.pauses.tolist()


@pytest.mark.parametrize("population", [10, 1000, 250_000])
def test_the_number_of_users_follows_from_how_many_came_twice(population):
    """Counted: so many visits by users at random."""
    draws = np.random.default_rng(5)
    visits = 10 * int(math.sqrt(population)) + 20
    found = [
        population_of(visits, len(np.unique(draws.integers(0, population, visits))))
        for _ in range(400)
    ]
    finite = np.array([one for one in found if math.isfinite(one)])
    assert population == pytest.approx(np.median(finite), rel=0.12)


def test_distances_are_those_of_kolmogorov_and_smirnov():
    draws = np.random.default_rng(3)
    sizes = draws.geometric(0.3, 4000)
    fitted = stats.geom(1 / sizes.mean())
    every = np.arange(0, sizes.max() + 1)
    ours = np.abs(np.searchsorted(np.sort(sizes), every, "right") / 4000 - fitted.cdf(every)).max()
    assert ours == pytest.approx(distance_of_sizes(sizes), abs=1e-12)
    assert distance_of_sizes(np.full(100, 5)) > 0.5  # All alike: nothing geometric about it.
    assert distance_of_pauses(np.floor(np.sort(draws.exponential(40.0, 4000)))) < 0.03
    assert distance_of_pauses(np.full(100, 30.0)) > 0.5


def test_dispersion_tells_poisson_from_bursts_and_a_slow_change_from_both():
    draws = np.random.default_rng(11)
    even = draws.poisson(20, 240).astype(float)
    level = [dispersion(draws.poisson(20, 240).astype(float)).p < 0.05 for _ in range(1000)]
    assert 0.03 < np.mean(level) < 0.07
    assert dispersion(even * 5).p < 1e-6
    slow = draws.poisson(np.repeat([5, 20, 60, 20], 60)).astype(float)
    assert dispersion(slow).p < 1e-6
    means = np.repeat([5, 20, 60, 20], 60)
    around = [dispersion_around(draws.poisson(means).astype(float), 20) for _ in range(1000)]
    assert 0.03 < np.mean([one.p < 0.05 for one in around]) < 0.07
    assert dispersion_around(3 * slow, 20).p < 1e-6


def test_the_busiest_hour_is_the_one_with_the_most_requests():
    times = np.concatenate([np.arange(0, 7200, 60.0), np.arange(3000, 4200, 10.0)])
    times.sort()
    start = busiest(times, 1800.0)
    found = counted(times, start, 60.0, 30)
    best = max(((times >= t) & (times < t + 1800)).sum() for t in times)
    assert best == found.counts.sum()
    assert 600 <= start <= 3000


def test_lines_that_cannot_be_read_are_counted_and_another_format_is_refused(tmp_path):
    good = [line(n, client=f"10.0.0.{n % 5}") for n in range(200)]
    mixed = [*good[:50], "-\n", "[error] 31#31: upstream\n", *good[50:]]
    shown = call("fit", str(written(tmp_path, mixed)), "--json")
    assert 0 == shown.exit_code
    assert "2 lines could not be read, the first of them line 51" in shown.stderr
    assert 200 == json.loads(shown.stdout)["requests"]

    other = written(tmp_path, [f'{{"time": {n}}}\n' for n in range(30)])
    other.write_text("x" + other.read_text())
    shown = call("fit", str(other))
    assert 2 == shown.exit_code
    assert "is no line of an access log" in shown.stderr
    assert "" == shown.stdout


def test_a_log_may_be_gzipped_out_of_order_and_hold_anything_in_quotes(tmp_path):
    lines = [
        line(5, agent='a \\"quoted\\" [agent] 1'),
        line(3, path="/a b"),
        '::1 - "x y" [24/Nov/2026:13:00:04 +0100] "" 400 0 "-" "-"\n',
        line(4, agent="Googlebot/2.1", status=503),
    ]
    place = tmp_path / "access.log.gz"
    place.write_bytes(gzip.compress("".join(lines).encode()))

    log = read_log(place, "log")

    assert [NOON + 3, NOON + 4, NOON + 4, NOON + 5] == log.times.tolist()
    assert (1, 1, 0) == (log.bots, log.server_errors, log.unread)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--step", "1s"), "steps are too many"),
        (("--for", "soon"), "is not a duration"),
        (("--at", "yesterday"), "is not a time"),
        (("--gap", "2h"), "at most 30m"),
        (("--step", "10ms"), "at least 1 s"),
    ],
)
def test_a_wrong_wish_is_refused_before_the_work(tmp_path, words, said):
    shown = call("fit", str(written(tmp_path, [line(1)])), *words)

    assert 2 == shown.exit_code
    assert said in shown.stderr


@pytest.mark.parametrize("text", ["", "\n", "\x00\x01", '{"items": 5}', "{", '{"items": []}', "[]"])
def test_what_is_no_recording_is_one_message(tmp_path, text):
    place = tmp_path / "what"
    place.write_text(text)

    shown = call("fit", str(place))

    assert 2 == shown.exit_code
    assert 1 == len(shown.stderr.strip().splitlines())


def test_a_hostile_line_costs_nothing(tmp_path):
    place = tmp_path / "access.log"
    tricks = ['a - - [24/Nov/2026:12:00:00 +0000] "' + "\\" * 30_000 + "\n", '"' * 100_000 + "\n"]
    place.write_text("".join([line(n) for n in range(30)] + tricks * 20))

    found = read_log(place, "log")

    assert (30, 40) == (found.requests, found.unread)


def test_counts_become_a_curve(tmp_path):
    place = tmp_path / "counts.csv"
    counts = [60, 60, 600, 1200, 600, 60, 60, 60]
    rows = "".join(f"{60 * n},{count}\n" for n, count in enumerate(counts))
    place.write_text("timestamp,value\n" + rows)

    shown = call("fit", str(place), "--for", "3m", "--json")

    assert 0 == shown.exit_code
    assert [10.0, 20.0, 10.0] == json.loads(shown.stdout)["traffic"]["rates"]
    refused = call("fit", str(place), "--at", "2026-11-24T12:00")
    assert (2, True) == (refused.exit_code, "only an access log" in refused.stderr)


def pod(start, ready, *, scheduled=1, restarts=0, period=4, **more):
    def at(seconds):
        return datetime.fromtimestamp(NOON + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    probe = {"httpGet": {"path": "/", "port": 80}, "periodSeconds": period}
    status = {"restartCount": restarts, "state": {"running": {"startedAt": at(start)}}}
    found = {
        "kind": "Pod",
        "metadata": {"name": "a", "creationTimestamp": at(0)},
        "spec": {"containers": [{"name": "web", "readinessProbe": probe}]},
        "status": {
            "conditions": [
                {"type": "PodScheduled", "status": "True", "lastTransitionTime": at(scheduled)},
                {"type": "Ready", "status": "True", "lastTransitionTime": at(ready)},
            ],
            "containerStatuses": [status],
        },
    }
    if more:
        found["metadata"] |= {
            "deletionTimestamp": at(more["deleted"] + 30),
            "deletionGracePeriodSeconds": 30,
        }
        over = {"finishedAt": at(more["finished"]), "exitCode": more["code"]}
        status["state"] = {"terminated": over}
        found["status"]["conditions"].pop()
    return found


def test_a_cluster_s_own_notes_become_start_up_and_drain_times(tmp_path):
    pulled = [
        'Successfully pulled image "nginx:1.21" in 2.5s (2.5s including waiting). Image size: 5',
        'Successfully pulled image "nginx:1.21" in 1m1.5s (1m1.5s including waiting)',
        'Container image "nginx:1.21" already present on machine',
    ]
    events = [{"kind": "Event", "reason": "Pulled", "message": text} for text in pulled]
    pods = [
        pod(4, 14),
        pod(4, 10),
        pod(5, 12),
        pod(5, 50, restarts=1),  # Its Ready is not that of its first start.
        pod(4, 9, deleted=100, finished=107, code=0),
        pod(4, 9, deleted=100, finished=130, code=137),
    ]
    place = tmp_path / "pods.json"
    place.write_text(json.dumps({"kind": "List", "items": [*pods, *events]}))

    shown = call("fit", str(place), "--json")
    assert 0 == shown.exit_code
    found = json.loads(shown.stdout)["pods"]
    assert {"count": 3, "low": 6.0, "median": 7.0, "high": 10.0} == found["ready"]
    assert 5.0 == found["startup"]["median"]  # Half a period of 4 s less.
    assert {"count": 2, "low": 2.5, "median": 32.0, "high": 61.5} == found["pull"]
    assert {"count": 2, "low": 7.0, "median": 18.5, "high": 30.0} == found["drain"]
    assert 1 == found["killed"]

    target = tmp_path / "b.yaml"
    shown = call("fit", str(place), "-o", str(target), "--png", str(tmp_path / "b.png"))
    assert 0 == shown.exit_code
    assert "b.png: is not written: only of traffic" in shown.stderr
    assert not (tmp_path / "b.png").exists()
    (tmp_path / "shop.yaml").write_text(DEPLOYMENT)
    scenario = load([tmp_path / "shop.yaml", target], images=["web=nginx:1.21"])
    (old,) = [one for one in scenario.versions if one.name == "old"]
    assert 5.0 == old.behaviour.startup_seconds


@pytest.mark.shared
def test_a_real_log_is_read_and_its_oddities_are_told(shared, tmp_path):
    """Ten thousand requests of four days; the log holds the sixth minute of each hour only."""
    shown = call("fit", str(shared / "data" / "access_log_combined.log"), "--json")

    assert 0 == shown.exit_code
    found = json.loads(shown.stdout)
    assert (10_000, 9) == (found["requests"], len(found["classes"]))
    assert found["visits"]["dispersion"]["p"] < 1e-9
    assert "as unevenly as a Poisson process" in shown.stderr
    assert "come from crawlers" in shown.stderr


def test_the_picture_speaks_both_languages(own_log):
    fit = fit_log(read_log(own_log, "log"), at=None, length=900.0, step=60.0, gap_seconds=60.0)
    assert 3 == len(draw(fit, "zh").axes) == len(draw(fit, "en").axes)


def test_an_unknown_moment_is_told(tmp_path):
    place = written(tmp_path, ['a - - [99/Xyz/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 1\n'])
    with pytest.raises(ScenarioError, match="no line of an access log"):
        read_log(place, "log")

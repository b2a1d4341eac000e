"""Feature flags: who takes the new code path, when pods hear of it, and what a kill switch is."""

from __future__ import annotations

import json

import pytest
from stories import deployment, failures, scenario

from sim.analysis.cost import peak_pods
from sim.errors import ScenarioError
from sim.experiments.folder import read_run_folder, write_run_folder
from sim.model.asked_share import WEIGHT
from sim.model.canary_steps import Pause, SetWeight
from sim.model.causes import Cause
from sim.model.feature_flags import Delivery, Flag, delivery_of, flag_routes, with_flag
from sim.model.routing import Attribute
from sim.model.run import Phase, Window
from sim.scenario.feature_flags import flags_in, new_config_map, patch_of
from sim.scenario.load import load, validate
from sim.session import Session
from sim.strategies import strategy_named
from sim.traffic.attempt import Attempt, Request
from sim.traffic.routing import Routing

WINDOW = Window(start=0.0, first_write=10.0, end=330.0)
RATE = "traffic.rate=60/s"
OLD, NEW = 0, 1
# Section 7.3 of the handbook, letter by letter.
HANDBOOK = """\
# a comment in front
apiVersion: v1
kind: ConfigMap
metadata:
  name: feature-flags
data:
  features.yaml: |
    features:
      new_checkout_flow:
        enabled: false
        rollout_percentage: 0
        user_groups: ["beta_users"]
      enhanced_search:
        enabled: true
        rollout_percentage: 100
        user_groups: ["all"]
      experimental_ui:
        enabled: true
        rollout_percentage: 5
        user_groups: ["internal"]
"""
GROUPS = Attribute(name="group", values=(("beta", 0.3), ("internal", 0.2), ("", 0.5)))


def served(flag, name="checkout", attributes=(GROUPS,), users=4000):
    """The code path that each user takes by *flag*."""
    routing = Routing(attributes, 1)
    table = flag_routes(flag, name, attributes, old=OLD, new=NEW)
    routing.check(table)
    found = {}
    for user in range(users):
        request = Request(number=user * 7, user=user, proxy=0, sent=0.0, deadline=9.0)
        found[user] = routing.version(table, Attempt(request, 0, 0.0, 9.0))
    return found


def lit(found):
    return {user for user, version in found.items() if version == NEW}


@pytest.mark.parametrize(
    ("flag", "share"),
    [
        (Flag(), 0.0),
        (Flag(enabled=False, percentage=100, groups=("all",)), 0.0),
        (Flag(enabled=True), 0.0),
        (Flag(enabled=True, percentage=100), 1.0),
        (Flag(enabled=True, percentage=25), 0.25),
        (Flag(enabled=True, groups=("all",)), 1.0),
        (Flag(enabled=True, groups=("beta",)), 0.3),
        (Flag(enabled=True, groups=("beta", "internal")), 0.5),
        (Flag(enabled=True, groups=("nobody",)), 0.0),
        (Flag(enabled=True, groups=("beta",), percentage=50), 0.65),
    ],
)
def test_a_flag_is_on_if_it_is_enabled_and_the_group_or_the_percentage_says_so(flag, share):
    found = len(lit(served(flag))) / 4000

    assert share == found if share in (0.0, 1.0) else abs(share - found) < 0.03


def test_a_growing_percentage_takes_nobody_back_and_two_flags_are_independent():
    small, large = (lit(served(Flag(enabled=True, percentage=one))) for one in (10, 50))
    other = lit(served(Flag(enabled=True, percentage=50), name="search"))

    assert small < large
    assert abs(len(large & other) / 4000 - 0.25) < 0.03


def test_the_handbooks_config_map_is_read_as_it_is_printed(tmp_path):
    manifest = tmp_path / "deployment.yaml"
    manifest.write_text(json.dumps(deployment()))
    flags = tmp_path / "flags.yaml"
    flags.write_text(HANDBOOK)

    story = load([manifest, flags], images=["web=web:2"])

    (found,) = [one for one in story.applied if one["kind"] == "ConfigMap"]
    assert flags_in(found) == {
        "new_checkout_flow": Flag(groups=("beta_users",)),
        "enhanced_search": Flag(enabled=True, percentage=100.0, groups=("all",)),
        "experimental_ui": Flag(enabled=True, percentage=5.0, groups=("internal",)),
    }
    assert not [one for one in story.warnings if "ConfigMap" in one.render()]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("enabled: false", "enabled: maybe", "line 3: .*wanted true or false"),
        ("rollout_percentage: 5", "rollout_percentage: 105", "line 12: .*from 0 to 100"),
        ('["internal"]', "internal", "line 13: .*list of names"),
        ("user_groups: [", "groups: [", 'line 5: .*unknown field "groups"'),
        ('["beta_users"]', '["beta_users"', "line 6: .*not valid YAML"),
        ("features:\n", "- features\n", "data"),
    ],
)
def test_what_is_wrong_inside_the_config_map_is_told_with_its_line(tmp_path, before, after, words):
    flags = tmp_path / "flags.yaml"
    flags.write_text(HANDBOOK.replace(before, after, 1))

    with pytest.raises(ScenarioError, match=words):
        validate([flags])


@pytest.mark.parametrize("key", ["features.yaml", "features.json"])
def test_a_flag_is_written_without_touching_the_others_and_only_if_it_changes(key):
    config_map = new_config_map("feature-flags", "default", {})
    content = {"a": {"enabled": True, "rollout_percentage": 2.5, "user_groups": ["x", "y: z"]}}
    config_map["data"] = {key: json.dumps({"features": content})}

    patch = patch_of(config_map, "b", True, 20)
    changed = {**config_map, **patch}

    assert {"a": Flag(enabled=True, percentage=2.5, groups=("x", "y: z"))} == flags_in(config_map)
    assert flags_in(changed) == {**flags_in(config_map), "b": Flag(enabled=True, percentage=20.0)}
    assert {} == patch_of(changed, "b", True, 20)


MOUNT = {"name": "flags", "mountPath": "/flags"}
VOLUME = {"name": "flags", "configMap": {"name": "feature-flags"}}
KEY = {"configMapKeyRef": {"name": "feature-flags", "key": "features.yaml"}}


@pytest.mark.parametrize(
    ("container", "volumes", "delivery"),
    [
        ({}, [], None),
        ({"volumeMounts": [MOUNT]}, [VOLUME], Delivery.FILE),
        ({"volumeMounts": [MOUNT | {"subPath": "features.yaml"}]}, [VOLUME], Delivery.ENVIRONMENT),
        ({}, [VOLUME], None),
        ({"env": [{"name": "F", "valueFrom": KEY}]}, [], Delivery.ENVIRONMENT),
        ({"envFrom": [{"configMapRef": {"name": "feature-flags"}}]}, [], Delivery.ENVIRONMENT),
        ({"envFrom": [{"configMapRef": {"name": "other"}}]}, [], None),
    ],
)
def test_how_a_pod_hears_of_a_config_map(container, volumes, delivery):
    spec = {"containers": [{"name": "web", **container}], "volumes": volumes}

    assert delivery is delivery_of(spec, "feature-flags")


@pytest.mark.parametrize("delivery", Delivery)
def test_a_pod_that_reads_its_flag_already_gets_nothing_but_annotations(delivery):
    bare = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web"}]}}
    once = with_flag(bare, "f", "feature-flags", delivery)

    assert delivery is delivery_of(once["spec"], "feature-flags")
    assert once == with_flag(once, "f", "feature-flags", delivery)


def flagged(place, *more, manifest=None, faults=()):
    overrides = (RATE, "strategies.featureFlags.steps=[100%]", *more)
    return scenario(place, manifest or deployment(pre_stop=3), overrides=overrides, faults=faults)


def plain(place, *more):
    return scenario(place, deployment(pre_stop=3), overrides=(RATE, *more))


def killed(story, strategy, *, window=WINDOW):
    """From the decision to go back to the last answer of the new code, and to its end."""
    session = Session(story, strategy, 1, window=window)
    cluster, told = session._backend.cluster, {}
    operator = strategy_named(strategy, story.strategies.get(strategy))

    def rollback():
        if strategy == "FeatureFlags":
            yield cluster._clock.until(lambda: cluster.noted(WEIGHT) == "100")
        else:
            yield cluster.sleep(window.first_write + 1.0 - session.now)
            yield cluster.until_rolled_out()
        yield cluster.sleep(20.0)
        told["decided"] = session.now
        told["phase"] = yield from operator.go_back(cluster)

    session._backend.drive(rollback())
    run = session.finish()
    assert told["phase"] is Phase.DEGRADED
    return run.last_answer[NEW] - told["decided"], run


def test_pods_hear_of_a_kill_switch_at_times_of_their_own_within_a_minute_and_a_half(tmp_path):
    story = flagged(tmp_path, manifest=deployment(replicas=6, pre_stop=3))
    taken, run = killed(story, "FeatureFlags")

    assert 30.0 < taken < 91.0
    write_run_folder(tmp_path / "kept", story, run)
    kept = read_run_folder(tmp_path / "kept")
    assert {False} == {serves for _, _, serves in kept.code_paths[-6:]}
    assert (run.code_paths, run.digest()) == (kept.code_paths, kept.digest())
    assert {} == failures(run)
    # The pods are those that the release brought; only their code path is the old one again.
    assert {NEW} == {span.version for span in run.pods if span.end > run.window.end}


def test_a_kill_switch_is_slower_than_an_undo_of_pods_that_start_fast(tmp_path):
    """The handbook's kill switch is not instant: three pods are replaced in half that time."""
    flag, _ = killed(flagged(tmp_path / "a"), "FeatureFlags")
    undo, _ = killed(plain(tmp_path / "b"), "RollingUpdate")

    assert undo < flag


def test_a_kill_switch_is_faster_than_an_undo_of_pods_that_start_slowly(tmp_path):
    slow = "versions.old.startup=50s"
    window = Window(start=0.0, first_write=10.0, end=800.0)

    flag, _ = killed(flagged(tmp_path / "a", slow), "FeatureFlags", window=window)
    undo, _ = killed(plain(tmp_path / "b", slow), "RollingUpdate", window=window)

    assert flag < 91.0 < undo


def test_a_flag_in_the_environment_is_killed_by_a_restart_as_an_undo_is(tmp_path):
    by_env = "strategies.featureFlags.delivery=environment"
    flag, run = killed(flagged(tmp_path / "a", by_env), "FeatureFlags")
    undo, _ = killed(plain(tmp_path / "b"), "RollingUpdate")

    assert flag == pytest.approx(undo, abs=4.0)
    assert {OLD} == {span.version for span in run.pods if span.end > run.window.end}


def test_nobody_meets_the_bug_before_the_flag_and_then_only_those_it_is_on_for(tmp_path):
    """What a flag gains: new pods everywhere, and one user in ten in the new code path."""
    steps = "strategies.featureFlags.steps=[10%,pause]"
    story = scenario(
        tmp_path,
        deployment(pre_stop=3),
        overrides=(RATE, steps, "users.population=2000"),
        faults=("bug:new:50%",),
    )

    run = Session(story, "FeatureFlags", 1, window=WINDOW).finish()
    rolled = Session(story, "RollingUpdate", 1, window=WINDOW).finish()

    assert run.phase is None  # It waits for somebody to say that 10 % look well.
    met = set(run.users.exposed[NEW].tolist())
    assert 150 < len(met) < 250
    assert set(run.users.failed.tolist()) <= met
    assert len(run.users.failed) < len(rolled.users.failed) / 4


def test_what_a_flag_costs_is_time(tmp_path):
    story = flagged(tmp_path)
    flags = Session(story, "FeatureFlags", 1, window=WINDOW).finish()
    rolling = Session(story, "RollingUpdate", 1, window=WINDOW).finish()

    assert Phase.HEALTHY == flags.phase == rolling.phase
    assert flags.finished_at - rolling.finished_at > 90.0
    assert {} == failures(flags)


def test_ones_own_config_map_keeps_its_groups_and_its_other_flags(tmp_path):
    manifest = tmp_path / "deployment.yaml"
    manifest.write_text(json.dumps(deployment(pre_stop=3)))
    flags = tmp_path / "flags.yaml"
    flags.write_text(HANDBOOK)
    story = load(
        [manifest, flags],
        images=["web=web:2"],
        overrides=[
            RATE,
            "users.population=1000",
            "users.attributes.group.beta_users=20%",
            "strategies.featureFlags.steps=[5%,pause]",
        ],
    )

    session = Session(story, "FeatureFlags", 1, window=WINDOW)
    run = session.finish()

    found = flags_in(session._backend.control_plane.store.get("ConfigMap", "feature-flags"))
    assert Flag(enabled=True, percentage=5.0, groups=("beta_users",)) == found["new_checkout_flow"]
    assert Flag(enabled=True, percentage=5.0, groups=("internal",)) == found["experimental_ui"]
    # A fifth by their group, and a twentieth of the others.
    assert 190 < len(run.users.exposed[NEW]) < 290


def test_who_syncs_more_often_waits_less():
    settings = strategy_named("FeatureFlags", {"steps": (SetWeight(50), Pause(5.0))})
    assert 5.0 + 2 * 91.0 == settings.planned_seconds()
    assert (
        5.0
        == strategy_named(
            "FeatureFlags", {"steps": (SetWeight(50), Pause(5.0)), "delivery": "environment"}
        ).planned_seconds()
    )


def test_a_faster_kubelet_is_waited_for_no_longer_than_it_takes(tmp_path):
    story = flagged(tmp_path, "nodes.syncFrequency=10s")

    taken, _ = killed(story, "FeatureFlags")

    assert {"propagation_seconds": 16.0}.items() <= story.strategies["FeatureFlags"].items()
    assert taken < 16.0


def test_blue_green_behind_a_flag_moves_pods_at_once_and_code_in_steps(tmp_path):
    """Everybody is on green and nobody meets its bug; then one user in ten does."""
    settings = ("scaleDownDelaySeconds=10", "steps=[10%,pause]")
    overrides = [f"strategies.blueGreenBehindFlag.{one}" for one in settings]
    story = scenario(
        tmp_path,
        deployment(),
        overrides=(RATE, *overrides, "users.population=2000"),
        faults=("bug:new:50%",),
    )

    run = Session(story, "BlueGreenBehindFlag", 1, window=WINDOW).finish()
    bare = Session(story, "BlueGreen", 1, window=WINDOW).finish()

    assert 6 == peak_pods(run) == peak_pods(bare)
    assert {NEW} == {span.version for span in run.pods if span.end > run.window.end}
    assert run.settled_at < 60.0
    assert {Cause.APPLICATION_BUG} == failures(run).keys()
    met = set(run.users.exposed[NEW].tolist())
    assert 150 < len(met) < 250
    assert set(run.users.failed.tolist()) <= met
    assert sum(failures(run).values()) < sum(failures(bare).values()) / 5


def test_what_the_combination_costs_is_the_time_of_both(tmp_path):
    story = flagged(
        tmp_path,
        "strategies.blueGreenBehindFlag.steps=[100%]",
        "strategies.blueGreenBehindFlag.scaleDownDelaySeconds=20",
    )
    flags, both = (
        Session(story, name, 1, window=WINDOW).finish()
        for name in ("FeatureFlags", "BlueGreenBehindFlag")
    )

    assert Phase.HEALTHY == flags.phase == both.phase
    assert {} == failures(both)
    assert both.finished_at - both.window.first_write > 20.0 + 91.0
    assert peak_pods(both) > peak_pods(flags)

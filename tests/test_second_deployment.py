"""Manifests with two Deployments, as a person has them who releases by hand."""

from __future__ import annotations

from itertools import product

import pytest

from sim.control.versions import Versions
from sim.errors import ScenarioError
from sim.experiments.drill_moments import Moment
from sim.experiments.rollback_drill import rollback_drill
from sim.model.canary_steps import Pause, SetWeight
from sim.model.run import Phase, Window
from sim.model.second import Tracks
from sim.scenario.load import load, validate
from sim.scenario.scenario import Scenario
from sim.session import Session, run

SHORT = Window(start=0.0, first_write=10.0, end=90.0)


def deployment(
    name: str, labels: dict[str, str], *, image: str = "shop:1", replicas: int = 3
) -> str:
    shown = ", ".join(f"{key}: {text}" for key, text in labels.items())
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{{shown}}}}}
  template:
    metadata: {{labels: {{{shown}}}}}
    spec:
      containers:
        - name: shop
          image: {image}
          readinessProbe: {{httpGet: {{path: /, port: 80}}, periodSeconds: 1}}
          lifecycle: {{preStop: {{sleep: {{seconds: 5}}}}}}
"""


def service(**selector: str) -> str:
    shown = ", ".join(f"{key}: {text}" for key, text in selector.items())
    return f"""\
apiVersion: v1
kind: Service
metadata: {{name: shop}}
spec: {{selector: {{{shown}}}, ports: [{{port: 80}}]}}
"""


BLUE = deployment("shop-blue", {"app": "shop", "version": "blue"})
GREEN = deployment("shop-green", {"app": "shop", "version": "green"}, image="shop:2", replicas=2)
ON_BLUE = service(app="shop", version="blue")
STABLE = deployment("shop-stable", {"app": "shop", "track": "stable"}, replicas=9)
CANARY = deployment("shop-canary", {"app": "shop", "track": "canary"}, image="shop:2", replicas=1)
ON_BOTH = service(app="shop")


@pytest.fixture
def read(tmp_path):
    """A scenario of these manifests, in this order."""

    def loaded(*texts: str, **how: object) -> Scenario:
        (tmp_path / "shop.yaml").write_text("---\n".join(texts))
        return load([tmp_path / "shop.yaml"], **how)

    return loaded


def remarks(found: Scenario) -> str:
    return "\n".join(one.render() for one in found.warnings)


def end_of(found: Scenario, strategy: str) -> tuple[Session, dict]:
    """The session at the end of a short window, and its objects by kind and name."""
    session = Session(found, strategy, 0, window=SHORT, checked=True)
    session.advance(SHORT.end)
    objects = {(one["kind"], one["metadata"]["name"]): one for one in session.snapshot().objects}
    return session, objects


@pytest.mark.parametrize("texts", [(BLUE, GREEN, ON_BLUE), (ON_BLUE, GREEN, BLUE)])
def test_the_deployment_that_the_service_does_not_select_is_the_new_version(read, texts):
    found = read(*texts)

    understood = (
        "Deployment/shop-green is the new version of Deployment/shop-blue:"
        " Service/shop selects version=blue"
    )
    assert "Deployment/shop-blue" == found.title
    assert understood == found.release.describe.render("en")
    assert understood in remarks(found)
    assert "does not run" not in remarks(found)
    assert found.own is not None
    assert "BlueGreen" == found.own.name
    assert [("manifest", "Deployment")] == [
        (one.origin, one.value) for one in found.assumptions if one.field == "release"
    ]


def test_green_stands_from_the_start_and_is_switched_to_by_the_service_s_own_label(read):
    """Under its own name, as many pods as its author gave it, and nobody is asked before."""
    found = read(BLUE, GREEN, ON_BLUE)
    before = Session(found, "BlueGreen", 0, window=SHORT)
    before.advance(SHORT.first_write)
    standing = {(one["kind"], one["metadata"]["name"]): one for one in before.snapshot().objects}
    session, after = end_of(found, "BlueGreen")
    result = session.finish()

    green = ("Deployment", "shop-green")
    assert 2 == standing[green]["status"]["availableReplicas"]
    assert {"app": "shop", "version": "blue"} == standing["Service", "shop"]["spec"]["selector"]
    assert {"app": "shop", "version": "green"} == after["Service", "shop"]["spec"]["selector"]
    assert 2 == after[green]["spec"]["replicas"]
    assert 0 == after["Deployment", "shop-blue"]["spec"]["replicas"]
    assert {"shop-blue", "shop-green"} == {name for kind, name in after if kind == "Deployment"}
    assert Phase.HEALTHY is result.phase
    assert ("old", "new") == result.versions
    # The first requests of green come after the switch: within three seconds all proxies know.
    new = result.requests.second[result.requests.version == 1]
    assert SHORT.first_write <= new.min() < SHORT.first_write + 3
    assert result.settled_at is not None


def test_a_green_without_pods_is_scaled_to_blue_s_size(read):
    found = read(BLUE, GREEN.replace("replicas: 2", "replicas: 0"), ON_BLUE)

    _, after = end_of(found, "BlueGreen")

    assert 3 == after["Deployment", "shop-green"]["spec"]["replicas"]
    assert {"app": "shop", "version": "green"} == after["Service", "shop"]["spec"]["selector"]


def test_the_way_back_flips_the_selector_and_leaves_green_without_pods(read):
    """It is somebody's own: scaled down, and there for the next release."""
    found = read(
        BLUE,
        GREEN,
        ON_BLUE,
        faults=["image:new:missing"],
        overrides=["deployment.spec.progressDeadlineSeconds=20"],
    )

    session, after = end_of(found, "BlueGreen")

    assert {"app": "shop", "version": "blue"} == after["Service", "shop"]["spec"]["selector"]
    assert 0 == after["Deployment", "shop-green"]["spec"]["replicas"]
    assert Phase.DEGRADED is session.finish().phase


def test_another_strategy_and_no_release_are_of_the_first_deployment_alone(read):
    """So a comparison counts green's standing by as what it costs."""
    found = read(BLUE, GREEN, ON_BLUE)

    none = run(found, None, 0, window=SHORT)
    rolling, after = end_of(found, "RollingUpdate")

    assert {"shop-blue"} == {pod.pod.rsplit("-", 2)[0] for pod in none.pods}
    template = after["Deployment", "shop-blue"]["spec"]["template"]
    assert "shop:2" == template["spec"]["containers"][0]["image"]
    assert {"app": "shop", "version": "blue"} == template["metadata"]["labels"]
    assert Phase.HEALTHY is rolling.finish().phase


def test_two_behind_one_service_are_a_canary_whose_first_step_is_its_share_of_the_pods(read):
    found = read(STABLE, CANARY, ON_BOTH)

    assert found.own is not None
    assert "Canary" == found.own.name
    assert (SetWeight(10), Pause(30.0)) == found.own.settings["steps"]
    assert (
        "Deployment/shop-canary is the new version of Deployment/shop-stable:"
        " Service/shop selects both, and 1 of 10 pods are new"
    ) in remarks(found)
    session = Session(found, "Canary", 0, window=SHORT, checked=True)
    session.advance(SHORT.first_write + 25.0)
    sizes = {
        one["metadata"]["name"]: one["spec"]["replicas"]
        for one in session.snapshot().objects
        if one["kind"] == "Deployment"
    }
    assert {"shop-stable": 9, "shop-canary": 1} == sizes
    session.advance(SHORT.end)
    result = session.finish()
    assert Phase.HEALTHY is result.phase
    seconds, new = result.requests.second, result.requests.version == 1
    held = (seconds >= SHORT.first_write + 12) & (seconds < SHORT.first_write + 30)
    count = result.requests.count
    share = count[held & new].sum() / count[held].sum()
    assert 0.1 == pytest.approx(share, abs=0.04)  # 900 requests: three standard errors.


def test_settings_in_the_scenario_differ_from_what_was_understood(read):
    found = read(BLUE, GREEN, ON_BLUE, overrides=["strategies.blueGreen.scaleDownDelaySeconds=5"])

    session, _ = end_of(found, "BlueGreen")

    assert 5.0 == found.strategies["BlueGreen"]["scale_down_delay_seconds"]
    result = session.finish()
    assert Phase.HEALTHY is result.phase
    assert ("5", "scenario") in [
        (one.value, one.source) for one in result.settings if one.name == "scaleDownDelaySeconds"
    ]


OTHER = deployment("cart", {"app": "cart", "version": "blue"}, image="cart:2")
SAME = deployment("shop-green", {"app": "shop", "version": "green"})
EVEN = CANARY.replace("replicas: 1", "replicas: 9")


@pytest.mark.parametrize(
    "texts",
    [
        (BLUE, OTHER, ON_BLUE),  # Another program.
        (BLUE, SAME, ON_BLUE),  # The same version twice.
        (STABLE, EVEN, ON_BOTH),  # Which is the old one?
        (BLUE, GREEN),  # Nobody selects one of them.
        (BLUE, GREEN, OTHER, service(app="cart")),
    ],
)
def test_what_is_no_pair_is_asked_about(read, texts):
    with pytest.raises(ScenarioError) as refused:
        read(*texts)

    assert "several Deployments" in refused.value.problems[0].render()


def test_naming_the_old_one_decides_between_equals(read):
    found = read(STABLE, EVEN, ON_BOTH, deployment="shop-canary")

    assert found.own is not None
    assert (SetWeight(50), Pause(30.0)) == found.own.settings["steps"]
    assert "Deployment/shop-canary" == found.title


def test_a_third_deployment_is_set_aside_with_a_word(read):
    found = read(BLUE, OTHER, GREEN, ON_BLUE)

    assert "Deployment/cart does not run: the release is of Deployment/shop-blue" in remarks(found)
    assert "Deployment/shop-green is the new version" in remarks(found)


def test_a_release_that_is_given_is_of_the_named_deployment(read):
    found = read(BLUE, GREEN, ON_BLUE, deployment="shop-blue", images=["shop=shop:3"])

    assert found.own is None
    assert "Deployment/shop-green does not run" in remarks(found)


def test_green_named_as_the_old_one_is_released_by_itself(read):
    """It is not what the Service selects, so blue is nobody's new version."""
    found = read(BLUE, GREEN, ON_BLUE, deployment="shop-green")

    assert found.own is None


def test_manifests_of_a_pair_can_be_checked_without_naming_one(tmp_path):
    (tmp_path / "shop.yaml").write_text("---\n".join((BLUE, GREEN, ON_BLUE)))

    assert ("shop-blue",) == validate([tmp_path / "shop.yaml"]).deployments


def named(name: str, text: str, kind: str = "ClusterIP") -> str:
    """The same Service under another name and of another type."""
    text = text.replace("metadata: {name: shop}", f"metadata: {{name: {name}}}")
    return text.replace("spec: {selector", f"spec: {{type: {kind}, selector")


ON_GREEN = service(app="shop", version="green")
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front}
spec: {defaultBackend: {service: {name: one, port: {number: 80}}}}
"""


@pytest.mark.parametrize(
    ("services", "why"),
    [
        ((named("one", ON_BLUE), named("other", ON_GREEN), INGRESS), "routes lead there"),
        (
            (named("one", ON_BLUE, "LoadBalancer"), named("other", ON_GREEN)),
            "it can be called from outside",
        ),
        (
            (named("one", ON_BLUE), named("shop-preview", ON_GREEN)),
            "the other one is a preview by its name",
        ),
        ((named("shop-preview", ON_GREEN, "NodePort"), named("one", ON_BLUE), INGRESS), "routes"),
    ],
)
def test_a_service_that_shows_green_beforehand_is_a_preview(read, services, why):
    found = read(BLUE, GREEN, *services)
    preview = "shop-preview" if "shop-preview" in "".join(services) else "other"

    understood = (
        "Deployment/shop-green is the new version of Deployment/shop-blue: users come through"
        f" Service/one, which selects version=blue ({why}"
    )
    assert understood in remarks(found)
    assert f"and Service/{preview} shows the new one" in remarks(found)
    assert "one" == found.service["metadata"]["name"]
    session, after = end_of(found, "BlueGreen")
    assert {"app": "shop", "version": "green"} == after["Service", "one"]["spec"]["selector"]
    assert {"app": "shop", "version": "green"} == after["Service", preview]["spec"]["selector"]
    assert Phase.HEALTHY is session.finish().phase
    assert read(BLUE, GREEN, *services, deployment="shop-green").own is None


@pytest.mark.parametrize(
    "services",
    [
        (named("one", ON_BLUE), named("other", ON_GREEN)),
        (named("one-preview", ON_BLUE), named("other-preview", ON_GREEN)),
        # Users come through both, whatever the name of the one is.
        (
            named("one", ON_BLUE, "NodePort"),
            named("shop-preview", ON_GREEN, "NodePort"),
        ),
    ],
)
def test_two_services_that_nothing_tells_apart_are_asked_about_by_name(read, services):
    with pytest.raises(ScenarioError) as refused:
        read(BLUE, GREEN, *services)

    assert "nothing shows which one users come through" in refused.value.problems[1].render()
    assert "BlueGreen" == read(BLUE, GREEN, *services, deployment="shop-blue").own.name


def test_both_sides_labels_make_no_difference_to_the_version(read):
    found = read(BLUE, GREEN, ON_BLUE)
    assert found.own is not None
    second = found.own.second
    assert second is not None
    tracks = Tracks(deployment="shop-blue", second=second)
    old = found.deployment["spec"]["template"]
    versions = Versions(old, found.release.template, lambda *_: None, tracks)

    for template, track in product((old, found.release.template), ("stable", "green")):
        moved = tracks.labelled(template, track)
        assert tracks.plain(moved) == template
        assert versions.number(moved) == versions.number(template)
    assert ["old", "new"] == [*versions.names]
    assert second.deployment["spec"]["template"] == tracks.labelled(found.release.template, "green")


def test_a_drill_sends_a_standing_green_back_after_the_first_write_and_not_before(read):
    """All its pods are there long before: "half of the pods are new" would be so at once."""
    found = read(BLUE, GREEN, ON_BLUE, faults=["bug:new:20%"])

    drill = rollback_drill(
        found, ["BlueGreen"], moments=[Moment.MID_ROLLOUT, Moment.FINISH], seeds=[0, 1], workers=1
    )

    for moment in drill.moments:
        (way,) = moment.ways
        assert {"Degraded": 2} == way.phases
        assert None not in way.values["back_seconds"]

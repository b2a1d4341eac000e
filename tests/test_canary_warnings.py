"""What would give a canary another share than it was asked for: told at its field."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_manifests import DEPLOYMENT

from sim.scenario.load import load

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 80}]}
"""
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: NAME
  annotations:
    NOTES
spec:
  ingressClassName: nginx
  rules:
  - http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: shop, port: {number: 80}}}
"""
AUTOSCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: shop}
spec:
  maxReplicas: 9
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}
"""
COOKIE = "nginx.ingress.kubernetes.io/affinity: cookie"
BEHAVIOUR = "nginx.ingress.kubernetes.io/affinity-canary-behavior"
NGINX = ("network.proxy=ingress-nginx",)
ROUTED = (*NGINX, "strategies.canary.router=ingress_annotations")


def ingress(name: str, *notes: str) -> str:
    return INGRESS.replace("NAME", name).replace("NOTES", "\n    ".join(notes) or "{}")


def told(place: Path, texts: tuple[str, ...], overrides: tuple[str, ...]) -> str:
    (place / "all.yaml").write_text("\n---\n".join([DEPLOYMENT, SERVICE, *texts]), "utf-8")
    found = load([place / "all.yaml"], overrides=overrides)
    return "\n".join(problem.render() for problem in found.warnings)


@pytest.mark.parametrize(
    ("texts", "overrides", "warned"),
    [
        ((ingress("shop", COOKIE),), ROUTED, True),
        ((ingress("shop", COOKIE, f"{BEHAVIOUR}: sticky"),), ROUTED, True),
        ((ingress("shop", COOKIE, f"{BEHAVIOUR}: legacy"),), ROUTED, False),
        ((ingress("shop", COOKIE),), NGINX, False),
        ((ingress("shop"),), ROUTED, False),
        (
            (
                ingress("shop", COOKIE),
                ingress("next", 'nginx.ingress.kubernetes.io/canary: "true"'),
            ),
            NGINX,
            True,
        ),
        ((ingress("shop", COOKIE),), ("strategies.canary.steps=[50%]",), False),
    ],
    ids=["default", "sticky", "legacy", "no-canary", "no-affinity", "own-canary", "kube-proxy"],
)
def test_a_session_that_stays_with_its_side_is_told_about(tmp_path, texts, overrides, warned):
    said = told(tmp_path, texts, overrides)

    field = "metadata.annotations[nginx.ingress.kubernetes.io/affinity]: with this affinity"
    assert (field in said) == warned


@pytest.mark.parametrize(
    ("text", "overrides", "strategy"),
    [
        (AUTOSCALER, ("strategies.canary.steps=[50%]",), "Canary"),
        (AUTOSCALER, ("strategies.canaryThenRolling.steps=[50%]",), "CanaryThenRolling"),
        (AUTOSCALER, ROUTED, None),
        (AUTOSCALER, (), None),
        (
            AUTOSCALER.replace("name: shop}\n", "name: other}\n"),
            ("strategies.canary.steps=[5%]",),
            None,
        ),
    ],
    ids=["canary", "then-rolling", "routed", "not-asked-for", "another"],
)
def test_an_autoscaler_beside_a_canary_by_pods_is_told_about(tmp_path, text, overrides, strategy):
    said = told(tmp_path, (text,), overrides)

    assert ("spec.scaleTargetRef: HorizontalPodAutoscaler/shop changes" in said) == bool(strategy)
    assert strategy is None or f"while {strategy} moves them" in said


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        ("canary: {steps: [{setWeight: 50}]}", "changes the number of pods"),
        ("blueGreen: {activeService: shop}", "scales the pods that were there"),
    ],
    ids=["canary", "blue-green"],
)
def test_the_autoscaler_of_a_rollout_is_told_about(tmp_path, strategy, words):
    """The Rollout's autoscaler follows both versions; here it follows the Deployment of before."""
    rollout = DEPLOYMENT.replace("apps/v1", "argoproj.io/v1alpha1").replace("Deployment", "Rollout")
    rollout += f"  strategy: {{{strategy}}}\n"
    autoscaler = AUTOSCALER.replace("apps/v1", "argoproj.io/v1alpha1")
    autoscaler = autoscaler.replace("kind: Deployment", "kind: Rollout")
    (tmp_path / "all.yaml").write_text("\n---\n".join([rollout, SERVICE, autoscaler]), "utf-8")

    said = "\n".join(one.render() for one in load([tmp_path / "all.yaml"]).warnings)

    assert f"spec.scaleTargetRef: HorizontalPodAutoscaler/shop {words}" in said

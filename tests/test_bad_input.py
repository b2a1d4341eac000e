"""Wrong and hostile input: one clear message each, at the exact place, with what would be right."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import Problem, ScenarioError
from sim.scenario.load import load

MARK = "¦"  # Stands right before the place where the problem must be reported.
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: nginx:1.20
"""
SCENARIO = """\
apiVersion: seatrial/v1alpha1
kind: Scenario
metadata:
  name: trial
spec:
  manifests:
    - web.yaml
  traffic:
    rate: 50/s
"""
PROBE = "image: nginx:1.20\n          readinessProbe:\n            "
LIVE = "image: nginx:1.20\n          livenessProbe:\n            "
ROLLING = "  strategy:\n    rollingUpdate:\n"
SERVICE = "\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n"


@dataclass(frozen=True)
class Bad:
    """One mistake: *old* in the good file becomes *new*; the message holds *phrase* and *hint*."""

    old: str
    new: str
    phrase: str
    hint: str = ""


MANIFESTS = {
    "unknown field": Bad(
        "replicas: 3",
        "¦minReadySecond: 3",
        'unknown field "minReadySecond"',
        "did you mean minReadySeconds?",
    ),
    "unknown field in a container": Bad(
        "image: nginx:1.20",
        "image: a\n          ¦imgae: b",
        'unknown field "imgae"',
        "did you mean image?",
    ),
    "field at the wrong level": Bad(
        "image: nginx:1.20",
        "image: a\n          ¦terminationGracePeriodSeconds: 30",
        'containers[0].terminationGracePeriodSeconds: unknown field "termination',
        "it belongs to the pod's spec, beside containers",
    ),
    "surge outside of rollingUpdate": Bad(
        "replicas: 3",
        "¦maxSurge: 3",
        'unknown field "maxSurge"',
        "under spec.strategy.rollingUpdate",
    ),
    "text for a number": Bad(
        "replicas: 3",
        'replicas: ¦"3"',
        'wanted a whole number, found the text "3"',
        "without quotes",
    ),
    "fraction for a whole number": Bad(
        "replicas: 3", "replicas: ¦2.5", "wanted a whole number, found the number 2.5"
    ),
    "boolean for a text": Bad(
        "      labels:\n        app: web",
        "      labels:\n        app: web\n        live: ¦yes",
        "wanted a text, found the boolean true",
        'put quotes around it: "yes"',
    ),
    "number for a text": Bad(
        "image: nginx:1.20",
        "image: a\n          env:\n            - name: A\n              value: ¦010",
        "wanted a text, found the number 010",
        'put quotes around it: "010"',
    ),
    "mapping for a list": Bad(
        "        - name: web\n          image: nginx:1.20",
        "        ¦name: web",
        "wanted a list, found a mapping",
        "begin each item with a dash (-)",
    ),
    "list for a mapping": Bad(
        "    matchLabels:\n      app: web",
        "    matchLabels:\n      ¦- app: web",
        "wanted a mapping of names to values, found a list",
    ),
    "text for a mapping": Bad(
        "    matchLabels:\n      app: web", "    matchLabels: ¦web", 'found the text "web"'
    ),
    "null in a list": Bad(
        "        - name: web\n          image: nginx:1.20", "        -¦", "found nothing"
    ),
    "number too large": Bad(
        "replicas: 3", "replicas: ¦99999999999999999999", "too large", "at most 9223372036854775807"
    ),
    "beyond every float": Bad(
        "replicas: 3", "replicas: ¦1e999", 'wanted a whole number, found the text "1e999"'
    ),
    "not a number": Bad("replicas: 3", "replicas: ¦.nan", ".nan is not a value that JSON has"),
    "infinity": Bad("replicas: 3", "replicas: ¦-.inf", "-.inf is not a value that JSON has"),
    "more pods than the limit": Bad(
        "replicas: 3", "replicas: ¦20001", "more pods than can be simulated", "at most 20000"
    ),
    "a billion pods": Bad("replicas: 3", "replicas: ¦1000000000", "more pods than can be", "20000"),
    "negative replicas": Bad(
        "replicas: 3", "replicas: ¦-1", "spec.replicas: -1: must be greater than or equal to 0"
    ),
    "both zero": Bad(
        "  replicas: 3\n",
        f"{ROLLING}      maxSurge: 0\n      maxUnavailable: ¦0%\n",
        "may not be 0 when `maxSurge` is 0",
        "maxSurge: 1",
    ),
    "quoted number without percent": Bad(
        "  replicas: 3\n",
        f'{ROLLING}      maxSurge: ¦"25"\n',
        "\"25\": a valid percent string must be a numeric string followed by an ending '%'",
        'such as "25%", or a whole number without quotes',
    ),
    "negative surge": Bad(
        "  replicas: 3\n",
        f"{ROLLING}      maxSurge: ¦-1\n",
        "-1: must be greater than or equal to 0",
    ),
    "more than everything unavailable": Bad(
        "  replicas: 3\n",
        f"{ROLLING}      maxUnavailable: ¦101%\n",
        'maxUnavailable: "101%": must not be greater than 100%',
    ),
    "rollingUpdate under Recreate": Bad(
        "  replicas: 3\n",
        "  strategy:\n    type: Recreate\n    rollingUpdate:\n      ¦maxSurge: 1\n",
        "may not be specified when strategy `type` is 'Recreate'",
        "use type: RollingUpdate",
    ),
    "unknown strategy": Bad(
        "  replicas: 3\n",
        "  strategy:\n    type: ¦Rolling\n",
        '"Rolling": unsupported value',
        "did you mean RollingUpdate?",
    ),
    "deadline not above minReadySeconds": Bad(
        "  replicas: 3\n",
        "  minReadySeconds: 7\n  progressDeadlineSeconds: ¦5\n",
        "5: progressDeadlineSeconds must be greater than minReadySeconds",
        "at least 8",
    ),
    "default deadline not above minReadySeconds": Bad(
        "  replicas: 3\n",
        "  minReadySeconds: ¦600\n",
        "must be greater than minReadySeconds",
        "601",
    ),
    "no selector": Bad(
        "  replicas: 3\n  selector:\n    matchLabels:\n      app: web\n",
        "  ¦replicas: 3\n",
        "spec.selector: required value",
        "add selector",
    ),
    "selector matches no label": Bad(
        "      labels:\n        app: web",
        "      labels:\n        app: ¦other",
        "`selector` does not match template `labels` (app=other)",
        "the selector wants app=web",
    ),
    "selector expression matches no label": Bad(
        "    matchLabels:\n      app: web\n"
        "  template:\n    metadata:\n      labels:\n        app: web",
        "    matchExpressions:\n      - {key: app, operator: NotIn, values: [web]}\n"
        "  template:\n    metadata:\n      labels:\n        app: ¦web",
        "`selector` does not match template `labels`",
    ),
    "empty selector": Bad(
        "    matchLabels:\n      app: web", "    ¦matchLabels: {}", "an empty selector is invalid"
    ),
    "restartPolicy": Bad(
        "      containers:",
        "      restartPolicy: ¦Never\n      containers:",
        "unsupported value",
        "Always",
    ),
    "no containers": Bad(
        "      containers:\n        - name: web\n          image: nginx:1.20",
        "      containers: ¦[]",
        "spec.template.spec.containers: required value",
        "at least one container",
    ),
    "no image": Bad(
        "        - name: web\n          image: nginx:1.20",
        "        - ¦name: web",
        "image: required value",
    ),
    "two containers of one name": Bad(
        "          image: nginx:1.20",
        "          image: a\n        - name: ¦web\n          image: b",
        '"web": duplicate value',
        "each name once in a pod",
    ),
    "bad name": Bad(
        "metadata:\n  name: web", "metadata:\n  name: ¦Web_App", "not a valid name", "RFC 1123"
    ),
    "bad label value": Bad(
        "        app: web\n    spec",
        "        app: web\n        v: ¦a b\n    spec",
        "not a valid name",
        "63",
    ),
    "quantity": Bad(
        "image: nginx:1.20",
        "image: a\n          resources:\n            limits:\n              memory: ¦384Mu",
        "limits.memory: '384Mu' is not a quantity",
        "250m, 1.5 or 128Mi; it must match '^([+-]?[0-9.]+)",
    ),
    "limit below request": Bad(
        "image: nginx:1.20",
        "image: a\n          resources:\n            requests: {memory: ¦192Mi}\n"
        "            limits: {memory: 100Mi}",
        '"192Mi": must be less than or equal to memory limit of 100Mi',
        "lower the request or raise the limit",
    ),
    "a budget with both bounds": Bad(
        "          image: nginx:1.20\n",
        "          image: a\n---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n"
        "metadata: {name: web}\nspec:\n  minAvailable: 1\n  maxUnavailable: ¦1\n",
        "minAvailable and maxUnavailable cannot be both set",
        "keep one of the two",
    ),
    "two probe handlers": Bad(
        "image: nginx:1.20",
        PROBE + "httpGet: {port: 80}\n            tcpSocket: ¦{port: 80}",
        "may not specify more than 1 handler type",
        "keep one of httpGet, tcpSocket",
    ),
    "no probe handler": Bad(
        "image: nginx:1.20",
        PROBE + "¦periodSeconds: 5",
        "readinessProbe: must specify a handler type",
        "one of exec, grpc, httpGet, tcpSocket",
    ),
    "liveness successThreshold": Bad(
        "image: nginx:1.20",
        LIVE + "httpGet: {port: 80}\n            successThreshold: ¦2",
        "livenessProbe.successThreshold: 2: must be 1",
    ),
    "grace period on readiness": Bad(
        "image: nginx:1.20",
        PROBE + "httpGet: {port: 80}\n            terminationGracePeriodSeconds: ¦5",
        "must not be set for readinessProbes",
    ),
    "negative probe delay": Bad(
        "image: nginx:1.20",
        PROBE + "httpGet: {port: 80}\n            initialDelaySeconds: ¦-5",
        "-5: must be greater than or equal to 0",
    ),
    "probe port out of range": Bad(
        "image: nginx:1.20", PROBE + "httpGet: {port: ¦70000}", "must be between 1 and 65535"
    ),
    "preStop longer than the grace period": Bad(
        "image: nginx:1.20",
        "image: a\n          lifecycle: {preStop: {sleep: {seconds: ¦31}}}",
        "less than terminationGracePeriodSeconds (30)",
    ),
    "preStop without a handler": Bad(
        "image: nginx:1.20",
        "image: a\n          lifecycle: {preStop: ¦{}}",
        "preStop: must specify a handler type",
    ),
    "unnamed Service ports": Bad(
        "          image: nginx:1.20\n",
        f"          image: a{SERVICE}  selector: {{app: web}}\n  ports:\n"
        "    - {name: http, port: 80}\n    - ¦{port: 81}\n",
        "spec.ports[1].name: required value",
        "with several ports each needs a name",
    ),
    "Service without ports": Bad(
        "          image: nginx:1.20\n",
        f"          image: a{SERVICE}  ¦selector: {{app: web}}\n",
        "spec.ports: required value",
    ),
    "the same object twice": Bad(
        "          image: nginx:1.20\n",
        "          image: a\n---\n"
        "¦apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {}\n",
        "Deployment/web is given twice, first at bad.yaml:1:1",
        "keep one of the two",
    ),
    "several Deployments": Bad(
        "          image: nginx:1.20\n",
        "          image: a\n---\n¦" + DEPLOYMENT.replace("name: web\nspec", "name: green\nspec"),
        "several Deployments: web, green",
        "--deployment web",
    ),
    "a kind of an old API": Bad(
        "apiVersion: apps/v1",
        "apiVersion: ¦extensions/v1beta1",
        "Kubernetes has no Deployment in extensions/v1beta1",
        "Deployment lives in apps/v1",
    ),
    "an unknown kind": Bad(
        "kind: Deployment",
        "kind: ¦Deploymant",
        "Kubernetes has no Deploymant in apps/v1",
        "Deployment",
    ),
    "no kind": Bad(
        "apiVersion: apps/v1\nkind: Deployment", "¦apiVersion: apps/v1", "kind: required value"
    ),
    "no name": Bad("  name: web\nspec", "  ¦labels: {}\nspec", "metadata.name: required value"),
    "not an object": Bad(DEPLOYMENT, "¦just words\n", "wanted a Kubernetes object, found the text"),
    "no Deployment": Bad(
        DEPLOYMENT,
        "¦apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\n",
        "there is no Deployment here",
        "found: ConfigMap/flags",
    ),
    "tab": Bad(
        "  replicas: 3",
        "¦\treplicas: 3",
        "a tab cannot be used for indentation",
        "indent with spaces",
    ),
    "open quote": Bad(
        "image: nginx:1.20", 'image: ¦"nginx', "what starts here is never closed", "closing quote"
    ),
    "colon in a value": Bad(
        "image: nginx:1.20", "image: nginx¦: 1.20", "a second ': ' in one line", "quotes"
    ),
    "tag": Bad(
        "image: nginx:1.20",
        "image: ¦!!python/object/apply:os.system [id]",
        "python/object/apply:os.system is refused",
        "files are data",
    ),
    "alias without an anchor": Bad(
        "image: nginx:1.20", "image: ¦*web", "the alias *web has no anchor", "stands before it"
    ),
    "alias inside of its own anchor": Bad(
        "    matchLabels:\n      app: web",
        "    matchLabels: &all\n      app: ¦*all",
        "the alias *all contains itself",
    ),
    "list as a name": Bad("replicas: 3", "? ¦[a]\n  : 3", "a name must be text, not a collection"),
    "control character": Bad("nginx:1.20", "nginx¦\x07", "U+0007 does not belong", "UTF-8"),
}

SCENARIOS = {
    "call of an unknown dependency": Bad(
        "  traffic:",
        "  dependencies: {database: {}}\n  versions:\n    new:\n      calls:\n"
        "        ¦databse: {}\n  traffic:",
        "spec.versions.new.calls: there is no dependency 'databse'",
        "did you mean database?",
    ),
    "call where there is no dependency": Bad(
        "  traffic:",
        "  versions: {old: {calls: {¦database: {}}}}\n  traffic:",
        "there is no dependency 'database'",
        "name it under dependencies",
    ),
    "name of a dependency": Bad(
        "  traffic:",
        "  dependencies: {¦my database: {}}\n  traffic:",
        "'my database' is not a valid name",
        "a letter, then letters, digits",
    ),
    "unknown field of a call": Bad(
        "  traffic:",
        "  dependencies: {database: {}}\n  versions: {old: {calls: {database: {¦timeuot: 1s}}}}\n"
        "  traffic:",
        'unknown field "timeuot"',
        "did you mean timeout?",
    ),
    "no capacity": Bad(
        "  traffic:",
        "  dependencies: {database: {capacity: ¦0}}\n  traffic:",
        "wanted at least 1, found the number 0",
    ),
    "fault of an unknown dependency": Bad(
        "  traffic:",
        "  dependencies: {database: {}}\n  faults: [¦'lock:databse:1s']\n  traffic:",
        "fault 'lock:databse:1s': there is no dependency 'databse'",
        "did you mean database?",
    ),
    "duplicate key": Bad(
        "    rate: 50/s",
        "    rate: 50/s\n    ¦rate: 60/s",
        "rate is given twice, first in line 9",
        "keep one of the two",
    ),
    "anchor": Bad(
        "rate: 50/s", "rate: ¦&r 50/s", "the anchor &r is refused", "write the value out"
    ),
    "alias": Bad("rate: 50/s", "rate: ¦*r", "the alias *r is refused"),
    "scenario tag": Bad("rate: 50/s", "rate: ¦!!str 50/s", "tag:yaml.org,2002:str is refused"),
    "unknown section": Bad(
        "  traffic:", "  ¦trafic:", 'spec.trafic: unknown field "trafic"', "did you mean traffic?"
    ),
    "unknown traffic field": Bad(
        "rate: 50/s", "¦rat: 50/s", 'spec.traffic.rat: unknown field "rat"', "did you mean rate?"
    ),
    "unknown version field": Bad(
        "  traffic:",
        "  versions:\n    new:\n      ¦onSigterms: drain\n  traffic:",
        "spec.versions.new.onSigterms: unknown field",
        "did you mean onSigterm?",
    ),
    "unknown traffic kind": Bad(
        "    rate",
        "    kind: ¦steady\n    rate",
        '"steady" is not known here',
        "known: constant, poisson",
    ),
    "rate without a unit": Bad(
        "50/s", "¦50", "wanted a rate, such as 100/s or 6000/m", "did you mean 50/s?"
    ),
    "share above everything": Bad(
        "  traffic:",
        "  slo: {availability: ¦101%}\n  traffic:",
        "'101%' is more than everything",
        "at most 100%",
    ),
    "duration": Bad(
        "  traffic:",
        "  clients: {deadline: ¦5 min}\n  traffic:",
        "'5 min' is not a duration",
        "1h30m",
    ),
    "range backwards": Bad(
        "  traffic:",
        "  network: {propagation: ¦1s..0.1s}\n  traffic:",
        "runs backwards",
        "0.1s..1s",
    ),
    "attempts as text": Bad(
        "  traffic:",
        '  clients: {attempts: ¦"3"}\n  traffic:',
        'spec.clients.attempts: wanted a whole number, found the text "3"',
    ),
    "no attempts": Bad(
        "  traffic:",
        "  clients: {attempts: ¦0}\n  traffic:",
        "wanted at least 1, found the number 0",
    ),
    "no time to wait": Bad(
        "  traffic:",
        "  clients: ¦{deadline: 0s}\n  traffic:",
        "deadline must be longer than nothing",
    ),
    "tries of kube-proxy": Bad(
        "  traffic:",
        "  network: ¦{tries: 3}\n  traffic:",
        "tries: kube-proxy passes a connection on to one pod and looks no further",
        "proxy: ingress-nginx or istio",
    ),
    "proxy misspelt": Bad(
        "  traffic:",
        "  network: {proxy: ¦nginx}\n  traffic:",
        "spec.network.proxy",
        "ingress-nginx",
    ),
    "prices in part": Bad(
        "  traffic:",
        "  prices: ¦{currency: EUR, coreHour: 0.1}\n  traffic:",
        "spec.prices.gibHour: required value",
        "add gibHour",
    ),
    "infinite price": Bad(
        "  traffic:",
        "  prices: {currency: EUR, gibHour: 0.1, coreHour: ¦.inf}\n  traffic:",
        ".inf is not a value that JSON has",
    ),
    "reaction": Bad(
        "  traffic:",
        "  versions: {new: {onSigterm: ¦wait}}\n  traffic:",
        'the text "wait" is not known here',
        "known: drain, exit, ignore",
    ),
    "a version that never is": Bad(
        "  traffic:",
        "  versions: {¦canary: {startup: 3s}}\n  traffic:",
        "no pod template will be called 'canary'",
        "old, new, v3",
    ),
    "a version's name": Bad(
        "  traffic:",
        "  versions: {¦a.b: {image: 'x:1'}}\n  traffic:",
        "'a.b' is not a valid name",
    ),
    "no apiVersion": Bad(
        "apiVersion: seatrial/v1alpha1\n", "¦", "apiVersion: required value", "add apiVersion"
    ),
    "fault": Bad(
        "  traffic:",
        "  faults:\n    - ¦bug 5%\n  traffic:",
        "spec.faults[0]: 'bug 5%' is not a fault",
        "kind:version:amount",
    ),
    "manifest that is not there": Bad(
        "- web.yaml", "- ¦wob.yaml", "there is no file wob.yaml", "relative to the scenario file"
    ),
    "manifest outside": Bad(
        "- web.yaml",
        "- ¦../web.yaml",
        "../web.yaml lies outside the scenario",
        "below the directory",
    ),
    "absolute manifest": Bad("- web.yaml", "- ¦/etc/hostname", "lies outside the scenario"),
    "no manifests": Bad("    - web.yaml", "    ¦[]", "spec.manifests: wanted at least 1"),
    "another apiVersion": Bad(
        "seatrial/v1alpha1", "¦seatrial/v2", 'the text "seatrial/v2" is not known here', "v1alpha1"
    ),
    "two documents": Bad(
        "    rate: 50/s\n", "    rate: 50/s\n---\n¦a: b\n", "holds one document, this has 2"
    ),
    "release without a change": Bad(
        "  traffic:", "  release: ¦{}\n  traffic:", "exactly one of image, manifest and patch"
    ),
    "image of an unknown container": Bad(
        "  traffic:",
        "  release: {image: {app: ¦nginx:1.21}}\n  traffic:",
        "Deployment/web has no container 'app'",
        "known: web",
    ),
    "image that runs already": Bad(
        "  traffic:",
        "  release: {image: {web: ¦nginx:1.20}}\n  traffic:",
        "web runs nginx:1.20 already: nothing would roll out",
    ),
    "patch with an unknown field": Bad(
        "  traffic:",
        "  release:\n    patch:\n      spec:\n        ¦terminationGrace: 5\n  traffic:",
        "spec.release.patch.spec.terminationGrace: unknown field",
        "did you mean terminationGracePeriodSeconds?",
    ),
    "patch that loses the selector's label": Bad(
        "  traffic:",
        "  release: {patch: {metadata: {labels: {app: ¦other}}}}\n  traffic:",
        "`selector` does not match template `labels` (app=other)",
    ),
    "points out of order": Bad(
        "    rate: 50/s",
        "    kind: piecewise\n    points: [{at: 5s, rate: 1/s}, {at: 5s, rate: 2/s}]",
        "the points must follow each other in time",
    ),
    "nested too deeply": Bad(
        "rate: 50/s", "rate: " + "[" * 29 + "¦[" + "]" * 30, "nested deeper than 32 levels"
    ),
}


def broken(good: str, bad: Bad) -> tuple[str, tuple[int, int] | None]:
    """The file with the mistake, and the place that its mark stands for."""
    assert bad.old in good
    text = good.replace(bad.old, bad.new, 1)
    before, mark, after = text.partition(MARK)
    place = (before.count("\n") + 1, len(before) - before.rfind("\n")) if mark else None
    return before + after, place


def problems_of(*sources: str | Path, **flags: object) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        load(list(sources), **flags)  # type: ignore[arg-type]
    return caught.value.problems


def judge(found: tuple[Problem, ...], bad: Bad, place: tuple[int, int] | None, file: str) -> None:
    rendered = "\n".join(problem.render() for problem in found)
    matching = [problem for problem in found if bad.phrase in problem.render()]

    assert len(matching) == 1, rendered
    assert bad.hint in matching[0].render()
    assert matching[0].file.endswith(file)
    assert matching[0].line >= 1
    if place is not None:
        assert place == (matching[0].line, matching[0].column), rendered


@pytest.mark.parametrize("bad", MANIFESTS.values(), ids=MANIFESTS)
def test_a_wrong_manifest_is_refused_at_its_place(bad, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text, place = broken(DEPLOYMENT, bad)
    Path("bad.yaml").write_text(text, encoding="utf-8")

    judge(problems_of("bad.yaml"), bad, place, "bad.yaml")


@pytest.mark.parametrize("bad", SCENARIOS.values(), ids=SCENARIOS)
def test_a_wrong_scenario_is_refused_at_its_place(bad, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("web.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    text, place = broken(SCENARIO, bad)
    Path("scenario.yaml").write_text(text, encoding="utf-8")

    judge(problems_of("scenario.yaml"), bad, place, "scenario.yaml")


FLAGS = {
    "image without a name": (
        {"images": ["nginx:1.21"]},
        "'nginx:1.21' is not container=image",
        "such as web=nginx:1.21",
    ),
    "image of an unknown container": (
        {"images": ["app=nginx:1.21"]},
        "Deployment/web has no container 'app'",
        "known: web",
    ),
    "image that runs already": (
        {"images": ["web=nginx:1.20"]},
        "web runs nginx:1.20 already: nothing would roll out",
        "or none for a restart",
    ),
    "image and file at once": (
        {"images": ["web=nginx:1.21"], "to": "web.yaml"},
        "--image and --to at once",
        "either the image or the whole template",
    ),
    "the same file as the release": (
        {"to": "web.yaml"},
        "the pod template is the same: nothing would roll out",
        "leave the release out for a restart",
    ),
    "a release that is not there": ({"to": "nowhere.yaml"}, "no such file", "web-app"),
    "unknown Deployment": ({"deployment": "wob"}, "there is no Deployment 'wob'", "known: web"),
    "fault": ({"faults": ["bug:new"]}, "'bug:new' is not a fault", "bug:new:5%"),
    "override without a value": (
        {"overrides": ["traffic.rate"]},
        "'traffic.rate' is not an override",
        "traffic.rate=100/s",
    ),
    "override of nothing": (
        {"overrides": ["traffic.rat=100/s"]},
        '--set traffic.rat=100/s: spec.traffic.rat: unknown field "rat"',
        "did you mean rate?",
    ),
    "override of the wrong type": (
        {"overrides": ["clients.attempts=often"]},
        'wanted a whole number, found the text "often"',
        "",
    ),
    "override below a value": (
        {"overrides": ["traffic.rate=1/s", "traffic.rate.high=2/s"]},
        'the text "1/s" has no field high',
        "",
    ),
}


@pytest.mark.parametrize(("flags", "phrase", "hint"), FLAGS.values(), ids=FLAGS)
def test_a_wrong_flag_is_refused_by_name(flags, phrase, hint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("web.yaml").write_text(DEPLOYMENT, encoding="utf-8")

    rendered = "\n".join(problem.render() for problem in problems_of("web.yaml", **flags))

    assert phrase in rendered
    assert hint in rendered


def test_every_mistake_of_every_file_is_told_at_once_in_reading_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scenario = SCENARIO.replace("rate: 50/s", "rate: 50").replace(
        "web.yaml", "b.yaml\n    - a.yaml"
    )
    Path("scenario.yaml").write_text(scenario, encoding="utf-8")
    Path("b.yaml").write_text(DEPLOYMENT.replace("replicas: 3", "replicas: -1"), encoding="utf-8")
    other = DEPLOYMENT.replace("  name: web\nspec", "  name: two\nspec")
    other = other.replace("replicas: 3", "replica: 3").replace("nginx:1.20", "7")
    Path("a.yaml").write_text(other, encoding="utf-8")

    places = [problem.place for problem in problems_of("scenario.yaml")]

    assert ["scenario.yaml:10:11", "b.yaml:6:13", "a.yaml:6:3", "a.yaml:17:18"] == [
        place for place in places if not place.startswith("a.yaml:1:")
    ]


def test_a_file_with_thousands_of_mistakes_names_a_hundred(tmp_path):
    text = DEPLOYMENT + "".join(f"          field{i}: 1\n" for i in range(3000))
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")

    found = problems_of(tmp_path / "bad.yaml")

    assert len(found) == 101
    assert found[-1].render().endswith("bad.yaml:118:11: and 2900 more")


def test_an_unknown_name_lists_the_bundled_scenarios():
    found = problems_of("web-ap")

    assert "web-ap: no such file, and no such scenario" in found[0].render()
    assert "did you mean web-app?" in found[0].render()


def test_a_directory_without_a_scenario_is_refused(tmp_path):
    assert "this directory holds no scenario.yaml" in problems_of(tmp_path)[0].render()


def test_a_scenario_stands_alone(tmp_path):
    (tmp_path / "web.yaml").write_text(DEPLOYMENT, encoding="utf-8")

    found = problems_of("web-app", tmp_path / "web.yaml")

    assert "a scenario names its manifests itself, and stands alone" in found[0].render()


def test_standard_input_is_read_with_the_same_care():
    found = problems_of("-", stdin=io.BytesIO(DEPLOYMENT.replace("3", "-3", 1).encode()))

    assert (
        "<stdin>:6:13: spec.replicas: -3: must be greater than or equal to 0" in found[0].render()
    )


def test_a_scenario_from_standard_input_names_no_files():
    found = problems_of("-", stdin=io.BytesIO(SCENARIO.encode()))

    assert "<stdin>:7:7: spec.manifests: a scenario from standard input" in found[0].render()


NINES = "".join(
    f"{here}: &{here} [{','.join(['*' + before] * 9)}]\n"
    for before, here in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE: dict[str, tuple[bytes, str]] = {
    "anchor bomb": (f"a: &a [x,x,x,x,x,x,x,x,x]\n{NINES}".encode(), "aliases counted"),
    "merge bomb": (
        (
            "a: &a {k: v}\n"
            + "".join(f"b{i}: {{<<: [{', '.join(['*a'] * 500)}]}}\n" for i in range(200))
        ).encode(),
        "aliases counted",
    ),
    "a hundred thousand brackets": (b"[" * 100_000, "deeper than 100 levels"),
    "a hundred thousand braces": (b"{a: " * 100_000, "deeper than 100 levels"),
    "a hundred thousand dashes": (b"- " * 100_000, "deeper than 100 levels"),
    "a hundred thousand questions": (b"? " * 100_000, "deeper than 100 levels"),
    "a staircase": (
        "".join(" " * i + "a:\n" for i in range(1200)).encode(),
        "deeper than 100 levels",
    ),
    "ten megabytes": (DEPLOYMENT.encode() + b"# " + b"x" * 10_000_000, "larger than 1024 KiB"),
    "ten megabytes of names": (b"a: b\n" * 2_000_000, "larger than 1024 KiB"),
    "a megabyte of words": (b"a: " + b"x y " * 260_000, "more than 60000 words"),
    "a megabyte of lines": (b"\n" * 1_000_000, "longer than 40000 lines"),
    "a megabyte of quotes": (b"a: '" + b"''" * 500_000 + b"'\n", "required value"),
    "a megabyte of escapes": (b'a: "' + b"\\n" * 500_000 + b'"\n', "required value"),
    "a megabyte of values": (b"[" + b"1," * 500_000 + b"]", "more than 10000 values"),
    "a megabyte of documents": (b"--- a\n" * 39_000, "more than 10000 values"),
    "a megabyte of comments": (b"#" + b" #" * 500_000, "there is no Deployment here"),
    "a megabyte of one name": (b"a" * 1_000_000 + b": b", "second ': '"),
    "binary": (bytes(range(256)) * 4000, "does not belong into a YAML file"),
    "not UTF-8": (b"a: \xff\xfe", "0xff does not belong"),
    "UTF-16": ("a: b".encode("utf-16"), "0xff does not belong"),
    "zeros": (b"\0" * 100_000, "U+0000 does not belong"),
    "a lone surrogate": (b'a: "\\ud800"\n', "required value"),
    "a character beyond Unicode": (b'a: "\\U99999999"\n', "not valid YAML"),
    "a number of a megabyte": (b"a: " + b"9" * 1_000_000 + b"\n", "required value"),
    "a directive": (b"%YAML 9.9\n---\na: b\n", "incompatible YAML document"),
    "an entity": (b"<!DOCTYPE x [<!ENTITY y 'z'>]>\n", "wanted a Kubernetes object"),
    "thousands of unknown fields": (
        DEPLOYMENT.encode() + b"".join(b"          field%d: 1\n" % i for i in range(4_500)),
        "and 4400 more",
    ),
    "thousands of objects": (
        b"".join(
            b"---\n{apiVersion: v1, kind: Pod, metadata: {name: a%d}}\n" % i for i in range(1_000)
        ),
        "there is no Deployment here",
    ),
    "thousands of unknown kinds": (
        b"".join(
            b"---\n{apiVersion: v7, kind: A%d, metadata: {name: a}}\n" % i for i in range(1_000)
        ),
        "Kubernetes has no A7 in v7",
    ),
    "nothing": (b"", "there is no Deployment here"),
}
CHILD = """
import json, resource, sys, time
from sim.errors import ScenarioError
from sim.scenario.load import load
resource.setrlimit(resource.RLIMIT_AS, (1_000_000_000, 1_000_000_000))
answers = []
for path in sys.argv[1:]:
    start = time.process_time()
    try:
        load([path])
        problems = []
    except ScenarioError as error:
        problems = [(p.line, p.column, p.render()) for p in error.problems]
    answers.append((time.process_time() - start, problems))
# Not ru_maxrss: that begins with the peak of the process that forked this one.
status = open("/proc/self/status", encoding="ascii").read()
print(json.dumps([int(status.partition("VmHWM:")[2].split()[0]), answers]))
"""
MOST_SECONDS = 2.0
MOST_KIB = 500 * 1024


def in_a_child(*paths: Path) -> tuple[int, list[tuple[float, list[tuple[int, int, str]]]]]:
    """Peak memory in KiB; per file the CPU seconds and the problems, from a process of its own."""
    command = [sys.executable, "-c", CHILD, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stderr[-2000:]
    peak, answers = json.loads(done.stdout)
    return peak, answers


@pytest.fixture(scope="module")
def hostile_answers(tmp_path_factory):
    """All hostile files in one process, which must neither swell nor slow down on the way."""
    places = []
    for number, (content, _) in enumerate(HOSTILE.values()):
        place = tmp_path_factory.mktemp("hostile") / f"{number}.yaml"
        place.write_bytes(content)
        places.append(place)
    peak, answers = in_a_child(*places)
    return peak, dict(zip(HOSTILE, answers, strict=True))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_little_and_is_refused_with_its_place(name, hostile_answers):
    seconds, problems = hostile_answers[1][name]

    assert HOSTILE[name][1] in "\n".join(text for *_, text in problems)
    assert all(line >= 1 and column >= 1 for line, column, _ in problems)
    assert seconds <= MOST_SECONDS


@pytest.mark.parametrize("what", ["brackets", "braces", "dashes", "questions"])
def test_depth_is_refused_before_the_scanner_looks_far_ahead(what, hostile_answers):
    assert hostile_answers[1][f"a hundred thousand {what}"][0] <= 0.3


def test_all_hostile_files_together_stay_below_the_memory_limit(hostile_answers):
    assert hostile_answers[0] <= MOST_KIB


@pytest.mark.parametrize("name", ["anchor bomb", "a hundred thousand brackets", "ten megabytes"])
def test_a_bomb_in_a_process_of_its_own_stays_small(name, tmp_path):
    place = tmp_path / "bomb.yaml"
    place.write_bytes(HOSTILE[name][0])

    peak, [(seconds, problems)] = in_a_child(place)

    assert HOSTILE[name][1] in problems[0][2]
    assert seconds <= MOST_SECONDS
    assert peak <= MOST_KIB


def test_a_scenario_is_held_to_its_own_smaller_limits(tmp_path):
    large = SCENARIO + "#" * 65_536
    many = SCENARIO.replace("    rate: 50/s", f"    rate: [{'1,' * 2_100}]")
    for text, phrase in ((large, "larger than 64 KiB"), (many, "more than 2000 values")):
        (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
        assert phrase in problems_of(tmp_path / "scenario.yaml")[0].render()


SCRAPS = st.sampled_from(
    [
        *("\t", "- ", "? ", ": ", "&a ", "*a", "!!int ", "|", ">", '"', "'", "[", "]", "{", "}"),
        *("<<: ", "---\n", "...\n", "%YAML 1.1\n", "#", "\n", "  ", "~", ".nan", "1e999", "0x"),
        *("\\U99999999", "\x00", "\ufeff", "é", "🙂", "yes", "null", "-1", "25%", "@", "`", ","),
        *("replicas", "spec:", "kind: List\nitems:", "metadata: []", "name: 7", "\r", "\u2028"),
    ]
)
CUT = st.tuples(st.integers(0, 700), st.integers(0, 20), SCRAPS)


def mutated(text: str, cuts: list[tuple[int, int, str]]) -> str:
    for at, length, scrap in cuts:
        start = at % (len(text) + 1)
        text = text[:start] + scrap + text[start + length :]
    return text


def loads_or_explains(text: str, scenario: str | None, place: Path) -> None:
    (place / "web.yaml").write_text(text, encoding="utf-8")
    source = place / "web.yaml"
    if scenario is not None:
        source = place / "scenario.yaml"
        source.write_text(scenario, encoding="utf-8")
    try:
        load([source])
    except ScenarioError as error:
        assert error.problems
        assert all(problem.render() for problem in error.problems)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(cuts=st.lists(CUT, min_size=1, max_size=4), of_scenario=st.booleans())
def test_a_mutated_file_loads_or_explains_itself(cuts, of_scenario, tmp_path):
    """Whatever happens to a good file, nothing but a `ScenarioError` comes out of it."""
    good = DEPLOYMENT + SERVICE + "  selector: {app: web}\n  ports: [{port: 80}]\n"
    if of_scenario:
        loads_or_explains(good, mutated(SCENARIO, cuts), tmp_path)
    else:
        loads_or_explains(mutated(good, cuts), None, tmp_path)


@pytest.mark.slow
@settings(
    max_examples=5000,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cuts=st.lists(CUT, min_size=1, max_size=6), of_scenario=st.booleans())
def test_thousands_of_mutated_files_load_or_explain_themselves(cuts, of_scenario, tmp_path):
    """The same on fresh random input, for as long as CI likes."""
    if of_scenario:
        loads_or_explains(DEPLOYMENT, mutated(SCENARIO, cuts), tmp_path)
    else:
        loads_or_explains(mutated(DEPLOYMENT, cuts), None, tmp_path)

"""The fields of an Argo `AnalysisTemplate`: which of them act here, and which are refused.

(argoproj/argo-rollouts pkg/apis/rollouts/v1alpha1/analysis_types.go)
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.i18n import message
from sim.scenario.rollout_fields import (
    EITHER,
    ELSEWHERE,
    KEPT,
    TEXT,
    Each,
    Form,
    Refused,
)

COUNTS = (
    *("count", "failureLimit", "inconclusiveLimit"),
    *("consecutiveErrorLimit", "consecutiveSuccessLimit"),
)
TEXTS = ("name", "interval", "initialDelay", "successCondition", "failureCondition")
_OTHERS = Refused(message("Prometheus is asked here, and nobody else"))
# How the server is reached is no matter: there is one, and it answers.
_PROMETHEUS: Mapping[str, Form] = {
    "query": TEXT,
    **dict.fromkeys(("address", "timeout", "insecure", "headers", "authentication"), ELSEWHERE),
    "rangeQuery": Refused(message("a query is asked for one moment")),
}
_METRIC: Mapping[str, Form] = {
    **dict.fromkeys(TEXTS, TEXT),
    **dict.fromkeys(COUNTS, EITHER),
    "provider": {
        "prometheus": _PROMETHEUS,
        **dict.fromkeys(
            (
                *("job", "web", "plugin", "datadog", "newRelic", "wavefront", "kayenta"),
                *("cloudWatch", "graphite", "influxdb", "skywalking"),
            ),
            _OTHERS,
        ),
    },
}
TEMPLATE: Mapping[str, Form] = {
    **dict.fromkeys(("apiVersion", "kind", "metadata", "status"), ELSEWHERE),
    "spec": {
        "args": Each(
            {
                "name": TEXT,
                "value": TEXT,
                "valueFrom": {"secretKeyRef": ELSEWHERE, "fieldRef": {"fieldPath": TEXT}},
            }
        ),
        "metrics": Each(_METRIC),
        "dryRun": Each({"metricName": TEXT}),
        "measurementRetention": KEPT,
        "templates": Refused(message("a template asks by metrics of its own")),
    },
}

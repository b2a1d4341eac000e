"""A rollback policy as data: who notices, who decides, and who undoes what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sim.model.person import Person
from sim.model.rollback_tree import Symptom

# By version, so that a canary's few requests are not lost among all the others.
ERROR_RATIO_RULE = (
    'sum by (version) (rate(http_requests_total{status=~"5.."}[1m])) '
    "/ sum by (version) (rate(http_requests_total[1m])) > 0.05"
)


class Notices(StrEnum):
    """Who finds a release bad."""

    ALERT = "alert"  # An alerting rule, evaluated all the time.
    GATE = "gate"  # The same question, asked a few times after the finish.
    SCRIPT = "script"  # The handbook's script, which looks at pods and health checks (7.4).


@dataclass(frozen=True, slots=True, kw_only=True)
class GitOps:
    """A reconciler that keeps the cluster as Git says (Argo CD with self-heal).

    It acts *self_heal_seconds* after it saw a difference: 5 by default (argoproj/argo-cd
    cmd/argocd-application-controller, --self-heal-timeout-seconds).
    """

    self_heal_seconds: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackPolicy:
    """*notices* is None where nobody looks; *person* is None where the machine decides at once.

    *alert* names a rule of the scenario's own; else *expr* and *for_seconds* are the rule. The gate
    asks *expr* *looks* times, *apart_seconds* apart, *after_finish_seconds* after the finish. With
    a *symptom* whoever decides goes by the tree, with *repair_seconds* as the estimate of the
    repair and *way_back_seconds* of the way back.
    """

    notices: Notices | None = None
    alert: str | None = None
    expr: str = ERROR_RATIO_RULE
    for_seconds: float = 60.0
    after_finish_seconds: float = 60.0
    looks: int = 3
    apart_seconds: float = 20.0
    person: Person | None = None
    symptom: Symptom | None = None
    repair_seconds: float | None = None
    way_back_seconds: float | None = None
    git_ops: GitOps | None = None

    @property
    def longest_seconds(self) -> float:
        """From the moment at which a rule is true to the decision, at most."""
        return self.for_seconds + (0.0 if self.person is None else 2 * self.person.longest_seconds)

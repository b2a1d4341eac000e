"""What a scenario says of going back: who notices, who decides, and who undoes that."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from sim.i18n import message
from sim.model import person, rollback_policy
from sim.model.rollback_policy import ERROR_RATIO_RULE, Notices, RollbackPolicy
from sim.model.rollback_tree import Symptom
from sim.model.unreadable import Unreadable
from sim.scenario.words import Duration, Range, Strict

Looks = Annotated[int, Field(strict=True, ge=1, le=1000)]
Question = Annotated[str, Field(min_length=1, max_length=2000)]


class Person(Strict):
    """Who is on call; how long they take nobody knows but you, so both are assumptions."""

    pager: Range = (30.0, 30.0)  # Alertmanager's group_wait.
    reaction: Range = (60.0, 300.0)


class GitOps(Strict):
    """A reconciler with self-heal; its default is Argo CD's."""

    self_heal: Duration = 5.0


class Rollback(Strict):
    """A rollback policy; without `by` nobody looks."""

    by: Notices | None = None
    alert: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    expr: Question = ERROR_RATIO_RULE
    for_: Annotated[Duration, Field(alias="for")] = 60.0
    after_finish: Duration = 60.0
    looks: Looks = 3
    apart: Duration = 20.0
    person: Person | None = None
    symptom: Symptom | None = None
    repair: Duration | None = None
    way_back: Duration | None = None
    git_ops: GitOps | None = None

    @model_validator(mode="after")
    def _somebody_decides(self) -> Rollback:
        deciding = self.model_fields_set & {
            *("alert", "expr"),
            *("person", "symptom", "repair", "way_back"),
        }
        if deciding and self.by not in (Notices.ALERT, Notices.GATE):
            raise Unreadable(
                message("who decides, and by which question, needs somebody who notices"),
                message("by: alert or by: gate"),
            )
        return self

    def meant(self) -> RollbackPolicy:
        """The policy as the operators take it."""
        return RollbackPolicy(
            notices=self.by,
            alert=self.alert,
            expr=self.expr,
            for_seconds=self.for_,
            after_finish_seconds=self.after_finish,
            looks=self.looks,
            apart_seconds=self.apart,
            person=None
            if self.person is None
            else person.Person(
                pager_seconds=self.person.pager, reaction_seconds=self.person.reaction
            ),
            symptom=self.symptom,
            repair_seconds=self.repair,
            way_back_seconds=self.way_back,
            git_ops=None
            if self.git_ops is None
            else rollback_policy.GitOps(self_heal_seconds=self.git_ops.self_heal),
        )

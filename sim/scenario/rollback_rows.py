"""The rows that a rollback policy adds to what is assumed: nobody knows how soon people react."""

from __future__ import annotations

from collections.abc import Iterator

from sim.i18n import Message, message
from sim.model.duration import show_duration, show_range
from sim.model.rollback_policy import Notices
from sim.scenario.rollback_spec import Rollback

Row = tuple[str, str, Message]
_EXPR = message("more than 5 % of a version's requests, as the handbook's alert means it")
_FOR = message("a minute, so that one bad scrape is no alarm")
_GATE = message("long enough after the finish that a minute's window is full")
_PAGER = message("Alertmanager's group_wait")
_REACTION = message("somebody has to read, look and decide; nobody knows how long but you")
_SELF_HEAL = message("Argo CD's self-heal timeout")


def rows(rollback: Rollback | None) -> Iterator[Row]:
    """Field, value, and why, for what *rollback* rests on."""
    if rollback is None:
        return
    if rollback.alert is not None:
        yield "rollback.alert", rollback.alert, _EXPR
    elif rollback.by in (Notices.ALERT, Notices.GATE):
        yield "rollback.expr", rollback.expr, _EXPR
    if rollback.by is Notices.ALERT and rollback.alert is None:
        yield "rollback.for", show_duration(rollback.for_), _FOR
    if rollback.by is Notices.GATE:
        yield "rollback.afterFinish", show_duration(rollback.after_finish), _GATE
    if rollback.person is not None:
        yield "rollback.person.pager", show_range(rollback.person.pager), _PAGER
        yield "rollback.person.reaction", show_range(rollback.person.reaction), _REACTION
    if rollback.git_ops is not None:
        yield "rollback.gitOps.selfHeal", show_duration(rollback.git_ops.self_heal), _SELF_HEAL

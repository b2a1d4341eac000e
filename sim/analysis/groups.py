"""The groups of an experiment as figures: what users of A and of B did, each by its own number."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.analysis.figure import Figure
from sim.analysis.units import Unit
from sim.i18n import Message, message
from sim.model.experiment import Experiment, Group
from sim.model.run import Run


def _of_group(
    key: str, unit: Unit, label: Message, definition: Message, what: Callable[[Group], float]
) -> Iterator[Figure]:
    """*what* of A and of B; None without an experiment, or with nobody in the group."""
    for side in ("a", "b"):

        def compute(run: Run, _: object, side: str = side) -> float | None:
            group: Group | None = getattr(run.experiment, side, None)
            return what(group) if group is not None and group.users else None

        yield Figure(
            key=f"{key}_{side}",
            unit=unit,
            label=message("{figure} of group {group}", figure=label, group=side.upper()),
            definition=definition,
            compute=compute,
            less_is_better=None,
        )


def _of_both(what: Callable[[Experiment], float]) -> Callable[[Run, object], float | None]:
    def compute(run: Run, _: object) -> float | None:
        test = run.experiment
        return None if test is None or not test.a.users + test.b.users else what(test)

    return compute


GROUPS = (
    *_of_group(
        "conversion",
        Unit.SHARE,
        message("conversion"),
        message("share of the group's users who did what is hoped for (users.behaviour)"),
        lambda group: group.conversions / group.users,
    ),
    *_of_group(
        "revenue",
        Unit.MONEY,
        message("revenue per user"),
        message("mean over all users of the group, those who bought nothing included"),
        lambda group: group.revenue.mean,
    ),
    *_of_group(
        "dwell",
        Unit.SECONDS,
        message("dwell time"),
        message("mean over all users of the group, those who left at once included"),
        lambda group: group.dwell.mean,
    ),
    *_of_group(
        "bounce",
        Unit.SHARE,
        message("bounce"),
        message("share of the group's users who left at once"),
        lambda group: group.left / group.users,
    ),
    Figure(
        key="users_who_flipped",
        unit=Unit.USERS,
        label=message("users who flipped"),
        definition=message(
            "users of either group who were answered by the other version too while the "
            "experiment lasted"
        ),
        compute=_of_both(lambda test: float(test.a.flipped + test.b.flipped)),
    ),
    Figure(
        key="split_p_value",
        unit=Unit.SHARE,
        label=message("sample-ratio check, p"),
        definition=message(
            "how surprising the split of the users among A and B is if the assignment works; "
            "below 0.05 % it is broken"
        ),
        compute=_of_both(lambda test: test.split_p_value),
        less_is_better=None,
    ),
)

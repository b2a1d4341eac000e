"""A notebook for checks: looks values up by path and notes what is wrong at their places."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator

from sim.errors import Problem
from sim.i18n import Message, message
from sim.scenario.node import Mapping, Node, Scalar, Sequence, Step, get, join


class Findings:
    """What is wrong below one node; *path* is the node's own field path."""

    def __init__(self, node: Node, path: str, problems: list[Problem] | None = None) -> None:
        self.node = node
        self.path = path
        self.problems: list[Problem] = [] if problems is None else problems

    def below(self, *steps: Step) -> Findings | None:
        """A notebook for the part at *steps* that writes into the same list; None if absent."""
        found = get(self.node, *steps)
        return None if found is None else Findings(found, self.at(*steps), self.problems)

    def each(self, *steps: Step) -> Iterator[Findings]:
        """A notebook for every item of the list at *steps*."""
        found = get(self.node, *steps)
        if isinstance(found, Sequence):
            for index, item in enumerate(found.items):
                yield Findings(item, join(self.at(*steps), index), self.problems)

    def at(self, *steps: Step) -> str:
        """The field path of the part at *steps*."""
        path = self.path
        for step in steps:
            path = join(path, step)
        return path

    def has(self, *steps: Step) -> bool:
        """Whether something other than null stands at *steps*."""
        return get(self.node, *steps) is not None

    def integer(self, *steps: Step) -> int | None:
        """The whole number at *steps*, None if there is none."""
        found = get(self.node, *steps)
        value = found.value if isinstance(found, Scalar) else None
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def text(self, *steps: Step) -> str | None:
        """The text at *steps*, None if there is none."""
        found = get(self.node, *steps)
        value = found.value if isinstance(found, Scalar) else None
        return value if isinstance(value, str) else None

    def texts(self, *steps: Step) -> dict[str, str]:
        """The mapping of names to texts at *steps*; other values are left out."""
        found = get(self.node, *steps)
        if not isinstance(found, Mapping):
            return {}
        return {
            key: child.value
            for key, child in found.entries.items()
            if isinstance(child, Scalar) and isinstance(child.value, str)
        }

    def note(self, steps: tuple[Step, ...], text: Message, hint: Message | None = None) -> None:
        """Something is wrong with what stands at *steps*, or with its absence."""
        node = self.node
        for index in range(len(steps), -1, -1):
            found = get(self.node, *steps[:index])
            if found is not None:
                node = found
                break
        self.problems.append(node.place.problem(text, self.at(*steps), hint))

    def invalid(self, steps: tuple[Step, ...], why: Message, hint: Message | None = None) -> None:
        """The value at *steps* breaks a rule; it is shown with the rule."""
        found = get(self.node, *steps)
        shown = found.text[:60] if isinstance(found, Scalar) else ""
        if isinstance(found, Scalar) and isinstance(found.value, str):
            shown = f'"{shown}"'
        text = message("{found}: {why}", found=shown, why=why) if shown else why
        self.note(steps, text, hint)

    def at_least(self, lowest: int, *names: str) -> None:
        """Each of the numbers called *names* is at least *lowest*, if given."""
        for name in names:
            value = self.integer(name)
            if value is not None and value < lowest:
                self.invalid(
                    (name,), message("must be greater than or equal to {lowest}", lowest=lowest)
                )

    def one_of(self, name: str, *supported: str) -> None:
        """The text called *name* is one of *supported*, if given."""
        value = self.text(name)
        if value is not None and value not in supported:
            lower = {one.lower(): one for one in supported}
            near = difflib.get_close_matches(value.lower(), lower, n=1, cutoff=0.6)
            hint = (
                message("did you mean {name}?", name=lower[near[0]])
                if near
                else message("supported: {known}", known=", ".join(supported))
            )
            self.invalid((name,), message("unsupported value"), hint)

    def named(self, steps: tuple[Step, ...], rule: Callable[[str], Message | None]) -> None:
        """The text at *steps* keeps the naming *rule*, if given."""
        value = self.text(*steps)
        wanted = rule(value) if value is not None else None
        if wanted is not None:
            self.invalid(steps, message("not a valid name"), wanted)

"""A word of a scenario that cannot be read: what is wrong with it, and what would be right."""

from __future__ import annotations

from sim.i18n import Message


class Unreadable(ValueError):
    """A text that is no duration, quantity, share …; the place is known only to the caller."""

    def __init__(self, text: Message, hint: Message | None = None) -> None:
        super().__init__(str(text))
        self.message = text
        self.hint = hint

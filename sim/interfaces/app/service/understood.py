"""What a visitor's settings were understood to be, or why a page can go no further."""

from __future__ import annotations

from sim.i18n import translate
from sim.interfaces.app.order import Order
from sim.interfaces.app.service import own_text
from sim.interfaces.app.service.reading import read
from sim.interfaces.app.shown import show_problems
from sim.model.objects import JsonObject


def understood(order: Order, language: str) -> JsonObject | None:
    """The reading of *order*; None if there is nothing to read or a mistake, which is shown."""
    if order.is_blank:
        text = translate(language, "Paste a Deployment on the left, or choose a scenario.")
        own_text.show_why_blank(language, text)
        return None
    reading = read(order)
    show_problems(reading, language)
    return None if reading["problems"] else reading

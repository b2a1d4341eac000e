"""A page: its name, the question that it answers, and which words of the address are its."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.i18n import Message
from sim.interfaces.app.address import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """*title* is what the navigation calls it, *question* what stands on top of it.

    *show* draws it in a language; *fields* are the settings that its address carries.
    """

    title: Message
    question: Message
    show: Callable[[str], None]
    fields: tuple[Field, ...] = ()

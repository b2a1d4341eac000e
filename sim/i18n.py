"""Messages in Chinese and English: gettext catalogues behind pure functions, no global language.

A message id is an English sentence. `Message` keeps the sentence and its values apart, so that
one error can be shown in English in a log and in Chinese on a page.
"""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path

LANGUAGES = ("en", "zh")
DOMAIN = "seatrial"
LOCALE_DIRECTORY = Path(__file__).parent / "locale"


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The compiled catalogue of *language*; English needs none, its ids are the text."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALE_DIRECTORY, [language], fallback=True)


def translate(language: str, text: str, /, **values: object) -> str:
    """*text* in *language*, with {names} replaced by *values* (messages among them translated)."""
    found = catalogue(language).gettext(text) if text else ""
    if not values:
        return found
    return found.format(**{name: _shown(value, language) for name, value in values.items()})


def _shown(value: object, language: str) -> object:
    return value.render(language) if isinstance(value, Message) else value


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for a person: its English id and the values that fill it."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def render(self, language: str = "en") -> str:
        """The sentence in *language*."""
        return translate(language, self.text, **self.values)

    def __str__(self) -> str:
        return self.render("en")

    def _repr_html_(self) -> str:
        """What a notebook shows, in the language that the environment asks for."""
        return f"<p>{escape(self.render(preferred_language()))}</p>"


def message(text: str, /, **values: object) -> Message:
    """Mark *text* for translation and keep *values* beside it."""
    return Message(text, values)


def preferred_language(explicit: str | None = None) -> str:
    """*explicit* if given, else what the environment asks for, else English."""
    if explicit:
        return explicit if explicit in LANGUAGES else "en"
    for name in ("SEATRIAL_LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith("zh") else "en"

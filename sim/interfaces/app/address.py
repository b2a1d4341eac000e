"""The address of a page: its settings as ids, never as words of one language.

A link that is opened anywhere shows the same page with the same settings, in the reader's own
language. What is wrong in an address is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

LANGUAGE = "lang"
_WRITTEN = "address-written"
_BEGUN = "address-begun"
MOST_CHARACTERS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One setting: its *name* in the address, its *key* in the session, its *usual* value.

    *read* makes a value of the address's words, or None if they are unusable; *write* the words.
    One that goes with another setting is silent while that key *only_with* is off.
    """

    name: str
    key: str
    usual: Any
    read: Callable[[Sequence[str]], Any]
    write: Callable[[Any], Sequence[str]]
    only_with: str | None = None


def text(name: str, key: str, usual: str = "", only_with: str | None = None) -> Field:
    """Any short text."""
    return Field(
        name=name,
        key=key,
        usual=usual,
        read=lambda words: words[-1][:MOST_CHARACTERS],
        write=lambda value: [value] if value else [],
        only_with=only_with,
    )


def choice(name: str, key: str, usual: str, known: Callable[[], Iterable[str]]) -> Field:
    """One of the ids that are *known*."""
    return Field(
        name=name,
        key=key,
        usual=usual,
        read=lambda words: words[-1] if words[-1] in set(known()) else None,
        write=lambda value: [value] if value else [],
    )


def several(name: str, key: str, usual: Sequence[str], known: Callable[[], Iterable[str]]) -> Field:
    """Any of the ids that are *known*, with commas between them."""

    def read(words: Sequence[str]) -> list[str]:
        asked = words[-1].split(",")
        return [one for one in dict.fromkeys(asked) if one in set(known())]

    return Field(
        name=name,
        key=key,
        usual=list(usual),
        read=read,
        write=lambda value: [",".join(value)] if value else [],
    )


def number(name: str, key: str, usual: float | None, low: float, high: float) -> Field:
    """A number between two limits, whole if the limits are; None as *usual* may be left empty."""
    whole = isinstance(low, int) and isinstance(high, int)

    def read(words: Sequence[str]) -> float | None:
        try:
            found = int(words[-1]) if whole else float(words[-1])
        except ValueError:
            return None
        return found if low <= found <= high else None

    return Field(
        name=name,
        key=key,
        usual=usual,
        read=read,
        write=lambda value: [] if value is None else [f"{value:.10g}" if not whole else str(value)],
    )


def switch(name: str, key: str) -> Field:
    """On or off, and usually off."""
    return Field(
        name=name,
        key=key,
        usual=False,
        read=lambda words: words[-1] == "on",
        write=lambda value: ["on"] if value else [],
    )


def take_up(fields: Sequence[Field]) -> None:
    """Bring what the address says into the session, once for each address that is opened.

    A navigation has no words and changes nothing; an address that we wrote ourselves neither.
    """
    stated = _stated()
    state: MutableMapping[Any, Any] = st.session_state
    begun = _BEGUN in state
    for field in fields:
        if not begun and field.key not in state:
            state[field.key] = field.usual
    if stated and stated != state.get(_WRITTEN):
        for field in fields:
            if words := stated.get(field.name):
                value = field.read(words)
                if value is not None:
                    state[field.key] = value
    state[_BEGUN] = True


def write_down(fields: Sequence[Field]) -> None:
    """Make the address say what the session holds of *fields*."""
    wanted = words_of(fields, st.session_state)
    if wanted != _stated():
        kept = st.query_params.get_all(LANGUAGE)
        st.query_params.from_dict({**({LANGUAGE: kept} if kept else {}), **wanted})
    st.session_state[_WRITTEN] = wanted


def words_of(fields: Sequence[Field], state: Mapping[Any, Any]) -> dict[str, list[str]]:
    """The words of an address for *fields* of *state*."""
    found = {
        field.name: list(field.write(state.get(field.key, field.usual)))
        for field in fields
        if field.only_with is None or state.get(field.only_with)
    }
    return {name: words for name, words in found.items() if words}


def _stated() -> dict[str, list[str]]:
    names = [name for name in st.query_params if name != LANGUAGE]
    return {name: st.query_params.get_all(name) for name in names}

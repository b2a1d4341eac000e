"""A visitor's own texts: a manifest and a scenario file, kept on the shelf so that links find them.

The address carries their hash. They are data: nothing here reads what they say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.logger import get_logger

from sim.i18n import translate
from sim.interfaces.app.work import shelf

OWN = "own"
ID = "own-id"
MANIFEST, DESCRIPTION = "manifest", "description"
MOST_CHARACTERS = 200_000
_OPENED, _MISSING = "own-opened", "own-missing"


def manifest(state: Mapping[Any, Any]) -> str:
    """The manifests of the visitor."""
    return str(state.get(MANIFEST) or "")


def description(state: Mapping[Any, Any]) -> str:
    """The visitor's scenario file."""
    return str(state.get(DESCRIPTION) or "")


def take_up() -> None:
    """Open the texts that an address names, once."""
    state = st.session_state
    for key in (MANIFEST, DESCRIPTION):
        state.setdefault(key, "")
    name = state.get(ID)
    if not name or name == state.get(_OPENED):
        return
    try:
        found = shelf.find_json(name)
    except ValueError:
        found = None
    state[_MISSING] = not _is_of_a_visitor(found)
    if state[_MISSING]:
        state[ID] = ""
        return
    assert found is not None
    state[MANIFEST], state[DESCRIPTION] = found["manifest"], found["description"]
    state["scenario"], state[_OPENED] = OWN, name


def _is_of_a_visitor(found: object) -> bool:
    """Whether it is what `keep` has put there: an address may name any result, too."""
    return (
        isinstance(found, dict)
        and set(found) == {"manifest", "description"}
        and all(isinstance(text, str) for text in found.values())
    )


def keep() -> None:
    """Put the texts on the shelf, and their name into the session.

    What no field of a page would take is not kept, nor is anything if the disk takes no more: then
    no link finds it again.
    """
    state = st.session_state
    texts = {"manifest": manifest(state), "description": description(state)}
    if state["scenario"] != OWN or not any(texts.values()):
        state[ID] = ""
        return
    name = hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()[:32]
    if name != state.get(_OPENED):
        state[ID] = ""
        try:
            if max(map(len, texts.values())) <= MOST_CHARACTERS:
                shelf.put_json(name, texts)
        except (OSError, ValueError) as error:
            get_logger(__name__).warning("a visitor's text: %s", error)
            return
        state[_OPENED] = name
    state[ID] = name


def show_why_blank(language: str, otherwise: str) -> None:
    """Why there is nothing to read: the link's texts are elsewhere, or *otherwise*."""
    if not st.session_state.get(_MISSING):
        st.info(otherwise)
        return
    st.warning(
        translate(
            language,
            "The texts of this link are not on this server: a link carries only their name. They"
            " stay where they were written, and only as long as there is room. Ask whoever sent"
            " it to download the scenario folder on the page Scenario, and upload its two files"
            " there on this server.",
        )
    )


def ask_description(language: str, height: int) -> None:
    """A place for the scenario file."""
    st.text_area(
        translate(language, "Scenario file (scenario.yaml)"),
        key=DESCRIPTION,
        height=height,
        max_chars=MOST_CHARACTERS,
        persist_state="session",
        placeholder=translate(
            language, "May stay empty: then all that the manifest does not say is assumed."
        ),
        help=translate(
            language,
            "What Kubernetes does not say: traffic, users, versions, faults. The manifests beside"
            " it are called manifests.yaml here.",
        ),
    )


def ask_manifest(language: str, height: int = 320) -> None:
    """A place to paste manifests."""
    st.text_area(
        translate(language, "Manifest (YAML)"),
        height=height,
        max_chars=MOST_CHARACTERS,
        key=MANIFEST,
        persist_state="session",
        placeholder="apiVersion: apps/v1\nkind: Deployment\n…",
        help=translate(
            language,
            "A Deployment, and its Service if you have it. Seatrial reads it here on this "
            "machine; nothing in it is executed.",
        ),
    )

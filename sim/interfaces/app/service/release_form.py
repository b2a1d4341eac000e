"""The form of a release: new images, new values of environment variables."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from sim.i18n import translate
from sim.interfaces.app.service import own_text
from sim.interfaces.app.service.release_text import Changes, changes_in, with_changes
from sim.model.objects import JsonObject
from sim.scenario.release import SECOND

_NAME, _VALUE, _OWNER = "release-name", "release-value", "release-owner"


def show_release_form(facts: JsonObject, language: str) -> None:
    """What the release changes; *facts* say which containers there are."""
    containers = facts.get("containers", [])
    if not containers:
        return
    st.subheader(translate(language, "What the release changes"))
    changes = changes_in(own_text.description(st.session_state))
    if facts["release"] == SECOND:
        st.caption(translate(language, "The new version stands in the manifests; change it there."))
        return
    if changes is None:
        st.caption(
            translate(language, "The scenario file says it in a way that this form does not know.")
        )
        return
    for column, one in zip(st.columns(max(2, min(3, len(containers)))), containers, strict=False):
        key = f"release-image-{one['name']}"
        st.session_state[key] = changes.images.get(one["name"], "")
        column.text_input(
            translate(language, "New image of {name}", name=one["name"]),
            key=key,
            placeholder=one["image"],
            on_change=_write_image,
            args=(one["name"], key),
        )
    _show_variables(changes, containers, language)


def _show_variables(changes: Changes, containers: list[JsonObject], language: str) -> None:
    """Those that change, each with a way back, and a row for another."""
    for number, ((owner, name), value) in enumerate(changes.variables.items()):
        said, button = st.columns([5, 1], vertical_alignment="center")
        said.text(f"{owner}: {name}={value}")
        button.button(
            translate(language, "Remove"),
            key=f"release-drop-{number}",
            help=translate(language, "Remove {what}", what=name),
            on_click=_drop,
            args=((owner, name),),
        )
    with st.form("release-variable", clear_on_submit=True, border=False):
        whose, what, becomes, button = st.columns([2, 3, 3, 2], vertical_alignment="bottom")
        names = [one["name"] for one in containers]
        whose.selectbox(translate(language, "Container"), names, index=len(names) - 1, key=_OWNER)
        what.text_input(translate(language, "Variable (env)"), key=_NAME, placeholder="LOG_LEVEL")
        becomes.text_input(translate(language, "New value"), key=_VALUE, placeholder="debug")
        button.form_submit_button(translate(language, "Change it"), on_click=_add, width="stretch")
    st.caption(
        translate(
            language,
            "A changed variable replaces the pods as a new image does; what it does to the program"
            " is not known here: say it below, at the new version.",
        )
    )


def _write_image(container: str, key: str) -> None:
    changes = _changes()
    image = str(st.session_state[key] or "").strip()
    images = {name: one for name, one in changes.images.items() if name != container}
    _keep(replace(changes, images={**images, **({container: image} if image else {})}))


def _add() -> None:
    state = st.session_state
    name, changes = str(state[_NAME] or "").strip(), _changes()
    if name:
        variables = {**changes.variables, (state[_OWNER], name): str(state[_VALUE] or "")}
        _keep(replace(changes, variables=variables))


def _drop(gone: tuple[str, str]) -> None:
    changes = _changes()
    variables = {one: value for one, value in changes.variables.items() if one != gone}
    _keep(replace(changes, variables=variables))


def _changes() -> Changes:
    return changes_in(own_text.description(st.session_state)) or Changes()


def _keep(changes: Changes) -> None:
    state = st.session_state
    state[own_text.DESCRIPTION] = with_changes(own_text.description(state), changes)

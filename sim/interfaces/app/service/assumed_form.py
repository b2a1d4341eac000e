"""The form of what manifests do not say: every value with its source, and a field to change it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.i18n import translate
from sim.interfaces.app.service import own_text
from sim.interfaces.app.service.form_fields import (
    GROUPS,
    NEW,
    OLD,
    RATE,
    FormField,
    further,
    with_unit,
)
from sim.interfaces.app.service.yaml_form import rate_is_elsewhere, values_of, with_value
from sim.model.objects import JsonObject

ACROSS = 3


def show_form(facts: JsonObject, language: str) -> None:
    """Every field, filled from the text; what it leaves open shows what is assumed, and why.

    *facts* are those of the last text that could be read, empty if there was none yet.
    """
    text = own_text.description(st.session_state)
    values = values_of(text)
    if values is None:
        st.info(
            translate(
                language,
                "The form comes back as soon as the scenario file can be read as YAML again.",
            )
        )
        return
    known: Mapping[str, JsonObject] = facts.get("values", {})
    st.subheader(translate(language, "What is assumed, and may be changed"))
    st.caption(
        translate(
            language,
            "An empty field shows what is assumed; what you write there goes into the scenario"
            " file, and emptying it takes it out again.",
        )
    )
    elsewhere = rate_is_elsewhere(text)
    for group in GROUPS:
        fields = [one for one in group.fields if _is_shown(one, known, values)]
        given = sum(one.path in values for one in fields)
        title = group.title.render(language)
        if given:
            title = translate(language, "{title} ({n} given)", title=title, n=given)
        with st.expander(title, expanded=group.name == "traffic", key=f"group-{group.name}"):
            _show_fields(fields, known, values, elsewhere, language)
    if others := further(known):
        with st.expander(translate(language, "Others"), key="group-others"):
            _show_fields(others, known, values, elsewhere, language)


def _is_shown(field: FormField, known: Mapping[str, JsonObject], values: Mapping[str, str]) -> bool:
    """Of what is not known yet everything; else what the scenario has, in either version."""
    like = OLD + field.path.removeprefix(NEW) if field.path.startswith(NEW) else field.path
    return not known or field.path in values or field.path in known or like in known


def _show_fields(
    fields: list[FormField],
    known: Mapping[str, JsonObject],
    values: Mapping[str, str],
    elsewhere: bool,
    language: str,
) -> None:
    """Row by row, so that a phone keeps the order."""
    rows = (st.columns(ACROSS) for _ in range(0, len(fields), ACROSS))
    for field, column in zip(fields, chain.from_iterable(rows), strict=False):
        assumed, why = _assumed(field, known, language)
        if elsewhere and field.path == RATE:
            assumed = translate(language, "over time, in the file")
        _show_field(column, field, values.get(field.path, ""), assumed, language)
        if field.path in values:
            why = translate(language, "given in the scenario file")
        if why:
            column.caption(why)


def _assumed(field: FormField, known: Mapping[str, JsonObject], language: str) -> tuple[str, str]:
    """What is taken where the file says nothing, and why."""
    one = known.get(field.path)
    if one is None and field.path.startswith(NEW):
        one = known.get(OLD + field.path.removeprefix(NEW))
        return (one["value"] if one else ""), translate(language, "as in the version of now")
    if one is None:
        return "", ""
    return str(one["value"]), str(one["why"][language])


def _show_field(
    column: DeltaGenerator, field: FormField, value: str, assumed: str, language: str
) -> None:
    state, label = st.session_state, field.label.render(language)
    path = f"`spec.{field.path}`"
    if field.options and (not value or value in field.options):
        state[field.key] = value or None
        column.selectbox(
            label,
            field.options,
            index=None,
            key=field.key,
            placeholder=assumed,
            help=path,
            on_change=_write,
            args=(field.path, field.key),
        )
        return
    state[field.key] = value
    column.text_input(
        label,
        key=field.key,
        placeholder=assumed,
        help=path,
        on_change=_write,
        args=(field.path, field.key),
    )


def _write(path: str, key: str) -> None:
    """Bring one field of the form into the text."""
    state = st.session_state
    value = with_unit(path, str(state[key] or "").strip())
    state[own_text.DESCRIPTION] = with_value(own_text.description(state), path, value)

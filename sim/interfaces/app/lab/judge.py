"""What a limit on the error ratio is worth at one's own traffic: false alarms and misses."""

from __future__ import annotations

import streamlit as st

from sim.errors import ScenarioError
from sim.i18n import translate
from sim.interfaces.app.shown import plain, show_table
from sim.interfaces.app.work.on_demand import on_demand
from sim.interfaces.app.work.task import Work
from sim.interfaces.judged_traffic import read_share, read_traffic
from sim.interfaces.table import Table


def show_judge(language: str) -> None:
    """Six settings, a table and a sentence."""
    st.markdown(
        translate(
            language,
            "A rule such as “more than 1 % errors and we go back” sees only the requests of the "
            "new version. How often is it wrong at your traffic?",
        )
    )
    labels = {
        "rps": translate(language, "all requests per second"),
        "weight": translate(language, "part of the new version"),
        "for": translate(language, "how long the rule watches"),
        "limit": translate(language, "more errors than this are an alarm"),
        "good": translate(language, "errors of a version that should pass"),
        "bad": translate(language, "errors of a version that should be stopped"),
    }
    columns = [*st.columns(3), *st.columns(3)]  # Two rows: on a phone they keep their order.
    for column, (name, label) in zip(columns, labels.items(), strict=True):
        column.text_input(label, key=f"ab-{name}", persist_state="session")
    order = {name: str(st.session_state[f"ab-{name}"]).strip() for name in labels}
    try:
        read_traffic(None, order["rps"], order["weight"], order["for"])
        for name in ("limit", "good", "bad"):
            read_share(name, order[name])
    except ScenarioError as error:
        st.error(plain(error.render(language)))
        return
    work = Work(task="judge", order=order)
    found = on_demand(work, translate(language, "Ask the judge"), "judge", language)
    if found is None:
        return
    show_table(Table.from_json(found[language]["table"]))
    st.info(found[language]["sentence"])
    st.caption(
        translate(
            language,
            "For requests that fail independently of each other, and one look at the end. Where a "
            "few users meet all the errors, requests say less than their number, and both kinds "
            "of mistake are more frequent; where the rule is asked every minute, so are false "
            "alarms.",
        )
    )

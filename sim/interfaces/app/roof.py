"""The roof of a page: what goes wrong is a sentence for the visitor, and the rest is in the log."""

from __future__ import annotations

from types import TracebackType

import streamlit as st
from streamlit.logger import get_logger

from sim.errors import SimError
from sim.i18n import translate
from sim.interfaces.app.shown import plain


class Roof:
    """Under it, errors end as sentences in *language*; what Streamlit raises to stop passes."""

    def __init__(self, page: str, language: str) -> None:
        self._page = page
        self._language = language

    def __enter__(self) -> None:
        """Nothing has gone wrong yet."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Say it, if it is an error at all."""
        if not isinstance(error, Exception):
            return False
        if isinstance(error, SimError):
            st.error(plain(error.message.render(self._language)))
            return True
        get_logger(__name__).error("page %s", self._page, exc_info=error)
        st.error(
            translate(
                self._language,
                "This page cannot be shown: Seatrial has a defect here. Its log says more.",
            )
        )
        return True

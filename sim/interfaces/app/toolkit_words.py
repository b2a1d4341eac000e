"""What Streamlit itself says on a page, in the page's language: hints, menus, banners, labels.

Streamlit knows English only and offers no catalogue. A script in the visitor's browser replaces
whole texts that stand here, before they are painted, and tells the browser the language of the
page. A text that a later Streamlit words differently stays English, and a test finds it.
"""

from __future__ import annotations

import json
import re
import string
from functools import cache
from pathlib import Path

import streamlit as st

from sim.i18n import Message, message
from sim.model.objects import JsonObject

WORDS = (
    # Fields.
    message("Press Enter to apply"),
    message("Press Ctrl+Enter to apply"),
    message("Press ⌘+Enter to apply"),
    message("Increment"),
    message("Decrement"),
    message(
        "Error: Number is outside the allowed range. Please enter a value between {low} and {high}."
    ),
    message("Help"),
    message("Help for {field}"),
    # Choices.
    message("Choose an option"),
    message("Choose options"),
    message("No options to select"),
    message("No results"),
    message("Selectbox options"),
    message("Selected values"),
    message("Select all"),
    message("Select {n} matches"),
    message("Remove {name}"),
    message("Clear all"),
    message("Clear value"),
    message("Open"),
    message("{n} options available."),
    message("{n} option available."),
    message("{name}, selected"),
    # Files.
    message("Upload"),
    message("Add files"),
    message("file upload"),
    message("add icon"),
    message("Error:"),
    message("Drag and drop a file here"),
    message("Drag and drop files here"),
    message("{size} per file"),
    message("Cancel upload of {name}"),
    message("Only one file is allowed."),
    message("File must be {size} or smaller."),
    message("{kind} files are not allowed."),
    # Around the page.
    message("App pages"),
    message("Sidebar"),
    message("Collapse sidebar"),
    message("Expand sidebar"),
    message("Skip to main content"),
    message("Link to heading"),
    message("Scroll tabs left"),
    message("Scroll tabs right"),
    message("Copy to clipboard"),
    message("Copy version to clipboard"),
    message("Copied"),
    message("Close"),
    message("Dismiss"),
    message("Main menu"),
    message("Theme"),
    message("System"),
    message("Light"),
    message("Dark"),
    message("Rerun"),
    message("Print"),
    message("Record screen"),
    message("Made with Streamlit v"),
    message("Notifications"),
    # Under way, and lost.
    message("Running..."),
    message("Stop"),
    message("Connecting"),
    message("Connecting to Streamlit server"),
    message("Unable to connect to Streamlit server"),
    message("Page not found"),
    message(
        "The page that you have requested does not seem to exist. Running the app's main page."
    ),
    message("Connection error"),
    message("Streamlit server is not responding. Are you connected to the internet?"),
    message(
        "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in "
        "your terminal:"
    ),
    message("Connection lost. Please wait for the app to reconnect, then try again."),
)


def speak(language: str) -> None:
    """Have the visitor's browser say the toolkit's words in *language*.

    A component would be fetched only after the page is there, and the English seen till then.
    """
    with st.container(key="toolkit-words"):
        st.html(script(language), unsafe_allow_javascript=True)


@cache
def script(language: str) -> str:
    """The element with the script and its words; none of them can end it."""
    said = json.dumps(words_in(language), ensure_ascii=False).replace("<", "\\u003c")
    speaking = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return f"<script>{speaking.rstrip()}({said});</script>"


@cache
def words_in(language: str) -> JsonObject:
    """The *language*, whole texts and their translations, and patterns with what replaces them."""
    whole: dict[str, str] = {}
    patterns: list[list[str]] = []
    for said in WORDS:
        translated = said.render(language)
        if translated == said.text:
            continue
        if "{" in said.text:
            patterns.append([_pattern(said), re.sub(r"\{(\w+)\}", r"$<\1>", translated)])
        else:
            whole[said.text] = translated
    return {"language": language, "whole": whole, "patterns": patterns}


def _pattern(said: Message) -> str:
    """*said* as a regular expression of JavaScript: a named group for each {name}."""
    parts = string.Formatter().parse(said.text)
    made = "".join(
        re.sub(r"([^\w\s])", r"\\\1", words) + (f"(?<{name}>.+)" if name else "")
        for words, name, _, _ in parts
    )
    return f"^{made}$"

"""One language on a page: what Streamlit itself says too, whatever the visitor's browser speaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit
from message_ids import chinese
from playwright.sync_api import Browser, Page
from test_app_browser import PATIENCE_MS, browser, server, visitor
from test_app_browser import pytestmark as of_browsers
from words_on_page import foreign_words, is_english

from sim.interfaces.app.toolkit_words import WORDS, words_in

__all__ = ["browser", "server"]  # The fixtures of the other browser tests.
SLOW, CHROMIUM = of_browsers
OTHER = {"zh": "en", "en": "zh"}


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Press Enter to apply", True),
        ("Open", True),
        ("9 options available.", True),
        ("“manifest”的 Help for", True),
        ("RollingUpdate", False),
        ("web-app 的 traffic.rate=100/s", False),
        ("版本 new 对 5 % 的请求返回错误", False),
        ("每个 Pod 的 readinessProbe", False),
    ],
)
def test_names_are_not_taken_for_english_and_phrases_are(text: str, english: bool) -> None:
    assert is_english(text) is english


def test_a_pattern_keeps_the_name_that_stands_in_it() -> None:
    """As JavaScript does it; Python writes the groups a little differently."""
    said = {
        re.sub(pattern.replace("(?<", "(?P<"), re.sub(r"\$<(\w+)>", r"\\g<\1>", new), text)
        for pattern, new in words_in("zh")["patterns"]
        for text in ["Remove a.b", "Help for 9"]
    }
    assert {str(chinese()["Remove {name}"].string).format(name="a.b")} < said
    assert {str(chinese()["Help for {field}"].string).format(field="9")} < said


def test_every_word_of_the_toolkit_is_one_that_it_says() -> None:
    """A text that a later Streamlit words anew would stay English: its script no longer has it."""
    place = Path(streamlit.__file__).parent / "static" / "static" / "js"
    script = b"".join(file.read_bytes() for file in place.glob("*.js"))
    # It puts some of them together itself: keys, values, one sentence after another.
    seam = re.compile(r"\{\w+\}|(?:Ctrl|⌘)\+Enter|Enter|apply| (?=available|icon)|(?<=[.?:]) ")
    parts = {part.strip(" .") for said in WORDS for part in seam.split(said.text)}
    assert [part for part in parts if part.encode() not in script] == []


@pytest.mark.parametrize("language", ["zh", "en"])
@SLOW
@CHROMIUM
def test_open_widgets_speak_the_language_of_the_page(
    server: str, browser: Browser, language: str
) -> None:
    """Hints, menus, lists without a match, a refused file; in a browser of the other language."""
    context = visitor(browser, OTHER[language])
    page = context.new_page()
    found = {
        (name, said)
        for name, opened in {"compare?n=3&seed=7": fields, "scenario?scenario=own": files}.items()
        for said in spoken(page, f"{server}/{name}&lang={language}", language, opened)
    }
    context.close()
    assert found == set()


def spoken(
    page: Page, address: str, language: str, opened: Callable[[Page], Iterator[None]]
) -> set[str]:
    """The foreign words of the page at *address*, and of all that is *opened* on it."""
    page.goto(address)
    page.wait_for_selector("h1")
    page.wait_for_selector(f"html[lang={language}]", state="attached")
    found = set(foreign_words(page, language))
    for _ in opened(page):
        page.wait_for_timeout(300)
        found.update(foreign_words(page, language))
    return found


def fields(page: Page) -> Iterator[None]:
    """The main menu, and every kind of field as somebody meets it who fills it in wrongly."""
    page.get_by_test_id("stMainMenuButton").click()
    yield
    page.keyboard.press("Escape")
    page.locator(".stExpander summary").last.click()
    yield
    for field in (".stTextInput input", ".stTextArea textarea"):
        page.locator(field).locator("visible=true").first.fill("x")
        yield
    page.locator(".stNumberInput input").first.fill("1")
    page.keyboard.press("Enter")
    yield
    for field in (".stMultiSelect input", ".stSelectbox input"):
        page.locator(field).first.click()
        yield
        page.keyboard.type("zzz")
        yield
        page.keyboard.press("Escape")
    page.locator("[data-testid=stTooltipHoverTarget]").locator("visible=true").first.hover()
    yield


def files(page: Page) -> Iterator[None]:
    """A file of the wrong kind, and one of the right kind."""
    chosen = page.locator(".st-key-upload input[type=file]")
    for name in ("wrong.txt", "right.yaml"):
        chosen.set_input_files({"name": name, "mimeType": "text/plain", "buffer": b"a: 1\n"})
        page.get_by_text(name).first.wait_for(timeout=PATIENCE_MS)
        yield

"""The pages without a mouse: everything can be reached, seen, started and stopped by keyboard."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from test_app_browser import ARRIVED, PATIENCE_MS, browser, pytestmark, server, visitor

__all__ = ["browser", "pytestmark", "server"]  # The fixtures of the other browser tests.
MOST_STOPS = 150
# Pages that are there at once on a fresh shelf.
PAGES = {
    "start": ("?lang=en", "text=The preStop race, enlarged"),
    "compare": ("compare?n=3&seed=7&lang=en", "text=Nobody has run this yet"),
    "scenario": ("scenario?scenario=own&lang=en", "text=Upload manifests"),
    "ab": ("ab?lang=en", ARRIVED["ab"]),
    "believe": ("believe?lang=en", ARRIVED["believe"]),
}
# The element that has the focus, in whatever shadow, and how it and what is around it looks.
_STOP = """() => {
  let one = document.activeElement;
  while (one && one.shadowRoot && one.shadowRoot.activeElement) one = one.shadowRoot.activeElement;
  if (!one || one === document.body) return null;
  window.stops ??= [];
  let number = window.stops.indexOf(one);
  if (number < 0) number = window.stops.push(one) - 1;
  const name = one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.title
    || one.textContent || "";
  const box = one.getBoundingClientRect();
  return {number, tag: one.tagName, name: name.trim().slice(0, 60), look: window.lookOf(one),
    there: box.width > 0 && box.height > 0};
}"""
_LOOK = """window.lookOf = (one) => {
  const looks = [];
  for (let n = 0; n < 5 && one; n += 1, one = one.parentElement) {
    const it = getComputedStyle(one);
    looks.push([it.outlineStyle, it.outlineColor, it.boxShadow, it.borderColor,
      it.backgroundColor, it.transform, it.clipPath, it.top].join());
  }
  return looks.join(";");
}"""
# What can be used and has to be a stop; of a group that arrow keys walk through, one is enough.
_MISSED = """() => {
  const missed = [];
  const visit = (root) => {
    for (const one of root.querySelectorAll("a[href], button, input, select, textarea, summary")) {
      const box = one.getBoundingClientRect();
      const usable = box.width > 1 && box.height > 1 && !one.disabled && one.tabIndex >= 0
        && !["radio", "file"].includes(one.type) && one.role !== "radio"
        && !one.closest("[inert]")
        && one.checkVisibility({visibilityProperty: true});
      if (usable && !window.stops.includes(one)) missed.push(one.outerHTML.slice(0, 200));
    }
    for (const one of root.querySelectorAll("*")) if (one.shadowRoot) visit(one.shadowRoot);
  };
  visit(document);
  return missed;
}"""
_SMALL = """() => [...document.querySelectorAll("a[href], button, summary, [role=tab]")].filter(
  (one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.left < innerWidth && box.right > 0
      && (box.width < 23.5 || box.height < 23.5) && !one.closest("[data-tag], p")
      && one.checkVisibility({visibilityProperty: true, opacityProperty: true});
  }
).map((one) => one.outerHTML.slice(0, 160))"""


def walked(page: Page) -> list[dict[str, Any]]:
    """Every stop of the Tab key, from the top of the page until it begins anew or leaves."""
    page.evaluate(_LOOK)
    # All looks so at once, but for what fades in over a block of code: that would take the focus
    # as soon as it is there and, hidden in the same moment, drop it.
    page.add_style_tag(content="*:not(.stCode *) { transition: none !important; }")
    found: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(_STOP)
        if stop is None or (found and stop["number"] == 0):
            return found
        found.append(stop)
    raise AssertionError([stop["name"] for stop in found[-5:]])


@pytest.mark.parametrize("name", [*PAGES])
def test_the_tab_key_reaches_everything_shows_where_it_is_and_is_never_caught(
    server: str, browser: Browser, name: str
) -> None:
    """Once around the page: skip link first, every control once, each named and seen."""
    context = visitor(browser, "en")
    page = context.new_page()
    address, awaited = PAGES[name]
    page.goto(f"{server}/{address}")
    page.wait_for_selector(awaited, timeout=PATIENCE_MS)
    page.wait_for_timeout(1200)
    stops = walked(page)
    missed = page.evaluate(_MISSED)
    page.evaluate("document.activeElement.blur()")
    unseen = [
        stop["name"]
        for stop in stops
        if page.evaluate("(n) => window.lookOf(window.stops[n])", stop["number"]) == stop["look"]
    ]
    findings = [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in Axe().run(page).response["violations"]
        if one["impact"] != "minor"
    ]
    context.close()
    assert stops[0]["name"] == "Skip to main content"
    assert len({stop["number"] for stop in stops}) == len(stops)
    assert [stop for stop in stops if not stop["name"] or not stop["there"]] == []
    assert missed == []
    assert unseen == []
    assert findings == []


def test_a_run_is_started_and_cancelled_by_keyboard(server: str, browser: Browser) -> None:
    """From the address to the button by Tab alone, and from there to Cancel."""
    context = visitor(browser, "en")
    page = context.new_page()
    page.goto(f"{server}/compare?n=100&seed=4711")
    page.get_by_text("Nobody has run this yet").wait_for()
    for button, then in (("Compare", re.compile("of 100 seeds")), ("Cancel", "Cancelled.")):
        page.get_by_role("button", name=button, exact=True).wait_for()
        for _ in range(MOST_STOPS):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent.trim()") == button:
                break
        page.keyboard.press("Enter")
        page.get_by_text(then).wait_for()
    context.close()


def test_nothing_moves_by_itself_for_who_asked_for_less_motion(
    server: str, browser: Browser
) -> None:
    """The recording on the first page waits to be played, and is played by keyboard."""
    context = browser.new_context(locale="en-US", reduced_motion="reduce")
    page = context.new_page()
    page.goto(server)
    page.wait_for_selector(ARRIVED["start"], timeout=PATIENCE_MS)
    clock = page.locator(".player .clock")
    before = clock.inner_text()
    page.wait_for_timeout(700)
    assert clock.inner_text() == before
    page.locator(".player .play").focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(1200)
    assert clock.inner_text() != before
    context.close()


@pytest.mark.parametrize("name", [*PAGES])
def test_a_finger_finds_what_it_aims_at(server: str, browser: Browser, name: str) -> None:
    """On a phone nothing that one taps is smaller than 24 px, and the sidebar opens and closes."""
    context = visitor(browser, "en", width="phone")
    page = context.new_page()
    address, awaited = PAGES[name]
    page.goto(f"{server}/{address}")
    page.wait_for_selector(awaited, timeout=PATIENCE_MS)
    page.wait_for_timeout(800)
    small = page.evaluate(_SMALL)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebarCollapseButton").wait_for()
    page.wait_for_timeout(500)
    small += page.evaluate(_SMALL)
    page.get_by_test_id("stSidebarCollapseButton").locator("button").click()
    page.get_by_test_id("stExpandSidebarButton").wait_for()
    context.close()
    assert small == []

"""The player in a real browser: still where motion is unwanted, one moment for all the page."""

from __future__ import annotations

from playwright.sync_api import Browser, expect
from test_app_browser import PATIENCE_MS, browser, pytestmark, server

__all__ = ["browser", "pytestmark", "server"]  # As the other browser tests.


def test_who_wants_no_motion_reads_of_the_beginning(server: str, browser: Browser) -> None:
    """Nothing moves by itself, and the caption is not empty meanwhile."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{server}/?lang=en")
    caption = page.locator(".player .caption")
    expect(caption).to_contain_text("answer everything", timeout=PATIENCE_MS)
    page.wait_for_timeout(1500)
    expect(page.locator(".player .clock")).to_have_text("-2.00 s")
    expect(page.get_by_text("The preStop race, enlarged")).to_be_visible(timeout=PATIENCE_MS)
    context.close()


def test_player_and_moment_follow_each_other(server: str, browser: Browser) -> None:
    """The strip moves the number, the story's button and the number move the player."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{server}/run?lang=en")
    clock = page.locator(".player .clock")
    expect(clock).to_have_text("+0.00 s", timeout=PATIENCE_MS)
    moment = page.get_by_role("spinbutton", name="Moment")

    place = page.locator(".player .strip").bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + place["width"] * 0.5, place["y"] + 10)
    expect(clock).not_to_have_text("+0.00 s")
    expect(moment).to_have_value((clock.text_content() or "").strip(" +s"), timeout=PATIENCE_MS)

    page.wait_for_timeout(3000)  # What was told to the page is forgotten.
    moment.fill("8")
    moment.press("Enter")
    expect(clock).to_have_text("+8.00 s", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Show this moment in the player above").click()
    expect(clock).not_to_have_text("+8.00 s", timeout=PATIENCE_MS)
    context.close()

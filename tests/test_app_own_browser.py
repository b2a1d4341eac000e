"""One's own manifest in a real browser: the form, the doors with it, a link from elsewhere."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from small_manifests import DEPLOYMENT
from test_app_browser import PATIENCE_MS, browser, server, visitor

__all__ = ["browser", "server"]
pytestmark = pytest.mark.slow


def settled(page: Page) -> None:
    """Wait until the page's script has nothing left to do."""
    page.wait_for_timeout(700)
    page.wait_for_selector('.stApp[data-test-script-state="notRunning"]')


def test_form_and_text_are_one_and_the_doors_take_the_service_along(
    browser: Browser, server: str
) -> None:
    """A value goes into the text, a change of the text into the form, both through a door."""
    context = visitor(browser, "en")
    page = context.new_page()
    page.goto(f"{server}/scenario?scenario=own")
    manifest = page.locator(".st-key-manifest textarea")
    manifest.fill(DEPLOYMENT)
    manifest.press("Control+Enter")
    rate = page.get_by_role("textbox", name="Requests per second")
    rate.fill("9")
    rate.press("Enter")
    description = page.locator(".st-key-description textarea")
    expect(description).to_have_value(re.compile("rate: 9/s"), timeout=PATIENCE_MS)
    settled(page)
    description.fill(description.input_value().replace("9/s", "8/s"))
    description.press("Control+Enter")
    expect(rate).to_have_value("8/s", timeout=PATIENCE_MS)
    settled(page)
    page.locator(".stPageLink a", has_text="One run").click()
    page.wait_for_url("**/run?**")
    settled(page)
    assert "text=" in page.url
    expect(page.locator(".st-key-manifest textarea")).to_have_value(DEPLOYMENT, timeout=PATIENCE_MS)
    context.close()


def test_a_link_whose_texts_are_on_another_server_says_so(browser: Browser, server: str) -> None:
    """And what to do."""
    context = visitor(browser, "en")
    page = context.new_page()
    page.goto(f"{server}/compare?scenario=own&text={'0' * 32}")
    expect(page.locator(".stAlert")).to_contain_text("not on this server", timeout=PATIENCE_MS)
    context.close()

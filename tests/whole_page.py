"""Pictures of a whole page, for people to look at: what is below the fold, and every tab.

Streamlit scrolls a page inside a container, so a browser's own "full page" is the first screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

FOLDS = 4  # A taller view may make a page taller still.
_BELOW = """() => {
  const page = document.querySelector('[data-testid=stMain]');
  return page.scrollHeight - page.clientHeight;
}"""


def photograph(page: Page, folder: Path, name: str) -> None:
    """Put *page* into *folder* as PNG, all of it; one file for each of its tabs."""
    folder.mkdir(parents=True, exist_ok=True)
    for ending in _tabs(page):
        whole(page, folder / f"{name}{ending}.png")


def whole(page: Page, path: Path) -> None:
    """One picture of *page* from top to bottom, in a view as tall as it is, and back."""
    usual = page.viewport_size
    assert usual is not None
    height = usual["height"]
    for _ in range(FOLDS):
        below = int(page.evaluate(_BELOW))
        if below <= 0:
            break
        height += below
        page.set_viewport_size(ViewportSize(width=usual["width"], height=height))
        page.wait_for_timeout(300)
    page.screenshot(path=path)
    page.set_viewport_size(usual)


def _tabs(page: Page) -> Iterator[str]:
    """Opens one tab after the other, and ends where it began; one nameless one without tabs."""
    tabs = page.get_by_role("tab")
    if tabs.count() == 0:
        yield ""
        return
    for number in range(tabs.count()):
        tabs.nth(number).click()
        page.wait_for_timeout(300)
        yield f"-{number + 1}"
    tabs.first.click()

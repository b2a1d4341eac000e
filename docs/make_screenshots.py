"""Take the READMEs' pictures of the pages, from the pages: `python docs/make_screenshots.py`.

Needs Chromium and the development extras; each picture stays below 300 kB.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

DOCS = Path(__file__).resolve().parent
PORT = 8599
ADDRESS = f"http://127.0.0.1:{PORT}"
MOST_BYTES = 300_000
PAGES = (("en", "en-US", "app.png"), ("zh", "zh-CN", "app.zh.png"))
PATIENCE_MS = 300_000


def main() -> None:
    """The comparison of the default scenario, in each language."""
    command = [sys.executable, "-c", "from sim.interfaces.cli import main; main()"]
    server = subprocess.Popen([*command, "app", "--port", str(PORT), "--no-browser"])
    try:
        _await_server()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            for language, locale, name in PAGES:
                _take(browser, language, locale, DOCS / name)
            browser.close()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=20)


def _await_server() -> None:
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{ADDRESS}/_stcore/health", timeout=2).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def _take(browser: Browser, language: str, locale: str, path: Path) -> None:
    context = browser.new_context(locale=locale, viewport={"width": 1280, "height": 1090})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{ADDRESS}/compare?lang={language}")
    page.wait_for_selector(".stTabs")
    page.wait_for_timeout(1500)
    page.screenshot(path=path)
    context.close()
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{path.name} has {size} bytes, more than {MOST_BYTES}")
    print(path.name, size)


if __name__ == "__main__":
    main()

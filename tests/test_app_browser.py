"""The pages in a real browser: both languages and themes, a run from click to verdict, strangers.

Screenshots of every page go to an ignored folder, to be looked at.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from message_ids import ROOT, compile_chinese
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from recorded_log import an_hour
from small_manifests import BROKEN, DEPLOYMENT
from whole_page import photograph
from words_on_page import foreign_words

from sim.interfaces.app.pages import PAGES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no Chromium here"),
]
PICTURES = ROOT / "build" / "screenshots"
PATIENCE_MS = 120_000
WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}
# What shows that a page has arrived.
ARRIVED = {
    "start": ".player .pod",
    "compare": ".stTabs",
    "way-back": ".stTabs",
    "run": ".player .pod",
    "what-if": ".seatrial-panels",
    "scenario": ".stAlert",
    "ab": ".stTabs",
    "believe": ".stTabs",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`seatrial app` as a user starts it, with a shelf of its own; the address of its pages."""
    compile_chinese()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = tmp_path_factory.mktemp("app")
    command = [sys.executable, "-c", "from sim.interfaces.cli import main; main()"]
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "app", "--port", str(port), "--no-browser"],
            cwd=place,
            env={**os.environ, "SEATRIAL_SHELF": str(place / "shelf"), "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
                break
            except OSError:
                assert time.monotonic() < end, (place / "log").read_text()
                assert process.poll() is None, (place / "log").read_text()
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield found
        found.close()


def visitor(
    browser: Browser, language: str, theme: str = "light", width: str = "desk"
) -> BrowserContext:
    """Somebody with a browser in *language*; whoever they ask outside this machine is noted."""
    wide, high = WIDTHS[width]
    context = browser.new_context(
        locale={"zh": "zh-CN", "en": "en-US"}[language],
        color_scheme=theme,  # type: ignore[arg-type]
        viewport={"width": wide, "height": high},
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture(scope="module")
def regular(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody who comes again and again, and has the scripts of the pages by now."""
    context = visitor(browser, "en")
    yield context
    context.close()


def opened(context: BrowserContext, address: str, awaited: str) -> Page:
    """The page at *address* once *awaited* is there."""
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(awaited)
    page.wait_for_timeout(800)  # The rest of the page follows the first of it.
    return page


def outside(page: Page) -> list[str]:
    """Collects the requests of *page* that leave the machine."""
    found: list[str] = []

    def note(url: str) -> None:
        local = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:")
        if not url.startswith((*local, "http://localhost", "ws://localhost")):
            found.append(url)

    page.on("request", lambda request: note(request.url))
    page.on("websocket", lambda socket: note(socket.url))
    return found


@pytest.mark.parametrize("width", [*WIDTHS])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", [*PAGES])
def test_every_page_opens_in_both_languages_and_themes_and_widths(
    server: str, browser: Browser, name: str, language: str, theme: str, width: str
) -> None:
    """In one language, without a sideways scroll, a serious axe finding or a leak."""
    context = visitor(browser, language, theme, width)
    page = context.new_page()
    leaks = outside(page)
    page.goto(f"{server}/" if name == "start" else f"{server}/{name}")
    page.wait_for_selector(ARRIVED[name])
    page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")
    page.wait_for_timeout(1200)
    expect(page.locator("h1").first).to_have_text(PAGES[name].question.render(language))
    sideways = page.evaluate(
        "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    )
    strangers = foreign_words(page, language)
    found = Axe().run(page)
    photograph(page, PICTURES, f"{name}-{language}-{theme}-{width}")
    serious = [
        (one["id"], [node["html"][:200] for node in one["nodes"]][:3])
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    context.close()

    assert sideways <= 0
    assert serious == []
    assert strangers == []
    assert leaks == []


def test_a_comparison_from_click_to_verdict_and_its_link_in_the_other_language(
    server: str, browser: Browser
) -> None:
    """Three seeds of the default scenario; the link says so, in the reader's own language."""
    context = visitor(browser, "en")
    page = opened(context, f"{server}/compare?n=3&seed=5", "text=Nobody has run this yet")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_selector(".stTabs")
    assert "RollingUpdate" in page.locator(".seatrial-verdict").inner_text()
    with page.expect_download() as coming:  # It may still be drawn, but it is offered.
        page.get_by_role("button", name="Picture (PNG)").click()
    assert coming.value.path().read_bytes().startswith(b"\x89PNG")
    link = page.url
    assert "n=3" in link and "seed=5" in link
    context.close()
    colleague = visitor(browser, "zh")
    page = opened(colleague, link, ".stTabs")
    expect(page.locator("h1").first).to_have_text(PAGES["compare"].question.render("zh"))
    page.get_by_text("English", exact=True).click()
    expect(page.locator("h1").first).to_have_text(PAGES["compare"].question.render("en"))
    assert "n=3" in page.url and "seed=5" in page.url and "lang=en" in page.url
    page.get_by_role("link", name="One run").first.click()
    expect(page.locator("h1").first).to_have_text(PAGES["run"].question.render("en"))
    assert "seed=5" in page.url and "lang=en" in page.url
    colleague.close()


@pytest.mark.parametrize(
    "address",
    [
        "scenario?scenario=own",
        "run?strategy=none",
        "way-back?when=finish&drills=2&seed=9",
        "what-if?seed=9",
    ],
)
def test_what_is_chosen_stays_chosen_through_every_language(
    server: str, browser: Browser, address: str
) -> None:
    """Streamlit sends a choice back by its label, which is another in the other language."""
    context = visitor(browser, "zh")
    name = address.partition("?")[0]
    page = opened(context, f"{server}/{address}", "h1")
    for language in ("en", "zh", "en"):
        page.get_by_text({"en": "English", "zh": "中文"}[language], exact=True).click()
        expect(page.locator("h1").first).to_have_text(PAGES[name].question.render(language))
        page.wait_for_function("() => !document.querySelector('[data-stale=true]')")
        expect(page.locator("[data-testid=stAlertContentError]")).to_have_count(0)
    assert address.partition("?")[2].split("&")[0] in page.url
    context.close()


def test_a_rollback_limit_is_drilled_beside_the_comparison_from_input_to_column(
    server: str, browser: Browser
) -> None:
    """Its progress survives a reload; it is cancelled and begun anew, and the address has it."""
    context = visitor(browser, "en")
    page = opened(context, f"{server}/compare?n=16&seed=41", "text=Nobody has run this yet")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_selector(".stTabs")
    box = page.get_by_role("spinbutton", name="rollback (s) ≤")
    box.fill("600")
    box.press("Enter")
    page.get_by_text("being measured").first.wait_for()
    page.reload()
    page.get_by_text(re.compile(r"of \d+ ways back")).wait_for()
    page.get_by_text("The same in a terminal").wait_for()  # Or the page would be drawn first.
    assert cancelled(page) < 2.0
    expect(page.get_by_text("? not measured").first).to_be_visible()
    page.get_by_role("button", name="Measure the rollback").click()
    page.get_by_text("is measured by a drill").wait_for()
    table = page.locator(".seatrial-table").first
    expect(table.get_by_text("rollback (s) ≤ 600")).to_be_visible()
    assert "✓ 16 of 16" in table.inner_text() and "being measured" not in table.inner_text()
    assert "All your limits" in page.locator(".seatrial-verdict").inner_text()
    assert "max-rollback=600" in page.url
    context.close()


@pytest.mark.parametrize(
    ("address", "button", "progress"),
    [
        ("compare?n=100&seed=77", "Compare", "of 100 seeds"),
        ("way-back?drills=30&seed=77", "Send them back", r"of \d+ ways back"),
        ("run?seed=77&set=window.length%3D48h", "Run", "step 2 of 3"),
        ("what-if?seeds=20&seed=77", "Try it out", r"of \d+ parts"),
    ],
    ids=["compare", "way-back", "run", "what-if"],
)
def test_work_survives_a_reload_and_is_cancelled_within_two_seconds(
    server: str, regular: BrowserContext, address: str, button: str, progress: str
) -> None:
    """On every page where it takes long; the address alone finds it again."""
    page = regular.new_page()
    page.goto(f"{server}/{address}")
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_text(re.compile(progress)).wait_for()
    page.reload()
    page.get_by_text(re.compile(progress)).wait_for()
    waited = cancelled(page)
    page.close()

    assert waited < 2.0


def test_experiments_of_the_lab_are_cancelled_and_those_begun_anew_survive_a_reload(
    server: str, regular: BrowserContext
) -> None:
    """They take some seconds, which a reload may outlast: then the result is what is found."""
    page = regular.new_page()
    page.goto(f"{server}/ab?size=20000&looks=50")
    page.get_by_role("tab", name="Looking too often").click()
    button = page.get_by_role("button", name="Simulate experiments")
    button.click()
    page.get_by_text("of 20").wait_for()
    waited = cancelled(page)
    button.click()
    page.get_by_text("of 20").wait_for()
    page.reload()
    page.get_by_text("experiments in which A and B convert alike").wait_for()
    page.close()

    assert waited < 2.0


def cancelled(page: Page) -> float:
    """How long it takes until the page says so, in seconds."""
    begun = time.monotonic()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled.").wait_for()
    return time.monotonic() - begun


def test_a_wrong_and_a_hostile_file_are_sentences(
    server: str, browser: Browser, tmp_path: Path
) -> None:
    """Uploaded as a visitor would; the server goes on answering."""
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for one, other in zip("bcdefgh", "abcdefg", strict=True):
        bomb += f"{one}: &{one} [{','.join(['*' + other] * 9)}]\n"
    files = {
        "broken.yaml": BROKEN.encode(),
        "bomb.yaml": bomb.encode(),
        "code.yaml": b"!!python/object/apply:os.system ['touch hacked']\n",
        "deep.yaml": b"[" * 50_000,
        "picture.yaml": bytes(range(256)) * 10,
    }
    context = visitor(browser, "en")
    page = opened(context, f"{server}/scenario?scenario=own", "text=Upload manifests")
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        page.locator(".st-key-upload input[type=file]").set_input_files(tmp_path / name)
        wanted = "was not taken" if name == "picture.yaml" else "cannot be used"
        page.get_by_text(wanted).first.wait_for()
        page.reload()
        page.goto(f"{server}/scenario?scenario=own")
        page.wait_for_selector("text=Upload manifests")
    (tmp_path / "good.yaml").write_text(DEPLOYMENT)
    page.locator(".st-key-upload input[type=file]").set_input_files(tmp_path / "good.yaml")
    page.get_by_text("No mistake was found.").wait_for()
    (tmp_path / "access.log").write_text(an_hour(visits=200))
    page.locator(".st-key-upload-log input[type=file]").set_input_files(tmp_path / "access.log")
    page.get_by_text("Its traffic stands in the scenario file above now.").wait_for()
    page.get_by_text("No mistake was found.").wait_for()
    photograph(page, PICTURES, "own-scenario")
    assert not list(Path.cwd().glob("hacked"))
    context.close()


def test_two_visitors_do_not_see_or_stall_each_other(server: str, browser: Browser) -> None:
    """One computes a hundred seeds, the other reads a cached page at once."""
    first, second = visitor(browser, "en"), visitor(browser, "zh")
    opened(second, f"{server}/compare", ".stTabs").close()
    busy = opened(first, f"{server}/compare?n=100&seed=991", "text=Nobody has run this yet")
    busy.get_by_role("button", name="Compare").click()
    busy.wait_for_selector("text=of 100 seeds")
    begun = time.monotonic()
    page = opened(second, f"{server}/compare", ".stTabs")
    waited = time.monotonic() - begun
    assert "n=10" in page.url
    assert page.get_by_role("button", name="Cancel").count() == 0
    busy.get_by_role("button", name="Cancel").click()
    busy.wait_for_selector("text=Cancelled.")
    first.close()
    second.close()
    print(f"cached comparison while another runs: {waited:.2f} s, browser included")
    assert waited < 6.0


def test_the_player_is_played_by_keyboard(server: str, browser: Browser) -> None:
    """Tab, Space, arrow keys: time goes on, and a caption can be jumped to."""
    context = visitor(browser, "en")
    page = opened(context, f"{server}/run", ".player .pod")
    clock = page.locator(".player .clock")
    before = clock.inner_text()
    page.locator(".player .scrub").focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    assert clock.inner_text() != before
    page.locator(".player .play").focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(1500)
    page.keyboard.press("Space")
    stopped = clock.inner_text()
    page.wait_for_timeout(400)
    assert clock.inner_text() == stopped != before
    context.close()


def test_it_answers_on_this_machine_only(server: str) -> None:
    """A neighbour in the network is not served."""
    port = int(server.rpartition(":")[2])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no other address")
        own = probe.getsockname()[0]
    if own.startswith("127."):
        pytest.skip("this machine has no other address")
    with socket.socket() as knock, pytest.raises(OSError):
        knock.settimeout(2)
        knock.connect((own, port))

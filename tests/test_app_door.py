"""The server's door: who is let in, what is taken, and how it opens and closes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from message_ids import ROOT, compile_chinese
from visitor import Visitor
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from sim.interfaces.app.door import LOOPBACK, is_welcome

HEAVY = "scenario=web-app-20min&n=100&seed=77"
COMMAND = [sys.executable, "-c", "from sim.interfaces.cli import main; main()"]


@pytest.mark.parametrize(
    ("host", "origin", "welcome"),
    [
        ("localhost:8501", None, True),
        ("127.0.0.1:8501", "http://127.0.0.1:8501", True),
        ("[::1]:8501", "http://[::1]:8501", True),
        ("localhost:8501", "http://localhost:3000", False),  # Another program's page.
        ("localhost:8501", "https://elsewhere.example", False),
        ("localhost:8501", "null", False),  # A file, or a frame without rights.
        ("elsewhere.example:8501", "http://elsewhere.example:8501", False),  # DNS rebinding.
        ("elsewhere.example", None, False),
        ("localhost.elsewhere.example", None, False),
        ("localhost:8501@elsewhere.example", None, False),
        ("", None, False),
        ("[", None, False),
    ],
)
def test_only_this_machines_own_pages_are_let_in(
    host: str, origin: str | None, welcome: bool
) -> None:
    assert is_welcome(host, origin, LOOPBACK) is welcome


def test_a_server_for_more_than_this_machine_has_any_name_but_still_its_own_pages() -> None:
    assert is_welcome("trial.example", "https://trial.example", None)
    assert not is_welcome("trial.example", "https://elsewhere.example", None)


def started(port: int, place: Path, *command: str) -> subprocess.Popen[bytes]:
    """A server that answers at *port*, with a shelf and a log in *place*."""
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=place,
            env={**os.environ, "SEATRIAL_SHELF": str(place / "shelf"), "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    end = time.monotonic() + 120
    while b"200 OK" not in answer(port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"):
        assert process.poll() is None and time.monotonic() < end, (place / "log").read_text()
        time.sleep(0.1)
    return process


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def answer(port: int, request: str, body: bytes = b"") -> bytes:
    """The beginning of what the server says to a raw *request*."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(request.encode() + body)
            return line.recv(4000)
    except OSError:
        return b""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server works."""
    return tmp_path_factory.mktemp("door")


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`seatrial app` as a user starts it."""
    compile_chinese()
    port = free_port()
    process = started(port, place, *COMMAND, "app", "--port", str(port), "--no-browser")
    try:
        yield port, process
    finally:
        process.kill()
        process.wait(timeout=20)


def test_the_first_page_answers_to_its_name_too(
    server: tuple[int, subprocess.Popen[bytes]],
) -> None:
    """Every other page has its name for an address, so a visitor may type this one's."""
    said = answer(server[0], "GET /start?lang=zh HTTP/1.1\r\nHost: localhost\r\n\r\n").lower()
    assert said.startswith(b"http/1.1 307")
    assert b"\r\nlocation: /?lang=zh\r\n" in said


def test_a_strangers_page_gets_nothing_and_nothing_is_asked_of_the_internet(
    server: tuple[int, subprocess.Popen[bytes]], place: Path
) -> None:
    """Streamlit alone lets in any name that points here, and asks for its own outside address."""
    port, _ = server

    async def knock(host: str, origin: str) -> None:
        address = f"ws://{host}:{port}/_stcore/stream"
        protocol = [Subprotocol("streamlit")]
        line = connect(address, subprotocols=protocol, origin=origin, host="127.0.0.1", port=port)
        async with line:
            pass

    asyncio.run(knock("localhost", f"http://localhost:{port}"))
    for host, origin in (("elsewhere.example",) * 2, ("localhost", "elsewhere.example")):
        with pytest.raises(InvalidStatus, match="403"):
            asyncio.run(knock(host, f"http://{origin}:{port}"))
        for path in ("/", "/_stcore/health", "/_stcore/metrics"):
            request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{origin}\r\n\r\n"
            assert answer(port, request).startswith(b"HTTP/1.1 403")
    assert "external IP" not in (place / "log").read_text()


def test_every_answer_says_what_a_browser_may_load(
    server: tuple[int, subprocess.Popen[bytes]],
) -> None:
    port, _ = server
    for path in ("/", "/compare", "/nonsense", "/_stcore/health"):
        said = answer(port, f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n").decode()
        assert "content-security-policy: default-src 'self';" in said
        assert "img-src 'self' data: blob:;" in said
        assert "x-content-type-options: nosniff" in said
        assert "x-frame-options: SAMEORIGIN" in said


@pytest.mark.parametrize("path", ["/static/../../etc/passwd", "/static/..%2f..%2fetc/passwd"])
def test_no_path_leaves_the_servers_folder(
    server: tuple[int, subprocess.Popen[bytes]], path: str
) -> None:
    said = answer(server[0], f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("stated", [True, False])
def test_a_body_beyond_what_is_taken_is_refused(
    server: tuple[int, subprocess.Popen[bytes]], stated: bool
) -> None:
    """Whether its length is announced or not; nothing of it is kept."""
    port, process = server
    before = psutil.Process(process.pid).memory_info().rss
    length = "Content-Length: 50000000" if stated else "Transfer-Encoding: chunked"
    head = f"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: localhost\r\n{length}\r\n"
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    said = answer(port, head + "\r\n", b"x" * 65_536 if stated else chunk * 3)
    assert said[:12] in (b"HTTP/1.1 413", b"HTTP/1.1 403")  # No XSRF token: it is not even read.
    assert psutil.Process(process.pid).memory_info().rss < before + 20_000_000


def test_a_port_that_is_taken_is_one_sentence(
    server: tuple[int, subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    """And nothing has been begun before it was found out."""
    port, _ = server
    second = subprocess.run(
        [*COMMAND, "app", "--port", str(port), "--no-browser", "--lang", "en"],
        cwd=tmp_path,
        env={**os.environ, "SEATRIAL_SHELF": str(tmp_path / "shelf"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert second.returncode == 2
    assert f"port {port} is taken" in second.stderr
    assert "Traceback" not in second.stderr
    assert not list(tmp_path.glob("shelf/*"))


def test_one_ctrl_c_ends_it_all_in_two_seconds(
    server: tuple[int, subprocess.Popen[bytes]], place: Path
) -> None:
    """With pages open and runs under way: no traceback, no orphan."""
    port, process = server
    workers: list[psutil.Process] = []

    async def crowd() -> float:
        host = Visitor(port=port, page="compare", query=HEAVY)
        await host.arrive()
        await host.press("start-compare")
        while not (found := psutil.Process(process.pid).children(recursive=True)):
            await asyncio.sleep(0.1)
        workers.extend(found)
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        while process.poll() is None and time.monotonic() < begun + 20:
            await asyncio.sleep(0.02)
        for task in host._tasks:
            task.cancel()
        await asyncio.gather(*host._tasks, return_exceptions=True)
        return time.monotonic() - begun

    seconds = asyncio.run(crowd())
    gone, alive = psutil.wait_procs(workers, timeout=3)
    assert gone and not alive
    assert "Traceback" not in (place / "log").read_text()
    assert seconds < 2.0 + 2.0  # The machine may be busy; alone it is one.


@pytest.mark.slow
def test_streamlit_run_has_the_same_settings_from_any_folder(tmp_path: Path) -> None:
    """Loopback only, no telemetry, the same door: wherever the shell stands."""
    compile_chinese()
    port = free_port()
    words = ["-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port)]
    process = started(port, tmp_path, sys.executable, *words)
    try:
        listening = {
            one.laddr.ip
            for one in psutil.Process(process.pid).net_connections(kind="inet")
            if one.status == psutil.CONN_LISTEN
        }
        assert listening == {"127.0.0.1"}
        said = answer(port, "GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n")
        assert said.startswith(b"HTTP/1.1 403")
        assert "External URL" not in (tmp_path / "log").read_text()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)

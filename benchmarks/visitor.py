"""A visitor of the pages without a browser: a websocket that speaks Streamlit's own protocol.

It asks for a page, presses buttons, and asks for a fragment again whenever its interval says so, as
Streamlit's front end does. What it is sent is read and counted, not drawn. (`streamlit.proto`,
frontend/lib/src/util/ of streamlit/streamlit)
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 240.0
WHOLE = (ForwardMsg.FINISHED_SUCCESSFULLY,)
FRAGMENT = (ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,)


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[tuple[int, int]]:
    """`seatrial app` as a user starts it, with an empty shelf in *folder*; its port and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from sim.interfaces.cli import main; main()"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SEATRIAL_SHELF": str(folder / "shelf")}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "app", "--port", str(port), "--no-browser"],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + PATIENCE_SECONDS
        while not _answers(port):
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError((folder / "log").read_text())
            time.sleep(0.05)
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=20)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
    except OSError:
        return False
    return True


@dataclass(slots=True)
class Visitor:
    """Somebody who looks at the page called *page* with the settings *query*.

    *lags* are of the fragment's refreshes, in seconds: from the moment that one was due by the
    visitor's clock until the last message of its frame was there. *missed* were still awaited when
    the visit ended.
    """

    port: int
    page: str
    query: str = ""
    lags: list[float] = field(default_factory=list)
    messages: int = 0
    received_bytes: int = 0
    missed: int = 0
    interval: float = 0.0
    _socket: ClientConnection | None = None
    _buttons: dict[str, str] = field(default_factory=dict)
    _words: set[str] = field(default_factory=set)
    _fragment: str = ""
    _script: str = ""  # The hash of the page, once the server has said it.
    _began: float = 0.0
    _awaited: list[float] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _whole: asyncio.Event = field(default_factory=asyncio.Event)

    async def arrive(self) -> None:
        """Open the page, and come back when its script has run to its end."""
        address = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        self._socket = await connect(
            address,
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            ping_interval=None,  # A server that stands still is measured, not left.
        )
        self._tasks.append(asyncio.create_task(self._listen()))
        await self._ask()
        await self.until_whole()

    async def press(self, key: str) -> None:
        """Press the button that the app calls *key*."""
        message = self._state()
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = self._buttons[key], True
        self._whole.clear()
        await self._send(message)
        await self.until_whole()

    async def until_whole(self) -> None:
        """Wait until a run of the whole script has ended."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._whole.wait()

    async def until_all_is_there(self) -> None:
        """Refresh as often as the page wants it, until it wants it no more."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                await self._whole.wait()
                if not self.interval:
                    return
                self._whole.clear()
                while not self._whole.is_set():
                    await self._wait(self.interval)
                    if not self._whole.is_set():
                        await self._tick(time.monotonic())

    async def _wait(self, seconds: float) -> None:
        """Until a run of the whole script has ended, but no longer than that."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._whole.wait(), seconds)

    def has(self, words: str) -> bool:
        """Whether anything on the page holds *words*."""
        return any(words in one for one in self._words)

    async def watch(self, seconds: float, delay: float) -> None:
        """Refresh whenever it is due, *delay* seconds from now at first; nothing else moves it."""
        self.lags.clear()
        self._awaited.clear()
        due, end = time.monotonic() + delay, time.monotonic() + seconds
        while due < end and self.interval:  # None once the page wants no more.
            await asyncio.sleep(max(due - time.monotonic(), 0.0))
            await self._tick(due)
            due += self.interval
        grace = time.monotonic() + 2.0
        while self._awaited and time.monotonic() < grace:
            await asyncio.sleep(0.01)
        self.missed = len(self._awaited)

    async def leave(self) -> None:
        """Close the page."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()

    async def _tick(self, due: float) -> None:
        message = self._state()
        message.rerun_script.fragment_id = self._fragment
        message.rerun_script.is_auto_rerun = True
        self._awaited.append(due)
        await self._send(message)

    async def _ask(self) -> None:
        self._whole.clear()
        await self._send(self._state())

    def _state(self) -> BackMsg:
        message = BackMsg()
        state = message.rerun_script
        state.query_string = self.query
        state.page_name, state.page_script_hash = self.page, self._script
        state.context_info.locale = "en-US"
        state.context_info.color_scheme = "light"
        state.context_info.url = f"http://127.0.0.1:{self.port}/{self.page}"
        return message

    async def _send(self, message: BackMsg) -> None:
        assert self._socket is not None
        await self._socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        assert self._socket is not None
        async for data in self._socket:
            assert isinstance(data, bytes)
            self.messages += 1
            self.received_bytes += len(data)
            self._take(ForwardMsg.FromString(data))

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._began = time.monotonic()
            if not message.metadata.run.fragment_ids:  # A run of the whole script.
                self.interval = 0.0
        elif kind == "navigation":
            self._script = message.navigation.page_script_hash
        elif kind == "delta":
            self._note(message)
        elif kind == "auto_rerun":
            self.interval = message.auto_rerun.interval
            self._fragment = message.auto_rerun.fragment_id
        elif kind == "script_finished" and message.script_finished in FRAGMENT:
            now = time.monotonic()
            answered = [due for due in self._awaited if due <= self._began]
            self.lags += [now - due for due in answered]
            self._awaited = [due for due in self._awaited if due > self._began]
        elif kind == "script_finished" and message.script_finished in WHOLE:
            self._whole.set()

    def _note(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "button":
            _, _, key = element.button.id.split("-", 2)  # $$ID, a hash, and the key.
            self._buttons[key] = element.button.id
        elif kind in ("html", "markdown", "alert", "heading", "progress"):
            part = getattr(element, kind)
            self._words.add(part.text if kind == "progress" else part.body)

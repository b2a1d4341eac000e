"""The door of the server: whoever knocks from elsewhere is refused, and no page can call elsewhere.

Streamlit lets a websocket in if its `Origin` equals its `Host`, which is so for every name that a
stranger's DNS points at this machine (DNS rebinding); and before it refuses an origin it asks a
server of the Internet for this machine's own address. So this stands before all of it. What leaves
has a Content Security Policy: even a mark-up that got through could load nothing from outside.
(docs.streamlit.io `server.allowedHosts`; W3C CSP 3; RFC 9110, 7.2 and 15.5.14)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route
from streamlit import config

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LOOPBACK = ("localhost", "127.0.0.1", "::1")
FORM_BYTES = 65_536  # What a form takes beside the file in it.
MIB = 2**20
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; connect-src 'self'{socket}; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class TooLarge(Exception):
    """More came than is taken."""


class Door:
    """ASGI middleware: refuses strangers' hosts and origins and long bodies, adds the headers."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it in, or say why not."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not is_welcome(host, headers.get("origin"), _names()):
            await _refuse(scope, receive, send, 403, "Seatrial answers under its own address only.")
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            await self._answer(scope, receive, _with_headers(send, host), headers)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        """Serve a request whose body is short enough."""
        most = config.get_option("server.maxUploadSize") * MIB + FORM_BYTES
        begun = False

        async def noted(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        stated = headers.get("content-length", "0")
        try:
            if not stated.isdecimal() or int(stated) > most:
                raise TooLarge
            await self._app(scope, _counted(receive, most), noted)
        except TooLarge:
            if not begun:
                await _refuse(scope, receive, send, 413, f"At most {most} bytes are taken.")


def is_welcome(host: str, origin: str | None, names: Iterable[str] | None) -> bool:
    """Whether *host* is one of our *names* (None: any), and *origin* a page of that same host."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    if name is None or (names is not None and name not in names):
        return False
    if origin is None or origin in config.get_option("server.corsAllowedOrigins"):
        return True
    return origin.partition("://")[2].lower() == host.lower()


def _names() -> set[str] | None:
    """How this server may be called; None if it was told to answer more than this machine."""
    address = config.get_option("server.address")
    if address not in LOOPBACK:
        return None
    stated = config.get_option("browser.serverAddress"), *config.get_option("server.allowedHosts")
    return {*LOOPBACK, *stated}


def _with_headers(send: Send, host: str) -> Send:
    plain = host.replace(".", "").replace(":", "").replace("-", "").isalnum()
    policy = _POLICY.format(socket=f" ws://{host} wss://{host}" if plain else "")

    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in {**_HEADERS, "Content-Security-Policy": policy}.items():
                headers[name] = value
        await send(message)

    return sent


def _counted(receive: Receive, most: int) -> Receive:
    """*receive*, which raises `TooLarge` when more than that has come, whatever was announced."""
    left = most

    async def received() -> MutableMapping[str, Any]:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge
        return message

    return received


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": why})
    else:
        await PlainTextResponse(why, status, {"Connection": "close"})(scope, receive, send)


async def _health(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


async def _home(request: Request) -> RedirectResponse:
    """The first page stands at `/`; Streamlit knows no other address of it."""
    return RedirectResponse(str(request.url.replace(scheme="", netloc="", path="/")))


MIDDLEWARE = (Middleware(Door),)
ROUTES = (Route("/healthz", _health), Route("/start", _home))

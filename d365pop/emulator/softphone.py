"""The softphone simulator: a second origin that runs framework.js as the Genesys client does.

It knows files and sockets, no Dataverse; what the phone does is in ``softphone_pages``.
"""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from d365pop.errors import NetworkError

# The addresses of the private and of the development deployment of the real client.
CLIENT_PATHS = ("/crm/embeddableFramework.html", "/crm/index.html")
FRAMEWORK_PATH = "/framework.js"
STATIC_PREFIX = "/_softphone/"
CONTENT_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a path answers."""

    content_type: str
    content: bytes


def find_page(path: str, framework: Callable[[], bytes]) -> Page | None:
    """Return what ``path`` answers, None where there is nothing.

    Only names of files that exist in ``softphone_pages`` are looked up, so no path leads out of it.
    """
    if path in CLIENT_PATHS:
        return _static("index.html")
    if path == FRAMEWORK_PATH:
        return Page(CONTENT_TYPES["js"], framework())
    if path.startswith(STATIC_PREFIX):
        return _static(path.removeprefix(STATIC_PREFIX))
    return None


def _static(name: str) -> Page | None:
    folder = files("d365pop.emulator").joinpath("softphone_pages")
    found = next((entry for entry in folder.iterdir() if entry.name == name), None)
    content_type = CONTENT_TYPES.get(name.rpartition(".")[2])
    if found is None or content_type is None:
        return None
    return Page(content_type, found.read_bytes())


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of browsers that left a page before it was there."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as given


class RunningSoftphone:
    """The simulator on a socket of its own; ``url`` is its origin."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self._server = server
        self._thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        host, port = str(server.server_address[0]), server.server_address[1]
        self.url = f"http://{host}:{port}"
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and give the port back; twice is once."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        """Give the running simulator."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it, whatever happened."""
        self.stop()


def start_softphone(
    framework: Callable[[], bytes], *, host: str = "127.0.0.1", port: int = 0
) -> RunningSoftphone:
    """Serve the simulator until it is stopped.

    ``framework`` gives the bytes of the built framework.js at each load of the page; port 0 takes
    a free one.

    Raises:
        NetworkError: the port is taken or may not be used.
    """
    try:
        server = _Server((host, port), _handler(framework))
    except OSError as exc:
        raise NetworkError(
            "softphone-port-taken",
            f"The softphone simulator cannot listen on {host}:{port}.",
            context=str(exc),
            hint="Stop what listens there, or set another softphone_url in d365pop.toml.",
        ) from exc
    server.daemon_threads = True
    return RunningSoftphone(server)


def _handler(framework: Callable[[], bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Glue between a socket and ``find_page``."""

        def do_GET(self) -> None:
            page = find_page(urlsplit(self.path).path, framework)
            if page is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(page.content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(page.content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Stay silent: stdout and stderr belong to the command."""

    return Handler

"""Sockets only: maps HTTP to ``Gateway.handle`` and back."""

import contextlib
import errno
import os
import re
import socket
import ssl
import struct
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self, TextIO, TypeAlias

from d365pop.emulator import seed
from d365pop.emulator.auth import TOKEN_SECONDS, Sessions
from d365pop.emulator.background import BackgroundWork
from d365pop.emulator.bodies import BodyRefusedError, read_body
from d365pop.emulator.disturbances import Disturbance, Disturbances, Kind
from d365pop.emulator.environment import Environment
from d365pop.emulator.gateway import Gateway
from d365pop.emulator.jobs import is_anything_unfinished
from d365pop.emulator.protection import Limits, Protection
from d365pop.emulator.protocol import HangUp, Request, Response, joined_headers, text_response
from d365pop.emulator.request_log import RequestLog
from d365pop.emulator.store import Selection, Store
from d365pop.emulator.tables import CATALOG
from d365pop.errors import NetworkError

Connection: TypeAlias = "socket.socket | tuple[bytes, socket.socket]"
UNENCODED = re.compile("[\x80-\xff]")
HERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 - only when asked for
"""What of this machine an address means that stands for all of them."""


@dataclass(frozen=True)
class EmulatorOptions:
    """How to run: where the state lies (memory without a path), where to listen, how slowly."""

    state: Path | None = None
    host: str = "127.0.0.1"
    """The address to listen on; ``0.0.0.0`` is every one that the machine has."""
    names: tuple[str, ...] = ()
    """Further names that clients may call it by, in its certificate, too."""
    port: int = 0
    import_seconds: float = 0.0
    publish_seconds: float = 0.0
    export_seconds: float = 0.0
    tls: Path | None = None
    """Folder of the certificates, made there where it holds none; plain HTTP without one."""
    token_seconds: int = TOKEN_SECONDS
    phantom_layers: bool = False
    seed: Path | None = None
    """File with packages and rows that a fresh state begins with."""
    faults: tuple[Disturbance, ...] = ()
    fault_seed: int = 0
    log: TextIO | None = None
    """Where each request is told, if anywhere."""
    limits: Limits | None = None
    """Service protection; none where it is absent."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    # Closing waits for the threads, so no answer is made from a state file that was given free.
    daemon_threads = False
    # On Windows the option would let two servers share one port.
    allow_reuse_address = os.name == "posix"

    def __init__(
        self, address: tuple[str, int], gateway: Gateway, context: ssl.SSLContext | None
    ) -> None:
        self.gateway = gateway
        self._connections: set[socket.socket] = set()
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)
        if context is not None:
            # The handshake happens in the connection's own thread: a silent client stops nobody.
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def process_request(self, request: Connection, client_address: object) -> None:
        """Note the connection, so that an idle one can be ended."""
        if isinstance(request, socket.socket):
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Connection) -> None:
        """Forget the connection."""
        if isinstance(request, socket.socket):
            self._connections.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        """Take no further request on kept connections; answers under way are still sent."""
        for connection in tuple(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)

    def handle_error(self, request: Connection, client_address: object) -> None:
        """Say nothing of clients that went away."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError | ssl.SSLError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "d365pop-emulator"
    sys_version = ""
    # Without these two, Nagle and delayed acknowledgement cost 40 ms per request.
    disable_nagle_algorithm = True
    wbufsize = 65536
    timeout: ClassVar[float] = 60.0

    def _serve(self) -> None:
        try:
            body = read_body(self.headers, self.rfile)
        except BodyRefusedError as exc:
            self.close_connection = True
            self._send(text_response(exc.status, f"{exc}\n"))
            return
        # Some clients send UTF-8 as it is where a percent-encoded URL belongs.
        address = UNENCODED.sub(lambda found: f"%{ord(found[0]):02X}", self.path)
        path, _, query = address.partition("?")
        request = Request(self.command, path, query, joined_headers(self.headers.items()), body)
        server = self.server
        if isinstance(server, _Server):
            self._send(server.gateway.handle(request))

    do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = do_DELETE = do_OPTIONS = _serve  # noqa: N815

    def _send(self, response: Response) -> None:
        if response.hang_up:
            self._hang_up(response.hang_up)
            return
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if response.status not in {204, 304}:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def _hang_up(self, how: HangUp) -> None:
        self.close_connection = True
        if how is HangUp.RESET:
            # Closing a socket that lingers for no time sends RST.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        else:
            self.connection.shutdown(socket.SHUT_RDWR)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the time of the Date header, as wrong as it is meant to be."""
        server, skew = self.server, 0.0
        if isinstance(server, _Server):
            skew = server.gateway.environment.disturbances.standing(Kind.CLOCK_SKEW)
        return super().date_time_string((timestamp or time.time()) + skew)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Print nothing: the request log is served as JSON."""


class RunningEmulator:
    """A server in threads of this process; ends with ``stop`` or the ``with`` block."""

    def __init__(self, server: _Server, environment: Environment, work: BackgroundWork) -> None:
        self._server = server
        self.environment = environment
        self._work = work
        self._thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._stopped = False
        self._thread.start()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The environment's address for clients here, without a slash at its end."""
        host = str(self._server.server_address[0])
        host = HERE.get(host, host)
        scheme = self._server.gateway.scheme
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"

    def token(self) -> str:
        """Return a new access token of the deployment user."""
        return self._server.gateway.sessions.issue_token(seed.ADMINISTRATOR_ID)

    def trace(self) -> list[tuple[str, str, int]]:
        """Return method, path and status of each request so far."""
        return self._server.gateway.log.brief()

    def hurry(self) -> None:
        """Let imports, publishing and exports take no time any more, those under way neither."""
        self._work.hurry()

    def warm_up(self) -> None:
        """Load now what the first request would load otherwise."""
        import d365pop.emulator.web_api  # noqa: F401, PLC0415

    def stop(self) -> None:
        """Stop listening, end the background work and give the state file free."""
        if self._stopped:
            return
        self._stopped = True
        self._server.shutdown()
        self.hurry()
        self._server.end_connections()
        # Waits for the requests under way: from here on nobody starts work.
        self._server.server_close()
        self._work.join()
        self._thread.join()
        self.environment.store.close()

    def __enter__(self) -> Self:
        """Return the running server."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop()


def start(options: EmulatorOptions) -> RunningEmulator:
    """Start a local Dataverse and return it, already answering.

    Raises:
        ConfigurationError: the state file cannot be used.
        NetworkError: the port cannot be used.
    """
    work = BackgroundWork()
    is_new = options.state is not None and not options.state.exists()
    environment = Environment(
        store=Store.open(options.state, CATALOG),
        catalog=CATALOG,
        sleep=work.sleep,
        run=work.run,
        import_seconds=options.import_seconds,
        publish_seconds=options.publish_seconds,
        export_seconds=options.export_seconds,
        phantom_layers=options.phantom_layers,
        disturbances=Disturbances(options.fault_seed),
    )
    try:
        seed.plant(environment)
        _take_up(environment, options)
        for rule in options.faults:
            environment.disturbances.add(rule)
        gateway = Gateway(
            environment,
            sessions=Sessions(token_seconds=options.token_seconds),
            protection=Protection(options.limits),
            log=RequestLog(options.log),
            scheme="https" if options.tls else "http",
            hosts=(options.host, *options.names),
        )
        server = _Server((options.host, options.port), gateway, _tls_context(options))
    except BaseException as exc:
        environment.store.close()
        if is_new and options.state is not None:
            # What was refused leaves no file behind that looks as if it had been planted.
            options.state.unlink(missing_ok=True)
        if isinstance(exc, OSError):
            raise _cannot_listen(options, exc) from exc
        raise
    return RunningEmulator(server, environment, work)


def _take_up(environment: Environment, options: EmulatorOptions) -> None:
    """End what a killed server left running, and bring in what the options ask for."""
    # All need most of the code; a start that needs none of it stays quick.
    if environment.store.count(environment.table("d365pop_definition"), Selection()):
        from d365pop.emulator.customizing.catalog import serve_definitions  # noqa: PLC0415

        serve_definitions(environment)
    if is_anything_unfinished(environment):
        from d365pop.emulator.importing.job import end_interrupted_imports  # noqa: PLC0415

        end_interrupted_imports(environment)
    if options.seed is not None:
        from d365pop.emulator.planting import plant_file  # noqa: PLC0415

        plant_file(environment, options.seed)


def _tls_context(options: EmulatorOptions) -> ssl.SSLContext | None:
    if options.tls is None:
        return None
    from d365pop.emulator.tls import certificates  # noqa: PLC0415 - slow, and rarely needed

    return certificates(options.tls, options.host, *options.names).server_context()


def _cannot_listen(options: EmulatorOptions, exc: OSError) -> NetworkError:
    address = f"{options.host}:{options.port}"
    if exc.errno in {errno.EADDRINUSE, errno.EACCES}:
        return NetworkError(
            "port-in-use",
            f"The local Dataverse cannot listen on {address}.",
            context=str(exc),
            hint="Stop what listens there, or choose another port with --port.",
        )
    return NetworkError(
        "cannot-listen",
        f"The local Dataverse cannot listen on {address}.",
        context=str(exc),
        hint="Use an address of this machine, for example 127.0.0.1.",
    )

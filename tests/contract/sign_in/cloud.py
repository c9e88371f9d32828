"""Microsoft's cloud behind a company's proxy, on this machine: a sign-in service, an environment.

Real host names, TLS by a company's CA, and every secret that is handed out is marked.
"""

import http.client
import http.server
import json
import socket
import ssl
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme

from tests.local_dataverse import LocalDataverse

HOST = "contoso.crm4.dynamics.com"
LOGIN = "login.microsoftonline.com"
GENESYS = ("login.mypurecloud.com", "api.mypurecloud.com")
TENANT = "11111111-2222-4333-8444-555555555555"
MARK = "marked"
SECRET = "marked-client-secret"


@dataclass
class Cloud:
    """What is running, and what it has seen."""

    emulator: LocalDataverse
    ca_file: Path = Path()
    proxy: str = ""
    tokens: list[str] = field(default_factory=list)
    connected: set[str] = field(default_factory=set)
    """Hosts that were asked for through the proxy."""
    calls: int = 0
    dies_after: int = 0
    """The number of the call from which the first token is refused; 0: never."""

    def issue(self) -> str:
        self.tokens.append(f"marked-access-token-{len(self.tokens)}")
        return self.tokens[-1]

    def accepts(self, header: str) -> bool:
        token = header.removeprefix("Bearer ")
        self.calls += 1
        dead = self.dies_after and self.calls >= self.dies_after and token == self.tokens[0]
        return token in self.tokens and not dead


def _service(cloud: Cloud) -> type[http.server.BaseHTTPRequestHandler]:  # noqa: C901 - one class
    class Service(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            host = self.headers["Host"].partition(":")[0]
            if host == LOGIN:
                self._sign_in(body)
            elif host in GENESYS:
                self._genesys()
            elif cloud.accepts(self.headers.get("Authorization", "")):
                self._forward(body)
            else:
                challenge = (
                    f"Bearer authorization_uri=https://{LOGIN}/{TENANT}/oauth2/authorize,"
                    f" resource_id=https://{HOST}/"
                )
                self._answer(401, {}, {"WWW-Authenticate": challenge})

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle  # noqa: N815

        def _sign_in(self, body: bytes) -> None:
            authority = f"https://{LOGIN}/{TENANT}"
            if self.command == "GET":
                names = {
                    "issuer": f"{authority}/v2.0",
                    "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{authority}/oauth2/v2.0/token",
                }
                self._answer(200, names)
                return
            form = urllib.parse.parse_qs(body.decode())
            if form.get("client_secret") != [SECRET]:
                text = f"AADSTS7000215: {body.decode()} is not right."
                refusal = {"error": "invalid_client", "error_description": text}
                self._answer(401, refusal)
                return
            token = {"token_type": "Bearer", "expires_in": 3599, "access_token": cloud.issue()}
            self._answer(200, token | {"refresh_token": "marked-refresh-token"})

        def _genesys(self) -> None:
            if self.path == "/oauth/token":
                self._answer(200, {"access_token": "marked-genesys-token"})
            else:
                self._echo()

        def _echo(self) -> None:
            """Answer with what was sent, as a careless server does."""
            sent = self.headers.get("Authorization", "")
            text = f"denied for {sent} and {sent.rpartition(' ')[2]} and {SECRET}"
            self._answer(403, {"error": {"code": "0x80040220", "message": text}})

        def _forward(self, body: bytes) -> None:
            if "msdyn_solutionhistories" in self.path:
                self._echo()
                return
            parts = urllib.parse.urlsplit(cloud.emulator.url)
            connection = http.client.HTTPConnection(parts.netloc)
            headers = {k: v for k, v in self.headers.items() if k.lower() != "host"}
            headers |= {"Authorization": f"Bearer {cloud.emulator.token}", "Host": parts.netloc}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read().replace(cloud.emulator.url.encode(), f"https://{HOST}".encode())
            kept = {"Content-Type", "OData-EntityId", "ETag", "OData-Version", "REQ_ID"}
            self._raw(answer.status, content, {k: v for k, v in answer.getheaders() if k in kept})
            connection.close()

        def _answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
            self._raw(status, json.dumps(body).encode(), headers or {})

        def _raw(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value.replace(cloud.emulator.url, f"https://{HOST}"))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Keep the test's output clean."""

    return Service


def _proxy(cloud: Cloud, port: int) -> type[http.server.BaseHTTPRequestHandler]:
    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            cloud.connected.add(self.path)
            with socket.create_connection(("127.0.0.1", port)) as upstream:
                self.send_response(200)
                self.end_headers()
                thread = threading.Thread(target=_pump, args=(upstream, self.connection))
                thread.start()
                _pump(self.connection, upstream)
                thread.join()

        def log_message(self, *_args: object) -> None:
            """Keep the test's output clean."""

    return Proxy


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class _Server(http.server.ThreadingHTTPServer):
    # Eight calls come at once, each through both servers; five, the default, would be dropped.
    request_queue_size = 128


@contextmanager
def _serving(server: http.server.ThreadingHTTPServer) -> Iterator[int]:
    server.daemon_threads = True
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def running_cloud(emulator: LocalDataverse, folder: Path) -> Iterator[Cloud]:
    """Run a cloud whose environment is ``emulator``."""
    cloud = Cloud(emulator)
    ca = trustme.CA()
    cloud.ca_file = folder / "company-ca.pem"
    ca.cert_pem.write_to_path(cloud.ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(HOST, LOGIN, *GENESYS).configure_cert(context)
    service = _Server(("127.0.0.1", 0), _service(cloud))
    # The handshake happens in the connection's own thread: one that is slow holds up no other.
    service.socket = context.wrap_socket(
        service.socket, server_side=True, do_handshake_on_connect=False
    )
    with _serving(service) as port:
        proxy = _Server(("127.0.0.1", 0), _proxy(cloud, port))
        with _serving(proxy) as proxy_port:
            cloud.proxy = f"http://127.0.0.1:{proxy_port}"
            yield cloud

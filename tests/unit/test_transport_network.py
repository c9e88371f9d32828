"""The requests-based sender: its translation of exceptions, and real calls to a loopback server."""

import inspect
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
import urllib3.exceptions
from requests import exceptions

from d365pop.errors import NetworkError
from d365pop.transport import Request, is_loopback
from d365pop.transport.network import FAILURES, POOL_SIZE, RequestsSender, network_error

URL = "https://contoso.crm4.dynamics.com/api/data/v9.2/accounts?$filter=secret"


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked; breaks off, redirects or sends rubbish on demand."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/drop":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"short")
            self.close_connection = True
            return
        if self.path == "/gzip":
            self._answer(200, {"Content-Encoding": "gzip"}, b"no gzip")
            return
        if self.path == "/redirect":
            self._answer(302, {"Location": "/elsewhere"}, b"")
            return
        headers = {"X-Twice": "one", "X-Authorization": self.headers.get("Authorization", "")}
        self._answer(200, headers, self.path.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(400, {}, body)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def origin() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def sender() -> Iterator[RequestsSender]:
    sender = RequestsSender()
    yield sender
    sender.close()


def _exception_classes(module: object) -> list[type[BaseException]]:
    classes = [value for value in vars(module).values() if inspect.isclass(value)]
    return [
        each
        for each in classes
        if issubclass(each, BaseException)
        and not issubclass(each, Warning)
        and each.__module__.startswith(("requests", "urllib3"))
    ]


@pytest.mark.parametrize(
    "kind",
    [*_exception_classes(exceptions), *_exception_classes(urllib3.exceptions)],
    ids=lambda kind: f"{kind.__module__}.{kind.__name__}",
)
def test_every_exception_of_the_http_library_is_mapped(kind: type[BaseException]) -> None:
    assert kind in FAILURES


def test_the_enumeration_finds_the_library_s_exceptions() -> None:
    assert exceptions.SSLError in _exception_classes(exceptions)
    assert urllib3.exceptions.ProtocolError in _exception_classes(urllib3.exceptions)


@pytest.mark.parametrize(
    ("exc", "reference"),
    [
        (exceptions.SSLError("certificate verify failed"), "tls-failed"),
        (exceptions.ProxyError("Tunnel connection failed: 407"), "proxy-failed"),
        (exceptions.ConnectTimeout("slow"), "timeout"),
        (exceptions.ReadTimeout("slow"), "timeout"),
        (exceptions.ConnectionError(ConnectionResetError(104, "reset")), "connection-dropped"),
        (exceptions.ConnectionError(ConnectionRefusedError(111, "no")), "connection-refused"),
        (exceptions.ConnectionError(socket.gaierror(-2, "unknown")), "host-not-found"),
        (exceptions.ChunkedEncodingError("cut"), "connection-dropped"),
        (exceptions.ContentDecodingError("no gzip"), "invalid-answer"),
        (exceptions.TooManyRedirects("30"), "too-many-redirects"),
        (exceptions.InvalidURL("no host"), "invalid-url"),
        (exceptions.InvalidHeader("line break"), "invalid-header"),
        (OSError("Could not find a suitable TLS CA certificate bundle"), "tls-failed"),
        (ConnectionAbortedError("aborted"), "connection-dropped"),
        (TimeoutError("slow"), "timeout"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exception_becomes(exc: BaseException, reference: str) -> None:
    assert network_error(URL, exc).reference == reference


def test_error_names_the_host_and_never_the_query() -> None:
    error = network_error(URL, exceptions.ReadTimeout("slow"))
    assert error.message == "contoso.crm4.dynamics.com did not answer in time"
    assert "secret" not in error.message + error.context + error.hint


def test_error_s_context_is_redacted() -> None:
    error = network_error(URL, exceptions.InvalidHeader("Authorization: Bearer t0kent0ken\n"))
    assert "t0kent0ken" not in error.context


def test_answer_is_handed_over_whole(origin: str, sender: RequestsSender) -> None:
    response = sender(Request("GET", f"{origin}/path?q=a%20b"))
    assert (response.status, response.headers["x-twice"], response.body) == (
        200,
        "one",
        b"/path?q=a%20b",
    )


def test_error_status_is_an_answer(origin: str, sender: RequestsSender) -> None:
    response = sender(Request("POST", origin, body="ä".encode()))
    assert (response.status, response.text) == (400, "ä")


def test_redirect_is_not_followed(origin: str, sender: RequestsSender) -> None:
    response = sender(Request("GET", f"{origin}/redirect"))
    assert (response.status, response.headers["Location"]) == (302, "/elsewhere")


def test_netrc_does_not_replace_the_token(
    origin: str, sender: RequestsSender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    # The trap is real: without our guard the same library sends the file's password.
    plain = requests.get(origin, headers={"Authorization": "Bearer ours"}, timeout=5)
    assert plain.headers["X-Authorization"].startswith("Basic ")
    response = sender(Request("GET", origin, headers={"Authorization": "Bearer ours"}))
    assert response.headers["X-Authorization"] == "Bearer ours"


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_loopback_goes_around_the_proxy(
    name: str, origin: str, sender: RequestsSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", _closed_port())
    monkeypatch.setenv("http_proxy", _closed_port())
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    url = origin.replace("127.0.0.1", name)
    assert is_loopback(url)
    assert sender(Request("GET", url)).status == 200


def test_real_host_goes_through_the_proxy(
    origin: str, sender: RequestsSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", origin)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    # The loopback server plays the proxy: it sees the whole address of a host that is nowhere.
    response = sender(Request("GET", "http://contoso.invalid/x"))
    assert response.body == b"http://contoso.invalid/x"


def test_dead_proxy_is_named_as_the_cause(
    sender: RequestsSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", _closed_port())
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(NetworkError) as caught:
        sender(Request("GET", "https://contoso.invalid/"))
    assert caught.value.reference == "proxy-failed"


def test_ca_file_that_is_not_there_is_a_tls_failure(
    sender: RequestsSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "no/such/file.pem")
    with pytest.raises(NetworkError) as caught:
        sender(Request("GET", "https://localhost:1/"))
    assert caught.value.reference == "tls-failed"


@pytest.mark.parametrize(
    ("url", "reference"),
    [
        ("contoso.crm4.dynamics.com", "invalid-url"),
        ("ftp://contoso.example/", "invalid-url"),
        ("https://", "invalid-url"),
        ("http://[::1", "invalid-url"),
        (f"http://{'a' * 70}.example/", "invalid-url"),
    ],
)
def test_unusable_url_is_refused(url: str, reference: str, sender: RequestsSender) -> None:
    with pytest.raises(NetworkError) as caught:
        sender(Request("GET", url))
    assert caught.value.reference == reference


@pytest.mark.parametrize(
    ("path", "reference"),
    [
        ("/drop", "connection-dropped"),
        ("/cut", "connection-dropped"),
        ("/gzip", "invalid-answer"),
    ],
)
def test_broken_answer_is_translated(
    path: str, reference: str, origin: str, sender: RequestsSender
) -> None:
    with pytest.raises(NetworkError) as caught:
        sender(Request("GET", origin + path))
    assert caught.value.reference == reference
    assert caught.value.__cause__ is not None


def test_closed_port_refuses_the_connection(sender: RequestsSender) -> None:
    with pytest.raises(NetworkError) as caught:
        sender(Request("GET", _closed_port()))
    assert caught.value.reference == "connection-refused"


def test_plain_http_on_a_tls_call_is_a_tls_failure(origin: str, sender: RequestsSender) -> None:
    with pytest.raises(NetworkError) as caught:
        sender(Request("GET", origin.replace("http:", "https:")))
    assert caught.value.reference == "tls-failed"


def _closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def test_one_sender_serves_many_threads(origin: str, sender: RequestsSender) -> None:
    paths = [f"/{number}" for number in range(40)]
    with ThreadPoolExecutor(POOL_SIZE) as pool:
        bodies = list(pool.map(lambda path: sender(Request("GET", origin + path)).text, paths))
    assert bodies == paths

"""The real MSAL and the real HTTP library against an authority on this machine, over TLS."""

import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from d365pop.auth.application import ApplicationSignIn
from d365pop.auth.challenge import Challenge, discover
from d365pop.errors import NetworkError, SignInError
from d365pop.transport import RetryPolicy, Transport
from d365pop.transport.network import RequestsSender

SECRET = "s3cret~value"


class Authority(NamedTuple):
    """Where it listens and the file that makes its certificate trusted."""

    origin: str
    ca_file: Path


class Handler(BaseHTTPRequestHandler):
    """An environment and its authority in one: challenge, discovery, tokens."""

    @property
    def _origin(self) -> str:
        return f"https://{self.headers['Host']}"

    def do_GET(self) -> None:
        if self.path == "/api/data/v9.2/":
            challenge = (
                f"Bearer authorization_uri={self._origin}/tenant/oauth2/authorize, "
                f"resource_id={self._origin}/"
            )
            self._answer(401, {}, {"WWW-Authenticate": challenge})
            return
        authority = f"{self._origin}/tenant"
        self._answer(
            200,
            {
                "issuer": f"{authority}/v2.0",
                "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
                "token_endpoint": f"{authority}/oauth2/v2.0/token",
            },
        )

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        expected = {
            "client_id": ["app"],
            "client_secret": [SECRET],
            "grant_type": ["client_credentials"],
            "scope": [f"{self._origin}/.default"],
        }
        if all(form.get(name) == value for name, value in expected.items()):
            self._answer(
                200, {"token_type": "Bearer", "expires_in": 3599, "access_token": "the-token"}
            )
            return
        text = "AADSTS7000215: Invalid client secret provided."
        self._answer(401, {"error": "invalid_client", "error_description": text})

    def _answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        pass


def _write_certificate(path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    ca_file = tmp_path / "authority.pem"
    _write_certificate(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca_file)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_args: None  # type: ignore[method-assign]
        # The handshake happens in the connection's own thread: one that is slow holds up no other.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Authority(f"https://127.0.0.1:{server.server_port}", ca_file)
        server.shutdown()
        thread.join()


@pytest.fixture
def transport() -> Iterator[Transport]:
    sender = RequestsSender()
    yield Transport(sender, RetryPolicy(attempts=1))
    sender.close()


def test_token_is_got_through_discovery_and_msal(
    authority: Authority, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.ca_file))
    challenge = discover(transport, authority.origin)
    assert challenge == Challenge(f"{authority.origin}/tenant", "tenant", authority.origin)
    assert ApplicationSignIn(transport, challenge, "app", SECRET).token() == "the-token"


def test_wrong_secret_is_named(
    authority: Authority, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.ca_file))
    challenge = discover(transport, authority.origin)
    with pytest.raises(SignInError) as caught:
        ApplicationSignIn(transport, challenge, "app", "another").token()
    assert caught.value.reference == "client-secret-wrong"


def test_certificate_that_nobody_vouches_for_ends_the_sign_in(
    authority: Authority, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    with pytest.raises(NetworkError) as caught:
        discover(transport, authority.origin)
    assert caught.value.reference == "tls-failed"
    assert "REQUESTS_CA_BUNDLE" in caught.value.hint

"""The one place that knows the HTTP library: sends once, translates what it raises."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from functools import cached_property
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
import truststore
import urllib3.exceptions as lower
from requests import exceptions as upper
from requests.adapters import HTTPAdapter

from d365pop.errors import NetworkError
from d365pop.redaction import redact
from d365pop.transport.message import Headers, Request, Response
from d365pop.transport.url import host_of, is_loopback

POOL_SIZE = 8


class _Failure(NamedTuple):
    reference: str
    message: str
    hint: str = ""


_NOT_FOUND = _Failure(
    "host-not-found",
    "{host} is not a known host",
    "Check the spelling of the environment's URL, and the network.",
)
_REFUSED = _Failure(
    "connection-refused",
    "{host} refuses the connection",
    "Check the port; is the server running?",
)
_DROPPED = _Failure("connection-dropped", "the connection to {host} broke", "Try again.")
_TIMEOUT = _Failure("timeout", "{host} did not answer in time", "Try again.")
_TLS = _Failure(
    "tls-failed",
    "no trusted TLS connection to {host}",
    "Behind a company proxy, point REQUESTS_CA_BUNDLE to the company's CA file.",
)
_PROXY = _Failure(
    "proxy-failed",
    "the proxy does not connect to {host}",
    "Check HTTPS_PROXY and NO_PROXY.",
)
_URL = _Failure("invalid-url", "{host} cannot be called: the URL is not valid", "Check the URL.")
_HEADER = _Failure("invalid-header", "a header for {host} is not valid HTTP")
_ANSWER = _Failure("invalid-answer", "{host} sent an answer that is not valid HTTP", "Try again.")
_REDIRECTS = _Failure("too-many-redirects", "{host} redirects in a circle", "Check the URL.")
_UNSENT = _Failure("request-not-sent", "the request to {host} could not be sent")

# By exact class; a class that is not here is looked up by its bases.
FAILURES: Mapping[type[BaseException], _Failure] = {
    upper.RequestException: _UNSENT,
    lower.HTTPError: _DROPPED,
    upper.ConnectionError: _DROPPED,
    upper.ProxyError: _PROXY,
    upper.SSLError: _TLS,
    upper.Timeout: _TIMEOUT,
    upper.ConnectTimeout: _TIMEOUT,
    upper.ReadTimeout: _TIMEOUT,
    upper.HTTPError: _ANSWER,
    upper.InvalidJSONError: _ANSWER,
    upper.JSONDecodeError: _ANSWER,
    upper.URLRequired: _URL,
    upper.TooManyRedirects: _REDIRECTS,
    upper.MissingSchema: _URL,
    upper.InvalidSchema: _URL,
    upper.InvalidURL: _URL,
    upper.InvalidHeader: _HEADER,
    upper.InvalidProxyURL: _PROXY,
    upper.ChunkedEncodingError: _DROPPED,
    upper.ContentDecodingError: _ANSWER,
    upper.StreamConsumedError: _UNSENT,
    upper.RetryError: _DROPPED,
    upper.UnrewindableBodyError: _UNSENT,
    lower.PoolError: _DROPPED,
    lower.RequestError: _DROPPED,
    lower.SSLError: _TLS,
    lower.ProxyError: _PROXY,
    lower.DecodeError: _ANSWER,
    lower.ProtocolError: _DROPPED,
    lower.MaxRetryError: _DROPPED,
    lower.HostChangedError: _REDIRECTS,
    lower.TimeoutStateError: _UNSENT,
    lower.TimeoutError: _TIMEOUT,
    lower.ReadTimeoutError: _TIMEOUT,
    lower.ConnectTimeoutError: _TIMEOUT,
    lower.NewConnectionError: _DROPPED,
    lower.NameResolutionError: _NOT_FOUND,
    lower.EmptyPoolError: _DROPPED,
    lower.FullPoolError: _DROPPED,
    lower.ClosedPoolError: _DROPPED,
    lower.LocationValueError: _URL,
    lower.LocationParseError: _URL,
    lower.URLSchemeUnknown: _URL,
    lower.ResponseError: _ANSWER,
    lower.ResponseNotChunked: _ANSWER,
    lower.BodyNotHttplibCompatible: _ANSWER,
    lower.IncompleteRead: _DROPPED,
    lower.InvalidChunkLength: _ANSWER,
    lower.InvalidHeader: _HEADER,
    lower.ProxySchemeUnknown: _PROXY,
    lower.ProxySchemeUnsupported: _PROXY,
    lower.HeaderParsingError: _ANSWER,
    lower.UnrewindableBodyError: _UNSENT,
    ConnectionError: _DROPPED,
    TimeoutError: _TIMEOUT,
    # requests reports a CA file that does not exist by this one.
    OSError: _TLS,
}

# What a general connection error says about itself only in its causes.
_TELLING: tuple[tuple[type[BaseException], _Failure], ...] = (
    (lower.ProxyError, _PROXY),
    (lower.NameResolutionError, _NOT_FOUND),
    (socket.gaierror, _NOT_FOUND),
    (ConnectionRefusedError, _REFUSED),
    (lower.SSLError, _TLS),
)


class _Adapter(HTTPAdapter):
    """Trusts what the machine trusts, and the CA file of the surroundings besides.

    No ``verify=`` is passed anywhere: requests ignores it where a variable names a CA file.
    """

    def build_connection_pool_key_attributes(  # type: ignore[no-untyped-def]  # noqa: ANN202
        self,
        *request,  # noqa: ANN002 - the base class's own types are private
        **more,  # noqa: ANN003
    ):
        host, pool = super().build_connection_pool_key_attributes(*request, **more)
        if host["scheme"] == "https":
            pool["ssl_context"] = self._trust
        return host, pool

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        # The keychain of macOS too, which OpenSSL does not read. Takes 60 ms: not for plain http.
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class RequestsSender:
    """Sends one request once through one session; safe to share between threads.

    Proxies and CA files of the surroundings (``HTTPS_PROXY``, ``NO_PROXY``,
    ``REQUESTS_CA_BUNDLE``) count for real hosts, and so does the system's own store; loopback and
    Azure's metadata service never go through a proxy.
    """

    def __init__(self) -> None:
        self._session = requests.Session()
        # Else ~/.netrc would overwrite the bearer token.
        self._session.auth = _keep_authorization
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _Adapter(pool_maxsize=POOL_SIZE, max_retries=0))

    def __call__(self, request: Request, /) -> Response:
        """Return the answer, whatever its status.

        Raises:
            NetworkError: there is none.
        """
        try:
            answer = self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body,
                timeout=request.timeout,
                allow_redirects=False,
                proxies=_proxies(request.url),
                stream=True,
            )
            with answer:
                # In one piece: requests itself reads 10 KB at a time.
                body = answer.raw.read(decode_content=True)
        except (OSError, lower.HTTPError) as exc:
            raise network_error(request.url, exc) from exc
        return Response(answer.status_code, Headers(answer.headers), body)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()


def network_error(url: str, exc: BaseException) -> NetworkError:
    """Return our error for an exception of the HTTP library."""
    failure = _failure(exc)
    return NetworkError(
        failure.reference,
        failure.message.format(host=host_of(url)),
        context=redact(f"{type(exc).__name__}: {_innermost(exc)}"),
        hint=failure.hint,
    )


def _failure(exc: BaseException) -> _Failure:
    mapped = next(FAILURES[base] for base in type(exc).__mro__ if base in FAILURES)
    if mapped is not _DROPPED:
        return mapped
    causes = list(_causes(exc))
    for kind, failure in _TELLING:
        if any(isinstance(cause, kind) for cause in causes):
            return failure
    return mapped


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """Walk over what stands behind ``exc``: urllib3 hides it in arguments and ``reason``."""
    seen: set[int] = set()
    pending: list[object] = [exc]
    while pending:
        cause = pending.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        pending += [cause.__context__, cause.__cause__, getattr(cause, "reason", None), *cause.args]


def _innermost(exc: BaseException) -> BaseException:
    """Return the error behind a retry wrapper, whose own text repeats the whole URL."""
    wrapped = exc.args[0] if exc.args else None
    reason = getattr(wrapped, "reason", None)
    return reason if isinstance(reason, BaseException) else exc


def _proxies(url: str) -> dict[str, str]:
    return {"no_proxy": urlsplit(url).hostname or ""} if is_loopback(url) or _near(url) else {}


def _near(url: str) -> bool:
    """Tell whether ``url`` is link-local, as the metadata service of Azure's machines is."""
    try:
        return ip_address(host_of(url)).is_link_local
    except ValueError:
        return False


def _keep_authorization(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    return prepared

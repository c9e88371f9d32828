"""The one place that knows MSAL: its HTTP client, its exceptions."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlencode

from d365pop.errors import D365PopError, SignInError
from d365pop.redaction import redact
from d365pop.transport import Request, Response, Transport
from d365pop.transport.message import CONNECT_SECONDS, READ_SECONDS


class MsalResponse:
    """An answer in the shape that MSAL asks for."""

    def __init__(self, response: Response) -> None:
        self.status_code = response.status
        self.text = response.text
        self.headers = dict(response.headers)

    def raise_for_status(self) -> None:
        """Do nothing: MSAL wraps the answer in a class of its own, which raises."""


class MsalHttpClient:
    """Lets MSAL speak through our transport, so that retries, proxies and errors are ours."""

    def __init__(
        self,
        transport: Transport,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        self._transport = transport
        self._timeout = timeout

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_unused: object,
    ) -> MsalResponse:
        """Send a GET."""
        return self._send("GET", _with_query(url, params), headers or {}, None)

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | str | None = None,
        headers: Mapping[str, str] | None = None,
        **_unused: object,
    ) -> MsalResponse:
        """Send a form."""
        form = data if isinstance(data, str) else urlencode(data or {})
        fields = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self._send("POST", _with_query(url, params), fields, form.encode())

    def close(self) -> None:
        """Do nothing: the transport is not ours to close."""

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> MsalResponse:
        # Asking twice for a token changes nothing.
        request = Request(method, url, headers, body, idempotent=True, timeout=self._timeout)
        return MsalResponse(self._transport.send(request))


def _with_query(url: str, params: Mapping[str, str] | None) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}" if params else url


def references() -> Mapping[type[Exception], str]:
    """Return our reference by exception class of MSAL; imports MSAL."""
    from msal import exceptions, managed_identity  # noqa: PLC0415 - 150 ms
    from msal.oauth2cli import oauth2, oidc  # noqa: PLC0415

    return {
        exceptions.MsalError: "sign-in-failed",
        exceptions.MsalServiceError: "sign-in-unavailable",
        managed_identity.ManagedIdentityError: "managed-identity-failed",
        managed_identity.ArcPlatformNotSupportedError: "managed-identity-failed",
        oauth2.BrowserInteractionTimeoutError: "browser-sign-in-timeout",
        oidc.IdTokenError: "id-token-refused",
        oidc._IdTokenTimeError: "id-token-refused",  # noqa: SLF001 - raised to callers all the same
        oidc.IdTokenIssuerError: "id-token-refused",
        oidc.IdTokenAudienceError: "id-token-refused",
        oidc.IdTokenNonceError: "id-token-refused",
        # What MSAL raises for an authority that does not answer as one.
        ValueError: "authority-refused",
        RuntimeError: "authority-refused",
        KeyError: "authority-refused",
    }


@contextmanager
def translated(authority_host: str) -> Iterator[None]:
    """Turn MSAL's exceptions into ours."""
    try:
        yield
    except D365PopError:
        raise
    except Exception as exc:  # MSAL's exceptions have no common base
        raise msal_error(exc, authority_host) from exc


def msal_error(exc: Exception, authority_host: str) -> SignInError:
    """Return our error for an exception of MSAL."""
    known = references()
    reference = next((known[base] for base in type(exc).__mro__ if base in known), "sign-in-failed")
    return SignInError(
        reference,
        f"no token from {authority_host}",
        context=redact(f"{type(exc).__name__}: {exc}")[:500],
        hint="Check the tenant and the environment's URL.",
    )

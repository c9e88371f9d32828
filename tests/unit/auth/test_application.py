"""The real MSAL, speaking through our transport to a function."""

import inspect
import json
import pkgutil
from importlib import import_module
from urllib.parse import parse_qs

import msal
import pytest

from d365pop.auth.application import ApplicationSignIn
from d365pop.auth.challenge import Challenge
from d365pop.auth.msal_edge import msal_error, references
from d365pop.errors import NetworkError, SignInError
from d365pop.redaction import hide
from d365pop.transport import Request, Response, RetryPolicy, Transport

TENANT = "0f3f2c8e-6f4b-4f0e-8a51-2f4f6f1f0a11"
AUTHORITY = f"https://login.microsoftonline.com/{TENANT}"
CHALLENGE = Challenge(AUTHORITY, TENANT, "https://contoso.crm4.dynamics.com")
TOKEN_URL = f"{AUTHORITY}/oauth2/v2.0/token"
DISCOVERY = {
    "issuer": f"{AUTHORITY}/v2.0",
    "authorization_endpoint": f"{AUTHORITY}/oauth2/v2.0/authorize",
    "token_endpoint": TOKEN_URL,
}


class Entra:
    """Answers discovery and token requests; counts its tokens."""

    def __init__(self, refusal: tuple[int, object] | None = None) -> None:
        self.refusal = refusal
        self.forms: list[dict[str, list[str]]] = []
        self.urls: list[str] = []

    def __call__(self, request: Request, /) -> Response:
        self.urls.append(request.url)
        if request.method == "GET":
            return Response(200, body=json.dumps(DISCOVERY).encode())
        assert request.body is not None
        self.forms.append(parse_qs(request.body.decode()))
        if self.refusal:
            status, answer = self.refusal
            return Response(status, body=json.dumps(answer).encode())
        token = {
            "token_type": "Bearer",
            "expires_in": 3599,
            "access_token": f"token-{len(self.forms)}",
        }
        return Response(200, body=json.dumps(token).encode())


def sign_in(entra: Entra) -> ApplicationSignIn:
    transport = Transport(entra, RetryPolicy(attempts=1))
    return ApplicationSignIn(transport, CHALLENGE, "the-client-id", "s3cret")


def test_token_is_asked_for_with_id_secret_and_scope() -> None:
    entra = Entra()
    assert sign_in(entra).token() == "token-1"
    form = entra.forms[0]
    assert form["grant_type"] == ["client_credentials"]
    assert form["client_id"] == ["the-client-id"]
    assert form["client_secret"] == ["s3cret"]
    assert form["scope"] == ["https://contoso.crm4.dynamics.com/.default"]


def test_only_the_tenant_s_own_addresses_are_called() -> None:
    entra = Entra()
    sign_in(entra).token()
    assert entra.urls == [f"{AUTHORITY}/v2.0/.well-known/openid-configuration", TOKEN_URL]


def test_second_token_comes_from_memory() -> None:
    entra = Entra()
    provider = sign_in(entra)
    assert [provider.token(), provider.token()] == ["token-1", "token-1"]


def test_renewed_token_is_a_new_one() -> None:
    provider = sign_in(Entra())
    assert [provider.token(), provider.renew(), provider.token()] == [
        "token-1",
        "token-2",
        "token-2",
    ]


def test_secret_and_token_are_not_shown() -> None:
    provider = sign_in(Entra())
    provider.token()
    assert "s3cret" not in repr(provider)
    assert "token-1" not in repr(provider)


@pytest.mark.parametrize(
    ("status", "answer", "reference"),
    [
        pytest.param(
            401,
            {
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid client secret.\r\nTrace ID: 1",
                "error_codes": [7000215],
            },
            "client-secret-wrong",
            id="wrong secret",
        ),
        pytest.param(
            400,
            {
                "error": "unauthorized_client",
                "error_description": "AADSTS700016: Application with identifier 'x' was not found.",
                "error_codes": [700016],
            },
            "application-not-in-tenant",
            id="unknown application",
        ),
        pytest.param(400, {"error": "invalid_request"}, "sign-in-failed", id="without a code"),
    ],
)
def test_refusal_becomes_a_sign_in_error(status: int, answer: object, reference: str) -> None:
    with pytest.raises(SignInError) as caught:
        sign_in(Entra((status, answer))).token()
    assert caught.value.reference == reference
    assert "s3cret" not in caught.value.message + caught.value.context


def test_answer_without_token_is_a_sign_in_error() -> None:
    with pytest.raises(SignInError):
        sign_in(Entra((200, {"token_type": "Bearer"}))).token()


def test_answer_that_is_no_json_is_a_sign_in_error() -> None:
    def send(request: Request) -> Response:
        found = json.dumps(DISCOVERY).encode() if request.method == "GET" else b"<html>"
        return Response(200, body=found)

    with pytest.raises(SignInError):
        ApplicationSignIn(Transport(send), CHALLENGE, "id", "s3cret").token()


def test_unavailable_sign_in_service_is_a_sign_in_error() -> None:
    with pytest.raises(SignInError) as caught:
        sign_in(Entra((500, {"error": "server_error"}))).token()
    assert caught.value.reference == "sign-in-unavailable"


def test_unknown_tenant_is_a_sign_in_error() -> None:
    transport = Transport(lambda _request: Response(400, body=b'{"error":"invalid_tenant"}'))
    with pytest.raises(SignInError) as caught:
        ApplicationSignIn(transport, CHALLENGE, "id", "s3cret").token()
    assert caught.value.reference == "authority-refused"


def test_network_error_passes_through_msal() -> None:
    error = NetworkError("host-not-found", "no such host")

    def send(_request: Request) -> Response:
        raise error

    with pytest.raises(NetworkError) as caught:
        ApplicationSignIn(Transport(send), CHALLENGE, "id", "s3cret").token()
    assert caught.value is error


def _msal_exceptions() -> list[type[Exception]]:
    found: set[type[Exception]] = set()
    for info in pkgutil.walk_packages(msal.__path__, "msal."):
        # The first is a program that asks questions, the second needs a Windows-only package.
        if info.name in {"msal.__main__", "msal.broker"}:
            continue
        for value in vars(import_module(info.name)).values():
            if (
                inspect.isclass(value)
                and issubclass(value, Exception)
                and value.__module__.startswith("msal")
            ):
                found.add(value)
    return sorted(found, key=lambda each: each.__qualname__)


@pytest.mark.parametrize("kind", _msal_exceptions(), ids=lambda kind: kind.__qualname__)
def test_every_exception_of_msal_is_mapped(kind: type[Exception]) -> None:
    assert kind in references()


def test_the_enumeration_finds_msal_s_exceptions() -> None:
    assert msal.IdTokenError in _msal_exceptions()
    assert len(_msal_exceptions()) >= 9


def test_secret_at_the_cut_of_msal_s_text_is_masked_before_the_cut() -> None:
    secret = hide("secret-that-straddles-the-cut")
    error = msal_error(ValueError("x" * 480 + secret), "login.microsoftonline.com")
    assert error.context == f"ValueError: {'x' * 480}[redacte"


def test_msal_s_text_is_redacted() -> None:
    error = msal_error(ValueError("refused: client_secret=s3cret"), "login.microsoftonline.com")
    assert error.context == "ValueError: refused: client_secret=[redacted]"

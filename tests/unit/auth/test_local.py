import json
from urllib.parse import parse_qs

import pytest

from d365pop.auth.challenge import Challenge
from d365pop.auth.local import LocalSignIn
from d365pop.errors import SignInError
from d365pop.transport import Request, Response, Transport

CHALLENGE = Challenge("http://127.0.0.1:8365/local", "local", "http://127.0.0.1:8365")


class Local:
    """Issues numbered tokens and keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def __call__(self, request: Request, /) -> Response:
        self.requests.append(request)
        answer = {"token_type": "Bearer", "access_token": f"local-{len(self.requests)}"}
        return Response(200, body=json.dumps(answer).encode())


def test_token_is_asked_for_by_a_plain_form() -> None:
    local = Local()
    assert LocalSignIn(Transport(local), CHALLENGE).token() == "local-1"
    request = local.requests[0]
    assert (request.method, request.url) == (
        "POST",
        "http://127.0.0.1:8365/local/oauth2/v2.0/token",
    )
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs((request.body or b"").decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["00000000-0000-0000-0000-00000000d365"],
        "client_secret": ["local"],
        "scope": ["http://127.0.0.1:8365/.default"],
    }


def test_token_is_kept_until_it_is_renewed() -> None:
    provider = LocalSignIn(Transport(Local()), CHALLENGE)
    assert [provider.token(), provider.token(), provider.renew(), provider.token()] == [
        "local-1",
        "local-1",
        "local-2",
        "local-2",
    ]


def test_token_is_not_shown() -> None:
    provider = LocalSignIn(Transport(Local()), CHALLENGE)
    provider.token()
    assert "local-1" not in repr(provider)


@pytest.mark.parametrize(
    "challenge",
    [
        Challenge("https://login.microsoftonline.com/t", "t", "http://127.0.0.1:8365"),
        Challenge("http://127.0.0.1:8365/t", "t", "https://contoso.crm4.dynamics.com"),
    ],
)
def test_other_machines_are_refused(challenge: Challenge) -> None:
    with pytest.raises(SignInError) as caught:
        LocalSignIn(Transport(Local()), challenge)
    assert caught.value.reference == "local-sign-in-elsewhere"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b'{"error":"odd","error_description":"no such client"}'),
        (200, b'{"token_type":"Bearer"}'),
        (200, b'{"access_token":""}'),
        (200, b"[]"),
        (200, b"<html>"),
        (404, b"not found"),
    ],
)
def test_answer_without_token_is_a_sign_in_error(status: int, body: bytes) -> None:
    provider = LocalSignIn(Transport(lambda _request: Response(status, body=body)), CHALLENGE)
    with pytest.raises(SignInError) as caught:
        provider.token()
    assert caught.value.reference == "sign-in-failed"

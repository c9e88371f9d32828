"""The sign-in page: a name, a code, a token; codes of no others and to nowhere else."""

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

from d365pop.emulator.auth import (
    CLIENT_ID,
    CODE_SECONDS,
    DEVICE_SECONDS,
    TENANT_ID,
    Issued,
    Sessions,
    Ticket,
)
from d365pop.emulator.seed import AGENT_ID
from tests.unit.emulator.harness import BASE, LocalEnvironment

VERIFIER = "v" * 43
DIGEST = hashlib.sha256(VERIFIER.encode()).digest()
CHALLENGE = base64.urlsafe_b64encode(DIGEST).decode().rstrip("=")
BACK = "http://localhost:5000/back"
ASKED = {
    "client_id": CLIENT_ID,
    "response_type": "code",
    "redirect_uri": BACK,
    "scope": "openid",
    "state": "s&t",
    "nonce": "n",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
PAGE, TOKEN = (f"/{TENANT_ID}/oauth2/v2.0/{name}" for name in ("authorize", "token"))


@pytest.fixture
def local() -> LocalEnvironment:
    return LocalEnvironment()


def choose(local: LocalEnvironment, user: str = AGENT_ID) -> dict[str, str]:
    """Choose a user on the page and return what the redirect tells."""
    address = f"{PAGE}?{urlencode(ASKED)}"
    response = local.send("POST", address, urlencode({"user": user}).encode(), origin=BASE)
    assert response.status == 302
    location = urlsplit(response.header("Location"))
    assert location._replace(query="").geturl() == BACK
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def exchange(local: LocalEnvironment, code: str, **changes: str) -> Any:
    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }
    return json.loads(local.send("POST", TOKEN, urlencode(form | changes).encode()).body)


def verified(local: LocalEnvironment, token: str) -> Any:
    """Return the claims of an id token that a client verified as discovery tells it to."""
    told: Any = local.send("GET", f"/{TENANT_ID}/v2.0/.well-known/openid-configuration").json()
    served = local.send("GET", told["jwks_uri"].removeprefix(BASE)).body
    keys = jwt.PyJWKSet.from_json(served.decode())
    (algorithm,) = told["id_token_signing_alg_values_supported"]
    key = keys[jwt.get_unverified_header(token)["kid"]]
    at_its_own_time: Any = {"verify_exp": False}
    issuer = told["issuer"]
    return jwt.decode(token, key, [algorithm], at_its_own_time, audience=CLIENT_ID, issuer=issuer)


def test_page_names_who_may_sign_in_and_no_application(local: LocalEnvironment) -> None:
    response = local.send("GET", f"{PAGE}?{urlencode(ASKED)}")
    names = re.findall(r'<button name="user" value="[-0-9a-f]+">(.*?)<', response.body.decode())
    assert (response.status, names) == (200, ["Robin Agent"])
    assert response.header("X-Frame-Options") == "DENY"


def test_whoever_is_chosen_gets_a_token_with_the_nonce(local: LocalEnvironment) -> None:
    told = choose(local)
    assert told["state"] == ASKED["state"]
    answer = exchange(local, told["code"])
    claims = verified(local, answer["id_token"])
    assert (claims["name"], claims["nonce"]) == ("Robin Agent", "n")
    bearer = f"Bearer {answer['access_token']}"
    assert local.get("WhoAmI", authorization=bearer)["UserId"] == AGENT_ID


def test_form_post_sends_the_answer_in_a_body(local: LocalEnvironment) -> None:
    address = f"{PAGE}?{urlencode(ASKED | {'response_mode': 'form_post'})}"
    body = urlencode({"user": AGENT_ID}).encode()
    page = local.send("POST", address, body).body.decode()
    assert f'action="{BACK}"' in page
    assert 'name="state" value="s&amp;t"' in page


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"client_id": "nobody<b>"}, "AADSTS700016", id="unknown application"),
        pytest.param({"redirect_uri": "https://evil.example/"}, "AADSTS50011", id="elsewhere"),
        pytest.param({"redirect_uri": "http://localhost@evil.example"}, "AADSTS50011", id="user"),
        pytest.param({"redirect_uri": "javascript:alert(1)"}, "AADSTS50011", id="script"),
        pytest.param({"redirect_uri": "http://["}, "AADSTS50011", id="no address"),
        pytest.param(
            {"redirect_uri": "http://localhost/\r\nSet-Cookie: a=b"}, "AADSTS50011", id="header"
        ),
        pytest.param({"redirect_uri": "http://localhost/€"}, "AADSTS50011", id="no header"),
        pytest.param({"response_type": "token"}, "AADSTS700054", id="implicit"),
        pytest.param({"response_mode": "fragment"}, "AADSTS70007", id="fragment"),
        pytest.param({"code_challenge_method": "plain"}, "AADSTS9002325", id="plain"),
        pytest.param({"code_challenge": ""}, "AADSTS9002325", id="no challenge"),
    ],
)
def test_request_that_is_not_safe_is_refused_on_the_page(
    local: LocalEnvironment, changes: dict[str, str], code: str
) -> None:
    response = local.send("GET", f"{PAGE}?{urlencode(ASKED | changes)}")
    assert response.status == 400
    assert code in response.body.decode()
    assert "<b>" not in response.body.decode()


def test_choice_made_on_another_site_is_refused(local: LocalEnvironment) -> None:
    body = urlencode({"user": AGENT_ID}).encode()
    address = f"{PAGE}?{urlencode(ASKED)}"
    assert local.send("POST", address, body, origin="https://evil.example").status == 403


def test_nobody_gets_no_code(local: LocalEnvironment) -> None:
    assert choose(local, user="nobody")["error"] == "access_denied"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"code_verifier": "w" * 43}, id="another verifier"),
        pytest.param({"code_verifier": ""}, id="no verifier"),
        pytest.param({"redirect_uri": "http://localhost:5000/other"}, id="another address"),
        pytest.param({"client_id": "another"}, id="another client"),
        pytest.param({"client_secret": "wrong"}, id="wrong secret"),
    ],
)
def test_code_is_worth_nothing_to_others_and_not_twice(
    local: LocalEnvironment, changes: dict[str, str]
) -> None:
    code = choose(local)["code"]
    assert "error" in exchange(local, code, **changes)
    assert exchange(local, code)["error"] == "invalid_grant"


def test_code_expires() -> None:
    now = [0.0]
    sessions = Sessions(clock=lambda: now[0])
    code = sessions.open_code(Ticket("user", "client", BACK, CHALLENGE, ""))
    now[0] = CODE_SECONDS
    assert sessions.take_code(code) is None


def test_of_what_was_issued_only_the_newest_and_the_valid_are_kept() -> None:
    now = [0.0]
    issued = Issued[str](lambda: now[0], seconds=10, most=2)
    kept = [issued.issue(held) for held in ("first", "second", "third")]
    assert [issued.get(secret) for secret in kept] == [None, "second", "third"]
    now[0] = 11
    issued.issue("fourth")
    assert "third" not in repr(vars(issued))


def test_device_code_expires() -> None:
    now = [0.0]
    sessions = Sessions(clock=lambda: now[0])
    code = sessions.open_device("user", "client")
    assert sessions.poll_device(code, "client") == (True, "")
    now[0] = DEVICE_SECONDS
    assert sessions.poll_device(code, "client") == (False, "")

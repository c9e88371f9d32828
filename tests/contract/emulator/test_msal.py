"""Microsoft's own sign-in library signs in to the local Dataverse over https."""

import html
import re
import threading
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import msal
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from d365pop.emulator.applications import Application, register
from d365pop.emulator.auth import CLIENT_ID, CLIENT_SECRET, STRANGER_ID, TENANT_ID
from d365pop.emulator.server import EmulatorOptions, RunningEmulator, start


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[RunningEmulator]:
    with start(EmulatorOptions(tls=folder)) as emulator:
        yield emulator


@pytest.fixture
def session(folder: Path) -> Iterator[requests.Session]:
    with requests.Session() as found:
        found.trust_env = False
        found.verify = str(folder / "ca.pem")
        yield found


def authority(running: RunningEmulator) -> dict[str, Any]:
    return {"authority": f"{running.url}/{TENANT_ID}", "instance_discovery": False}


def confidential(
    running: RunningEmulator, session: requests.Session, credential: Any, client_id: str = CLIENT_ID
) -> dict[str, Any]:
    app = msal.ConfidentialClientApplication(
        client_id, client_credential=credential, http_client=session, **authority(running)
    )
    answer: dict[str, Any] = app.acquire_token_for_client([f"{running.url}/.default"])
    return answer


def who_am_i(running: RunningEmulator, session: requests.Session, token: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return session.get(f"{running.url}/api/data/v9.2/WhoAmI", headers=headers)


def key_and_certificate() -> tuple[str, str]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "deployment")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.public_bytes(pem).decode()


def test_secret_signs_in(running: RunningEmulator, session: requests.Session) -> None:
    answer = confidential(running, session, CLIENT_SECRET)
    assert who_am_i(running, session, answer["access_token"]).status_code == 200


def test_wrong_secret_is_refused(running: RunningEmulator, session: requests.Session) -> None:
    answer = confidential(running, session, "wrong")
    assert (answer["error"], answer["error_codes"]) == ("invalid_client", [7000215])


def test_application_without_user_is_no_member(
    running: RunningEmulator, session: requests.Session
) -> None:
    answer = confidential(running, session, CLIENT_SECRET, STRANGER_ID)
    refused = who_am_i(running, session, answer["access_token"])
    assert refused.status_code == 403
    assert refused.json()["error"] == {
        "code": "0x80072560",
        "message": "The user is not a member of the organization.",
    }


def test_certificate_signs_in_and_another_does_not(
    running: RunningEmulator, session: requests.Session
) -> None:
    private, certificate = key_and_certificate()
    register(
        running.environment, Application(CLIENT_ID, secret=CLIENT_SECRET, certificate=certificate)
    )
    credential = {"private_key": private, "public_certificate": certificate}
    answer = confidential(running, session, credential)
    assert who_am_i(running, session, answer["access_token"]).status_code == 200
    other, _ = key_and_certificate()
    refused = confidential(running, session, {**credential, "private_key": other})
    assert (refused["error"], refused["error_codes"]) == ("invalid_client", [700027])


def test_device_signs_in_and_refreshes(running: RunningEmulator, session: requests.Session) -> None:
    app = msal.PublicClientApplication(CLIENT_ID, http_client=session, **authority(running))
    scopes = [f"{running.url}/user_impersonation"]
    flow = app.initiate_device_flow(scopes)
    answer = app.acquire_token_by_device_flow(flow)
    assert answer["id_token_claims"]["name"] == "Robin Agent"
    (account,) = app.get_accounts()
    renewed = app.acquire_token_silent(scopes, account, force_refresh=True)
    assert renewed["access_token"] != answer["access_token"]
    assert who_am_i(running, session, renewed["access_token"]).status_code == 200


class Person(webbrowser.BaseBrowser):
    """Opens the sign-in page in place of a browser, and presses the first name."""

    def __init__(self, session: requests.Session) -> None:
        super().__init__("person")
        self.session = session
        self.threads: list[threading.Thread] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:  # noqa: FBT001, FBT002
        del new, autoraise
        # The library listens only once the browser has been opened.
        thread = threading.Thread(target=self.sign_in, args=(url,), daemon=True)
        self.threads.append(thread)
        thread.start()
        return True

    def sign_in(self, address: str) -> None:
        page = self.session.get(address).text
        (user,) = re.findall(r'name="user" value="([^"]+)"', page)
        answer = self.session.post(address, {"user": user}).text
        (action,) = re.findall(r'action="([^"]+)"', answer)
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', answer))
        self.session.post(html.unescape(action), {k: html.unescape(v) for k, v in fields.items()})


def test_person_signs_in_on_the_page(running: RunningEmulator, session: requests.Session) -> None:
    person = Person(session)
    webbrowser.register("person", None, person, preferred=True)
    app = msal.PublicClientApplication(CLIENT_ID, http_client=session, **authority(running))
    answer = app.acquire_token_interactive([f"{running.url}/user_impersonation"], timeout=30)
    for thread in person.threads:
        thread.join()
    assert answer["id_token_claims"]["name"] == "Robin Agent"
    assert who_am_i(running, session, answer["access_token"]).status_code == 200


def federated(key: str, **changes: str) -> Callable[[], str]:
    claims = {"iss": "https://issuer.example", "sub": "repo", "aud": "api://AzureADTokenExchange"}
    return lambda: jwt.encode(claims | changes, key, algorithm="RS256")


def test_federated_assertion_signs_in_with_the_key_of_its_issuer_alone(
    running: RunningEmulator, session: requests.Session
) -> None:
    private, certificate = key_and_certificate()
    public = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    told = Application(
        CLIENT_ID, secret=CLIENT_SECRET, issuer="https://issuer.example", subject="repo"
    )
    register(running.environment, replace(told, issuer_key=pem.decode()))
    answer = confidential(running, session, {"client_assertion": federated(private)})
    assert who_am_i(running, session, answer["access_token"]).status_code == 200
    other, _ = key_and_certificate()
    for wrong in (federated(other), federated(private, sub="fork"), federated(private, aud="x")):
        refused = confidential(running, session, {"client_assertion": wrong})
        assert refused["error"] == "invalid_client"
    register(running.environment, told)
    answer = confidential(running, session, {"client_assertion": federated(other)})
    assert "access_token" in answer


def test_certificates_are_kept_between_starts(folder: Path, running: RunningEmulator) -> None:
    del running
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with start(EmulatorOptions(tls=folder)):
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_expired_token_is_challenged(folder: Path, session: requests.Session) -> None:
    with start(EmulatorOptions(tls=folder, token_seconds=0)) as running:
        answer = confidential(running, session, CLIENT_SECRET)
        refused = who_am_i(running, session, answer["access_token"])
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith(
        f"Bearer authorization_uri={running.url}/{TENANT_ID}/oauth2/authorize"
    )

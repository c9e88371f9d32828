"""MSAL's real flows of applications against oidc-provider, by the command line as users run it."""

import json
import shutil
import urllib.parse
from pathlib import Path

import pytest

from d365pop.errors import ExitCode
from tests.contract.sign_in.desk import CLIENTS, SECRET, Desk, local_endpoint, says_who


def test_secret_from_a_variable_signs_in(desk: Desk) -> None:
    desk.configure("client-secret")
    done = desk.run("auth", "whoami", D365POP_CLIENT_SECRET=SECRET)
    assert says_who(done.stdout) == (CLIENTS["secret"], f"{desk.authority.origin}/.default")


def test_secret_from_standard_input_and_from_a_file_signs_in(desk: Desk) -> None:
    desk.configure("client-secret", client_secret_file="-")
    assert says_who(desk.run("auth", "whoami", stdin=f"{SECRET}\n").stdout)[0] == CLIENTS["secret"]
    (desk.folder / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    desk.configure("client-secret", client_secret_file="secret")
    assert says_who(desk.run("auth", "whoami").stdout)[0] == CLIENTS["secret"]


def test_wrong_secret_is_a_sign_in_error_that_shows_it_nowhere(desk: Desk) -> None:
    desk.configure("client-secret")
    done = desk.run("auth", "whoami", D365POP_CLIENT_SECRET="marked-wrong-secret")
    assert (done.returncode, done.stdout) == (ExitCode.SIGN_IN, "")
    assert "(client-not-accepted)" in done.stderr
    assert "Who can:" in done.stderr
    assert "marked" not in done.stderr


def test_certificate_signs_in(desk: Desk) -> None:
    desk.configure("certificate")
    shutil.copy(desk.authority.certificate_file, desk.folder)
    assert says_who(desk.run("auth", "whoami").stdout)[0] == CLIENTS["certificate"]


def test_certificate_of_another_key_is_refused(desk: Desk) -> None:
    desk.configure("certificate", client_id=CLIENTS["secret"])
    shutil.copy(desk.authority.certificate_file, desk.folder)
    done = desk.run("auth", "whoami")
    assert done.returncode == ExitCode.SIGN_IN
    assert "(client-not-accepted)" in done.stderr


def test_github_workflow_signs_in_without_a_secret(desk: Desk) -> None:
    desk.configure("github")
    with local_endpoint({"value": desk.authority.assertion()}) as (url, seen):
        done = desk.run(
            "auth",
            "whoami",
            ACTIONS_ID_TOKEN_REQUEST_URL=f"{url}/token?api-version=2.0",
            ACTIONS_ID_TOKEN_REQUEST_TOKEN="request-token",
        )
    assert says_who(done.stdout)[0] == CLIENTS["federated"]
    method, path, headers = seen[0]
    expected = "/token?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange"
    assert (method, path, headers["authorization"]) == ("GET", expected, "Bearer request-token")


def test_azure_devops_service_connection_signs_in_without_a_secret(desk: Desk) -> None:
    desk.configure("azure-devops")
    with local_endpoint({"oidcToken": desk.authority.assertion()}) as (url, seen):
        done = desk.run(
            "auth", "whoami", SYSTEM_OIDCREQUESTURI=url, SYSTEM_ACCESSTOKEN="system-token"
        )
    assert says_who(done.stdout)[0] == CLIENTS["federated"]
    method, path, headers = seen[0]
    assert (method, headers["authorization"]) == ("POST", "Bearer system-token")
    assert path == "/?api-version=7.1&serviceConnectionId=00000000-0000-4000-8000-000000000009"


def test_federated_token_file_signs_in(desk: Desk) -> None:
    desk.configure("token-file")
    (desk.folder / "token").write_text(desk.authority.assertion(), encoding="utf-8")
    done = desk.run("auth", "whoami", AZURE_FEDERATED_TOKEN_FILE=str(desk.folder / "token"))
    assert says_who(done.stdout)[0] == CLIENTS["federated"]


def test_azure_cli_lends_its_token(desk: Desk, tmp_path: Path) -> None:
    token = desk.authority.application_token()
    az = tmp_path / "bin" / "az"
    az.parent.mkdir()
    answer = json.dumps({"accessToken": token, "tokenType": "Bearer"})
    az.write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
    az.chmod(0o700)
    desk.configure("azure-cli")
    done = desk.run("auth", "whoami", PATH=f"{az.parent}:/usr/bin:/bin")
    assert says_who(done.stdout)[0] == CLIENTS["secret"]
    assert token not in done.stdout + done.stderr


@pytest.mark.parametrize("form", ["virtual machine", "app service"])
def test_managed_identity_signs_in_by_its_local_endpoint(desk: Desk, form: str) -> None:
    token = desk.authority.application_token()
    identity = CLIENTS["person"]
    desk.configure("managed-identity", client_id=identity)
    answer = {"access_token": token, "expires_in": "3599", "expires_on": "4000000000"}
    with local_endpoint(answer) as (url, seen):
        variables = (
            {"AZURE_POD_IDENTITY_AUTHORITY_HOST": url}
            if form == "virtual machine"
            else {"IDENTITY_ENDPOINT": f"{url}/msi/token", "IDENTITY_HEADER": "marked-header"}
        )
        done = desk.run("auth", "whoami", **variables)
    assert says_who(done.stdout)[0] == CLIENTS["secret"], done.stderr
    _, path, headers = seen[0]
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)
    assert query["resource"] == [desk.authority.origin]
    assert query["client_id"] == [identity]
    if form == "virtual machine":
        assert (headers["metadata"], query["api-version"]) == ("true", ["2018-02-01"])
    else:
        assert (headers["x-identity-header"], query["api-version"]) == (
            "marked-header",
            ["2019-08-01"],
        )


def test_machine_without_identity_is_told_so(desk: Desk) -> None:
    desk.configure("managed-identity")
    answer = {"error": "invalid_request", "error_description": "Identity not found"}
    with local_endpoint(answer) as (url, _seen):
        done = desk.run("auth", "whoami", AZURE_POD_IDENTITY_AUTHORITY_HOST=url)
    assert done.returncode == ExitCode.SIGN_IN
    assert "(managed-identity-failed)" in done.stderr
    assert "Identity not found" in done.stderr

"""The Azure CLI, by what it prints."""

import json
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from d365pop.auth.azure_cli import MISSING, AzureCliSignIn, Ended, run
from d365pop.auth.challenge import Challenge
from d365pop.errors import SignInError
from d365pop.redaction import hide

CHALLENGE = Challenge(
    "https://login.microsoftonline.com/t", "t", "https://contoso.crm4.dynamics.com"
)


class Az:
    def __init__(self, ended: Ended) -> None:
        self.ended = ended
        self.lines: list[list[str]] = []

    def __call__(self, arguments: Sequence[str], /) -> Ended:
        self.lines.append(list(arguments))
        return self.ended


def test_token_is_asked_for_the_environment_and_the_tenant() -> None:
    az = Az(Ended(0, json.dumps({"accessToken": "jwt", "expires_on": 1}), ""))
    assert AzureCliSignIn(CHALLENGE, "contoso.example", az).token() == "jwt"
    assert az.lines == [
        [
            *("az", "account", "get-access-token", "--output", "json"),
            *("--resource", "https://contoso.crm4.dynamics.com", "--tenant", "contoso.example"),
        ]
    ]


def test_token_is_kept_until_shortly_before_its_end() -> None:
    now = [1000.0]
    az = Az(Ended(0, json.dumps({"accessToken": "jwt", "expires_on": 5000}), ""))
    provider = AzureCliSignIn(CHALLENGE, runner=az, clock=lambda: now[0])
    provider.token()
    now[0] = 4699.0
    provider.token()
    assert len(az.lines) == 1
    now[0] = 4700.0
    provider.token()
    assert len(az.lines) == 2


@pytest.mark.parametrize(
    ("ended", "reference"),
    [
        (Ended(MISSING, "", ""), "azure-cli-missing"),
        (Ended(1, "", "ERROR: Please run 'az login' to setup account."), "azure-cli-failed"),
        (Ended(1, "", ""), "azure-cli-failed"),
        (Ended(1, "", "ERROR: AADSTS700082: The refresh token has expired."), "sign-in-again"),
        (Ended(0, "no json with secret-jwt", ""), "azure-cli-failed"),
        (Ended(0, "{}", ""), "azure-cli-failed"),
    ],
)
def test_failure_is_explained_and_output_is_not_shown(ended: Ended, reference: str) -> None:
    with pytest.raises(SignInError) as caught:
        AzureCliSignIn(CHALLENGE, runner=Az(ended)).token()
    assert caught.value.reference == reference
    assert "secret-jwt" not in caught.value.context
    assert caught.value.hint


def test_secret_at_the_cut_of_its_complaint_is_masked_before_the_cut() -> None:
    secret = hide("secret-of-somebody-in-az")
    with pytest.raises(SignInError) as caught:
        AzureCliSignIn(CHALLENGE, runner=Az(Ended(1, "", "x" * 490 + secret))).token()
    assert caught.value.context == f"{'x' * 490}[redacted]"


def test_token_in_what_a_program_printed_is_not_shown() -> None:
    assert "secret-jwt" not in repr(Ended(0, '{"accessToken": "secret-jwt"}', ""))


def test_program_is_run_outside_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "az"
    program.write_text("#!/bin/sh\npwd\necho complaint >&2\nexit 3\n", encoding="utf-8")
    program.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)
    ended = run(["az"])
    assert (ended.code, ended.complaint) == (3, "complaint\n")
    assert ended.result.strip() != str(tmp_path)


def test_program_that_is_not_there_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert run(["az"]).code == MISSING

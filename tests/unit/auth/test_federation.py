"""Federated tokens, from the addresses and files that pipelines document."""

import json
from pathlib import Path

import pytest

from d365pop.auth.federation import AzureDevOpsAssertion, GitHubAssertion, TokenFileAssertion
from d365pop.auth.kinds import AzureDevOps, GitHub, TokenFile
from d365pop.auth.surroundings import Surroundings
from d365pop.errors import ConfigurationError, SignInError
from d365pop.transport import Request, Response, RetryPolicy, Transport

GITHUB = {
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://pipelines.example/token?api-version=2.0",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token",
}
AZURE = {
    "SYSTEM_OIDCREQUESTURI": "https://dev.azure.example/oidctoken",
    "SYSTEM_ACCESSTOKEN": "system-token",
}


class Pipeline:
    def __init__(self, body: object, status: int = 200) -> None:
        self.body = body
        self.status = status
        self.seen: list[tuple[str, str, str]] = []

    def __call__(self, request: Request, /) -> Response:
        self.seen.append((request.method, request.url, request.headers["Authorization"]))
        return Response(self.status, body=json.dumps(self.body).encode())


def github(pipeline: Pipeline, variables: dict[str, str]) -> GitHubAssertion:
    transport = Transport(pipeline, RetryPolicy(attempts=1))
    kind = GitHub("app", "api://AzureADTokenExchange")
    return GitHubAssertion(kind, transport, Surroundings(variables))


def azure(pipeline: Pipeline, variables: dict[str, str]) -> AzureDevOpsAssertion:
    transport = Transport(pipeline, RetryPolicy(attempts=1))
    return AzureDevOpsAssertion(AzureDevOps("app", "sc-1"), transport, Surroundings(variables))


def test_github_is_asked_with_audience_and_request_token() -> None:
    pipeline = Pipeline({"value": "jwt"})
    assert github(pipeline, GITHUB)() == "jwt"
    url = (
        "https://pipelines.example/token?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange"
    )
    assert pipeline.seen == [("GET", url, "Bearer request-token")]


def test_azure_devops_is_asked_for_its_service_connection() -> None:
    pipeline = Pipeline({"oidcToken": "jwt"})
    assert azure(pipeline, AZURE)() == "jwt"
    url = "https://dev.azure.example/oidctoken?api-version=7.1&serviceConnectionId=sc-1"
    assert pipeline.seen == [("POST", url, "Bearer system-token")]


def test_every_assertion_is_a_new_one() -> None:
    pipeline = Pipeline({"value": "jwt"})
    assertion = github(pipeline, GITHUB)
    assertion()
    assertion()
    assert len(pipeline.seen) == 2


@pytest.mark.parametrize("name", GITHUB)
def test_github_job_without_permission_is_told_which(name: str) -> None:
    with pytest.raises(SignInError) as caught:
        github(Pipeline({}), {**GITHUB, name: ""})()
    assert caught.value.reference == "github-token-not-allowed"
    assert "id-token: write" in caught.value.hint


@pytest.mark.parametrize("name", AZURE)
def test_azure_devops_step_without_token_is_told_which_variable(name: str) -> None:
    with pytest.raises(SignInError) as caught:
        azure(Pipeline({}), {**AZURE, name: ""})()
    assert caught.value.reference == "azure-devops-token-not-allowed"
    assert caught.value.context == f"{name} is not set."


@pytest.mark.parametrize(
    "pipeline", [Pipeline({"value": ""}), Pipeline([]), Pipeline({"value": "secret-jwt"}, 403)]
)
def test_answer_without_token_is_refused_and_not_shown(pipeline: Pipeline) -> None:
    with pytest.raises(SignInError) as caught:
        github(pipeline, GITHUB)()
    assert caught.value.reference == "identity-token-refused"
    assert "secret-jwt" not in caught.value.context


def test_token_file_is_read_each_time(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("first\n", encoding="utf-8")
    assertion = TokenFileAssertion(
        TokenFile("app", None), Surroundings({"AZURE_FEDERATED_TOKEN_FILE": str(path)})
    )
    assert assertion() == "first"
    path.write_text("second\n", encoding="utf-8")
    assert assertion() == "second"


def test_configured_token_file_goes_before_the_variable(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("mine", encoding="utf-8")
    variables = {"AZURE_FEDERATED_TOKEN_FILE": "/nowhere"}
    assert TokenFileAssertion(TokenFile("app", path), Surroundings(variables))() == "mine"


def test_token_file_that_nobody_names_or_that_is_not_there_is_said() -> None:
    with pytest.raises(SignInError) as unnamed:
        TokenFileAssertion(TokenFile("app", None), Surroundings({}))()
    assert unnamed.value.reference == "token-file-unknown"
    with pytest.raises(ConfigurationError) as absent:
        TokenFileAssertion(TokenFile("app", Path("/nowhere/token")), Surroundings({}))()
    assert absent.value.reference == "secret-unreadable"

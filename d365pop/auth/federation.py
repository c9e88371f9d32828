"""Where an application's federated token comes from; the token is asked for again each time.

A token that is kept ends in AADSTS700024 on a long run, so what is handed to MSAL is a function.
"""

from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, urlencode

from d365pop.auth.kinds import AzureDevOps, File, GitHub, TokenFile
from d365pop.auth.surroundings import Surroundings
from d365pop.errors import SignInError
from d365pop.redaction import hide
from d365pop.transport import Request, Response, Transport, host_of


@dataclass(frozen=True)
class GitHubAssertion:
    """A token of the running GitHub Actions job."""

    kind: GitHub
    transport: Transport = field(repr=False)
    surroundings: Surroundings

    def __call__(self) -> str:
        """Return a new token.

        Raises:
            SignInError: the job may not have one.
        """
        variables = self.surroundings.variables
        url = variables.get("ACTIONS_ID_TOKEN_REQUEST_URL", "")
        bearer = hide(variables.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN", ""))
        if not url or not bearer:
            raise SignInError(
                "github-token-not-allowed",
                "GitHub Actions gives this job no identity token.",
                context="ACTIONS_ID_TOKEN_REQUEST_URL is not set.",
                hint="Add `permissions: id-token: write` to the job. Who can: you, in the workflow"
                " file; a pull request from a fork never gets one.",
            )
        request = Request(
            "GET",
            f"{url}&audience={quote(self.kind.audience, safe='')}",
            headers={"Authorization": f"Bearer {bearer}", "Accept": "application/json"},
            idempotent=True,
        )
        return _token_of(self.transport.send(request), "value", request.url)


@dataclass(frozen=True)
class AzureDevOpsAssertion:
    """A token of the running Azure DevOps job, for a service connection."""

    kind: AzureDevOps
    transport: Transport = field(repr=False)
    surroundings: Surroundings

    def __call__(self) -> str:
        """Return a new token.

        Raises:
            SignInError: the job may not have one.
        """
        variables = self.surroundings.variables
        url = variables.get("SYSTEM_OIDCREQUESTURI", "")
        bearer = hide(variables.get("SYSTEM_ACCESSTOKEN", ""))
        if not url or not bearer:
            missing = "SYSTEM_ACCESSTOKEN" if url else "SYSTEM_OIDCREQUESTURI"
            raise SignInError(
                "azure-devops-token-not-allowed",
                "Azure DevOps gives this job no identity token.",
                context=f"{missing} is not set.",
                hint="Map it in the step: `env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)`."
                " Who can: you, in the pipeline file.",
            )
        query = {"api-version": "7.1", "serviceConnectionId": self.kind.service_connection_id}
        request = Request(
            "POST",
            f"{url}?{urlencode(query)}",
            headers={
                "Authorization": f"Bearer {bearer}",
                "Accept": "application/json",
                "Content-Type": "application/json",
            },
            body=b"",
            idempotent=True,
        )
        return _token_of(self.transport.send(request), "oidcToken", request.url)


@dataclass(frozen=True)
class TokenFileAssertion:
    """A token that something else, such as Kubernetes, keeps fresh in a file."""

    kind: TokenFile
    surroundings: Surroundings

    def __call__(self) -> str:
        """Return what the file holds now.

        Raises:
            SignInError: nobody says which file.
            ConfigurationError: it cannot be read.
        """
        path = self.kind.path or self.surroundings.variables.get("AZURE_FEDERATED_TOKEN_FILE", "")
        if not path:
            raise SignInError(
                "token-file-unknown",
                "No file holds the federated token.",
                context="AZURE_FEDERATED_TOKEN_FILE is not set.",
                hint="Set federated_token_file, or run where the variable is set.",
            )
        return self.surroundings.text(File(Path(path)), "federated token")


def _token_of(response: Response, name: str, url: str) -> str:
    host = host_of(url)
    try:
        answer = response.json()
    except ValueError:
        answer = None
    token = answer.get(name) if isinstance(answer, dict) else None
    if response.status != HTTPStatus.OK or not isinstance(token, str) or not token:
        raise SignInError(
            "identity-token-refused",
            f"{host} gives this job no identity token",
            # The answer's text is not shown: it may hold one.
            context=f"HTTP {response.status}",
            hint="Run the job again; check the service connection's id, and that it is authorized"
            " for this pipeline. Who can: an administrator of the project.",
        )
    return hide(token)

"""Makes the token provider of a kind of sign-in; the one place that knows them all."""

from typing import assert_never

from d365pop.auth.application import ApplicationSignIn, Assertion
from d365pop.auth.azure_cli import AzureCliSignIn
from d365pop.auth.certificate import certificate_credential
from d365pop.auth.challenge import Challenge
from d365pop.auth.federation import AzureDevOpsAssertion, GitHubAssertion, TokenFileAssertion
from d365pop.auth.kinds import (
    AzureCli,
    AzureDevOps,
    Certificate,
    DeviceCode,
    GitHub,
    Interactive,
    Kind,
    Local,
    ManagedIdentity,
    Secret,
    TokenFile,
)
from d365pop.auth.local import LocalSignIn
from d365pop.auth.managed_identity import ManagedIdentitySignIn
from d365pop.auth.person import PersonSignIn
from d365pop.auth.provider import TokenProvider
from d365pop.auth.surroundings import Surroundings
from d365pop.auth.token_cache import IN_MEMORY, Kept
from d365pop.transport import Transport


def token_provider(  # noqa: C901, PLR0911 - one a kind
    kind: Kind,
    challenge: Challenge,
    transport: Transport,
    surroundings: Surroundings,
    kept: Kept = IN_MEMORY,
) -> TokenProvider:
    """Return what gives the tokens of ``kind`` for the environment that sent ``challenge``.

    Raises:
        ConfigurationError: a secret is missing or unreadable.
        SignInError: a certificate's time is over.
    """

    def application(client_id: str, credential: str | dict[str, str]) -> TokenProvider:
        return ApplicationSignIn(transport, challenge, client_id, credential)

    def federated(client_id: str, assertion: Assertion) -> TokenProvider:
        return ApplicationSignIn(transport, challenge, client_id, {"client_assertion": assertion})

    match kind:
        case Local():
            return LocalSignIn(transport, challenge)
        case Secret(client_id, secret):
            return application(client_id, surroundings.text(secret, "client secret"))
        case Certificate(client_id):
            return application(client_id, certificate_credential(kind, surroundings))
        case GitHub(client_id):
            return federated(client_id, GitHubAssertion(kind, transport, surroundings))
        case AzureDevOps(client_id):
            return federated(client_id, AzureDevOpsAssertion(kind, transport, surroundings))
        case TokenFile(client_id):
            return federated(client_id, TokenFileAssertion(kind, surroundings))
        case ManagedIdentity():
            return ManagedIdentitySignIn(transport, challenge, kind)
        case DeviceCode() | Interactive():
            return PersonSignIn(transport, challenge, kind, surroundings, kept.cache)
        case AzureCli():
            return AzureCliSignIn(challenge, challenge.explicit_tenant)
        case _:
            assert_never(kind)

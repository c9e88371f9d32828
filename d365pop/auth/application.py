"""Signs an application in with a secret, a certificate or a federated token; in memory only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from d365pop.auth.aadsts import sign_in_error
from d365pop.auth.challenge import Challenge
from d365pop.auth.msal_edge import MsalHttpClient, translated
from d365pop.transport import Transport, host_of

Assertion: TypeAlias = Callable[[], str]
Credential: TypeAlias = str | Mapping[str, str | Assertion]
"""In MSAL's own shapes: a secret, or a key and its certificate, or what makes an assertion."""


@dataclass(frozen=True)
class ApplicationSignIn:
    """An app registration and what proves that we are it."""

    transport: Transport = field(repr=False)
    challenge: Challenge
    client_id: str
    credential: Credential = field(repr=False)

    def token(self) -> str:
        """Return a token from memory while it is fresh, else a new one.

        Raises:
            SignInError: the sign-in service refused.
            NetworkError: it cannot be reached.
        """
        host = host_of(self.challenge.authority)
        with translated(host):
            answer = self._application.acquire_token_for_client(scopes=[self.challenge.scope])
        fields = answer if isinstance(answer, dict) else {}
        token = fields.get("access_token")
        if not isinstance(token, str) or not token:
            raise sign_in_error(fields, host)
        return token

    def renew(self) -> str:
        """Return a new token; the one in memory is forgotten."""
        with translated(host_of(self.challenge.authority)):
            self._application.remove_tokens_for_client()
        return self.token()

    @cached_property
    def _application(self) -> Any:  # noqa: ANN401 - MSAL has no types
        from msal import ConfidentialClientApplication  # noqa: PLC0415 - 150 ms

        return ConfidentialClientApplication(
            self.client_id,
            client_credential=self.credential,
            authority=self.challenge.authority,
            http_client=MsalHttpClient(self.transport),
            # The authority has been checked already; asking Microsoft about it costs a call.
            instance_discovery=False,
        )

"""Signs an application in with its client secret; keeps tokens in memory only."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from d365pop.auth.aadsts import sign_in_error
from d365pop.auth.challenge import Challenge
from d365pop.auth.msal_edge import MsalHttpClient, translated
from d365pop.transport import Transport, host_of


@dataclass(frozen=True)
class ClientSecret:
    """An app registration and one of its secrets."""

    transport: Transport = field(repr=False)
    challenge: Challenge
    client_id: str
    client_secret: str = field(repr=False)

    def token(self) -> str:
        """Return a token from memory, or a new one.

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
            client_credential=self.client_secret,
            authority=self.challenge.authority,
            http_client=MsalHttpClient(self.transport),
            # The authority has been checked already; asking Microsoft about it costs a call.
            instance_discovery=False,
        )

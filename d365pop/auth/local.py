"""Signs in to a Dataverse on this very machine, without an account; refuses any other."""

from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode

from d365pop.auth.aadsts import sign_in_error
from d365pop.auth.challenge import Challenge
from d365pop.errors import SignInError
from d365pop.transport import Request, Transport, host_of, is_loopback

# Not secret: anybody on this machine may use the local Dataverse.
CLIENT_ID = "00000000-0000-0000-0000-00000000d365"
CLIENT_SECRET = "local"  # noqa: S105


@dataclass
class LocalSignIn:
    """Tokens for the local Dataverse, by a plain form instead of MSAL, which demands https."""

    transport: Transport = field(repr=False)
    challenge: Challenge
    _token: str = field(default="", init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is not local."""
        for url in (self.challenge.authority, self.challenge.resource):
            if not is_loopback(url):
                raise SignInError(
                    "local-sign-in-elsewhere",
                    f"{host_of(url)} is not this machine",
                    context="The local sign-in has no secret; it is for the local environment.",
                    hint="Configure a sign-in for this environment.",
                )

    def token(self) -> str:
        """Return the token in memory, or a new one.

        Raises:
            SignInError: the local Dataverse refused.
            NetworkError: it is not running.
        """
        return self._token or self.renew()

    def renew(self) -> str:
        """Return a new token."""
        response = self.transport.send(self._request())
        host = host_of(self.challenge.authority)
        try:
            answer = response.json()
        except ValueError as exc:
            raise SignInError(
                "sign-in-failed",
                f"no token from {host}",
                context=f"HTTP {response.status}, and no JSON",
                hint="Is another program listening on this port?",
            ) from exc
        fields = answer if isinstance(answer, dict) else {}
        token = fields.get("access_token")
        if response.status != HTTPStatus.OK or not isinstance(token, str) or not token:
            raise sign_in_error(fields, host)
        self._token = token
        return token

    def _request(self) -> Request:
        form = {
            "grant_type": "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "scope": self.challenge.scope,
        }
        return Request(
            "POST",
            f"{self.challenge.authority}/oauth2/v2.0/token",
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
            body=urlencode(form).encode(),
            idempotent=True,
        )

"""Signs in as the Azure machine or app that we run on; MSAL knows each kind's own address."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from d365pop.auth.challenge import Challenge
from d365pop.auth.kinds import ManagedIdentity
from d365pop.auth.msal_edge import MsalHttpClient, translated
from d365pop.errors import NetworkError, SignInError
from d365pop.redaction import redact
from d365pop.transport import RetryPolicy, Transport

# The address of the metadata service leads nowhere on a machine outside Azure.
_SECONDS = (3.0, 30.0)
_SERVICE = "the managed identity endpoint"


@dataclass
class ManagedIdentitySignIn:
    """Tokens of a managed identity; kept in memory."""

    transport: Transport = field(repr=False)
    challenge: Challenge
    kind: ManagedIdentity
    _client: Any = field(default=None, init=False, repr=False)

    def token(self) -> str:
        """Return a token from memory while it is fresh, else a new one.

        Raises:
            SignInError: there is no identity here, or it is refused.
        """
        self._client = self._client or self._new_client()
        try:
            with translated(_SERVICE):
                answer = self._client.acquire_token_for_client(resource=self.challenge.resource)
        except NetworkError as error:
            raise _refused("managed-identity-unavailable", error.message) from error
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            said = answer.get("error_description") or answer.get("error") or "no token"
            raise _refused("managed-identity-failed", redact(str(said))[:500])
        return token

    def renew(self) -> str:
        """Return a new token; the one in memory is forgotten."""
        self._client = None
        return self.token()

    def _new_client(self) -> Any:  # noqa: ANN401 - MSAL has no types
        import msal  # noqa: PLC0415 - 150 ms

        return msal.ManagedIdentityClient(
            self._identity, http_client=MsalHttpClient(self._patient, _SECONDS)
        )

    @property
    def _patient(self) -> Transport:
        return replace(self.transport, policy=RetryPolicy(attempts=2))

    @cached_property
    def _identity(self) -> Any:  # noqa: ANN401 - MSAL has no types
        import msal  # noqa: PLC0415

        chosen = {
            "client_id": self.kind.client_id,
            "object_id": self.kind.object_id,
            "resource_id": self.kind.resource_id,
        }
        given = {name: value for name, value in chosen.items() if value}
        if not given:
            return msal.SystemAssignedManagedIdentity()
        return msal.UserAssignedManagedIdentity(**given)


def _refused(reference: str, context: str) -> SignInError:
    return SignInError(
        reference,
        "this machine has no managed identity that gives a token",
        context=context,
        hint="Assign an identity to the Azure resource that runs d365pop, or choose another"
        " sign_in. Who can: a contributor of that resource.",
    )

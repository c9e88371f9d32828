"""Signs a person in, by a device code or in the browser, and from then on without asking."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, assert_never

from d365pop.auth.aadsts import sign_in_error
from d365pop.auth.challenge import Challenge
from d365pop.auth.kinds import DeviceCode, Interactive, Person
from d365pop.auth.msal_edge import MsalHttpClient, translated
from d365pop.auth.surroundings import Surroundings
from d365pop.errors import SignInError
from d365pop.transport import Transport, host_of

BROWSER_SECONDS: Final = 300


@dataclass(frozen=True)
class PersonSignIn:
    """A person's tokens; ``cache`` is MSAL's, None for memory only."""

    transport: Transport = field(repr=False)
    challenge: Challenge
    kind: Person
    surroundings: Surroundings
    cache: Any = field(default=None, repr=False)

    def token(self) -> str:
        """Return a token without asking where that works, else let the person sign in.

        Raises:
            SignInError: it was refused, or there is nobody to sign in.
            NetworkError: the sign-in service cannot be reached.
        """
        return self._silent(force=False) or self.login()

    def renew(self) -> str:
        """Return a new token, by the refresh token where it is still good."""
        return self._silent(force=True) or self.login()

    def login(self) -> str:
        """Let the person sign in, whoever was signed in before."""
        if not self.surroundings.person:
            raise SignInError(
                "sign-in-needs-a-person",
                "Somebody has to sign in, and there is no terminal here.",
                hint="Run `d365pop auth login --env NAME` at a terminal first; in a pipeline use a"
                " sign_in of an application.",
            )
        with translated(self._host):
            match self.kind:
                case DeviceCode():
                    answer = self._by_device_code()
                case Interactive(user=user):
                    answer = self._in_browser(user)
                case _:
                    assert_never(self.kind)
        return self._token_of(answer)

    def accounts(self) -> tuple[str, ...]:
        """Return the names of those who are signed in."""
        with translated(self._host):
            return tuple(str(each.get("username")) for each in self._application.get_accounts())

    def logout(self) -> tuple[str, ...]:
        """Forget everybody who is signed in, and return their names."""
        names = self.accounts()
        with translated(self._host):
            for account in self._application.get_accounts():
                self._application.remove_account(account)
        return names

    def _silent(self, *, force: bool) -> str:
        """Return a token from the cache or by the refresh token; empty where a person must act."""
        with translated(self._host):
            for account in self._application.get_accounts(username=self.kind.user or None):
                answer = self._application.acquire_token_silent_with_error(
                    [self._scope], account=account, force_refresh=force
                )
                if isinstance(answer, dict) and isinstance(answer.get("access_token"), str):
                    token: str = answer["access_token"]
                    return token
                if isinstance(answer, dict) and not self.surroundings.person:
                    raise sign_in_error(answer, self._host)
        return ""

    def _by_device_code(self) -> object:
        flow = self._application.initiate_device_flow(scopes=[self._scope])
        if "user_code" not in flow:
            return flow
        self.surroundings.tell(
            f"Open {flow['verification_uri']} and enter the code {flow['user_code']}"
        )
        return self._application.acquire_token_by_device_flow(flow)

    def _in_browser(self, user: str) -> object:
        return self._application.acquire_token_interactive(
            [self._scope],
            # Else the browser takes whoever it knows, who may be another than is meant.
            prompt=None if user else "select_account",
            login_hint=user or None,
            timeout=BROWSER_SECONDS,
            on_before_launching_ui=lambda **_ui: self.surroundings.tell(
                "Sign in in the browser window that opens now."
                ' No browser here? Set sign_in = "device-code".'
            ),
        )

    def _token_of(self, answer: object) -> str:
        fields = answer if isinstance(answer, dict) else {}
        token = fields.get("access_token")
        if not isinstance(token, str) or not token:
            raise sign_in_error(fields, self._host)
        return token

    @property
    def _scope(self) -> str:
        return f"{self.challenge.resource}/user_impersonation"

    @property
    def _host(self) -> str:
        return host_of(self.challenge.authority)

    @cached_property
    def _application(self) -> Any:  # noqa: ANN401 - MSAL has no types
        from msal import PublicClientApplication  # noqa: PLC0415 - 150 ms

        return PublicClientApplication(
            self.kind.client_id,
            authority=self.challenge.authority,
            token_cache=self.cache,
            http_client=MsalHttpClient(self.transport),
            instance_discovery=False,
        )

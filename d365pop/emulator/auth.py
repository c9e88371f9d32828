"""Who may ask: tokens for programs, a session cookie for the shell; knows no route."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

TENANT_ID = "d3650000-0000-4000-8000-00000000d365"
CLIENT_ID = "00000000-0000-0000-0000-00000000d365"
STRANGER_ID = "00000000-0000-0000-0000-00000000d366"
"""An application of the directory that is no user of the environment."""
CLIENT_SECRET = "local"  # noqa: S105 - the local environment's own, printed in the documentation
TOKEN_SECONDS = 3600
CODE_SECONDS = 600
SESSION_COOKIE = "d365pop_session"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a code of the sign-in page stands for."""

    user_id: str
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class Sessions:
    """Tokens and cookies that were issued: only their hashes are kept, and only in memory."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, token_seconds: int = TOKEN_SECONDS
    ) -> None:
        self._clock = clock
        self.token_seconds = token_seconds
        self._guard = threading.Lock()
        self._tokens: dict[str, tuple[str, float]] = {}
        self._cookies: dict[str, str] = {}
        self._refresh: dict[str, tuple[str, str]] = {}
        self._devices: dict[str, tuple[str, str, int]] = {}
        self._codes: dict[str, tuple[Ticket, float]] = {}

    def issue_token(self, user_id: str) -> str:
        """Return a new access token of a user."""
        token = secrets.token_urlsafe(32)
        with self._guard:
            self._tokens[_hash(token)] = (user_id, self._clock() + self.token_seconds)
        return token

    def user_of_token(self, token: str) -> str:
        """Return whose token it is, empty where it is unknown or too old."""
        with self._guard:
            user_id, expires = self._tokens.get(_hash(token), ("", 0.0))
        return user_id if self._clock() < expires else ""

    def open_session(self, user_id: str) -> str:
        """Return the value of a new session cookie."""
        value = secrets.token_urlsafe(32)
        with self._guard:
            self._cookies[_hash(value)] = user_id
        return value

    def user_of_cookie(self, header: str) -> str:
        """Return whose session a ``Cookie`` header carries, empty where there is none."""
        try:
            cookie = SimpleCookie(header).get(SESSION_COOKIE)
        except CookieError:
            return ""
        if cookie is None:
            return ""
        with self._guard:
            return self._cookies.get(_hash(cookie.value), "")

    def issue_refresh(self, user_id: str, client_id: str) -> str:
        """Return a new refresh token."""
        token = secrets.token_urlsafe(32)
        with self._guard:
            self._refresh[_hash(token)] = (user_id, client_id)
        return token

    def redeem(self, token: str, client_id: str) -> str:
        """Return whose refresh token it is, which ends it; empty where it is none of the client."""
        with self._guard:
            user_id, owner = self._refresh.get(_hash(token), ("", ""))
            if owner != client_id:
                return ""
            del self._refresh[_hash(token)]
        return user_id

    def open_code(self, ticket: Ticket) -> str:
        """Return a code that can be exchanged once, and soon."""
        code = secrets.token_urlsafe(32)
        with self._guard:
            self._codes[_hash(code)] = (ticket, self._clock() + CODE_SECONDS)
        return code

    def take_code(self, code: str) -> Ticket | None:
        """Return what a code stands for, which ends it; None where it is unknown or too old."""
        with self._guard:
            ticket, expires = self._codes.pop(_hash(code), (None, 0.0))
        return ticket if self._clock() < expires else None

    def open_device(self, user_id: str, client_id: str) -> str:
        """Return a code for a device that somebody signs in for, one poll from now."""
        code = secrets.token_urlsafe(16)
        with self._guard:
            self._devices[code] = (user_id, client_id, 1)
        return code

    def poll_device(self, code: str, client_id: str) -> tuple[bool, str]:
        """Return whether the code is known, and who signed in, empty as long as nobody did."""
        with self._guard:
            user_id, owner, left = self._devices.get(code, ("", "", 0))
            if owner != client_id:
                return False, ""
            if left:
                self._devices[code] = (user_id, owner, left - 1)
                return True, ""
            del self._devices[code]
        return True, user_id

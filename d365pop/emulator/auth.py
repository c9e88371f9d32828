"""Who may ask: tokens for programs, a session cookie for the shell; knows no route."""

import hashlib
import math
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Generic, TypeVar

TENANT_ID = "d3650000-0000-4000-8000-00000000d365"
CLIENT_ID = "00000000-0000-0000-0000-00000000d365"
STRANGER_ID = "00000000-0000-0000-0000-00000000d366"
"""An application of the directory that is no user of the environment."""
CLIENT_SECRET = "local"  # noqa: S105 - the local environment's own, printed in the documentation
TOKEN_SECONDS = 3600
CODE_SECONDS = 600
DEVICE_SECONDS = 900
MOST_ISSUED = 20_000
"""How much of each kind is kept, the newest: who signs in for weeks must not fill the memory."""
SESSION_COOKIE = "d365pop_session"

Held = TypeVar("Held")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a code of the sign-in page stands for."""

    user_id: str
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str


class Issued(Generic[Held]):
    """Secrets of one kind by their hash, each with what it stands for, until they are too old."""

    def __init__(self, clock: Callable[[], float], seconds: float, most: int = MOST_ISSUED) -> None:
        self._clock = clock
        self._seconds = seconds
        self._most = most
        self._guard = threading.Lock()
        self._held: dict[str, tuple[Held, float]] = {}

    def issue(self, held: Held) -> str:
        """Return a new secret; the oldest ones go where there are too many."""
        secret, now = secrets.token_urlsafe(32), self._clock()
        with self._guard:
            self._held[_hash(secret)] = (held, now + self._seconds)
            oldest = next(iter(self._held))
            while len(self._held) > self._most or self._held[oldest][1] < now:
                del self._held[oldest]
                oldest = next(iter(self._held))
        return secret

    def get(self, secret: str) -> Held | None:
        """Return what a secret stands for, None where it is unknown or too old."""
        with self._guard:
            held, expires = self._held.get(_hash(secret), (None, 0.0))
        return held if self._clock() < expires else None

    def take(self, secret: str) -> Held | None:
        """Return what a secret stands for, which ends it."""
        with self._guard:
            held, expires = self._held.pop(_hash(secret), (None, 0.0))
        return held if self._clock() < expires else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(slots=True)
class _Device:
    user_id: str
    client_id: str
    polls_left: int


class Sessions:
    """Tokens and cookies that were issued: only their hashes are kept, and only in memory."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, token_seconds: int = TOKEN_SECONDS
    ) -> None:
        self.token_seconds = token_seconds
        self._tokens = Issued[str](clock, token_seconds)
        self._cookies = Issued[str](clock, math.inf)
        self._refresh = Issued[tuple[str, str]](clock, math.inf)
        self._devices = Issued[_Device](clock, DEVICE_SECONDS)
        self._codes = Issued[Ticket](clock, CODE_SECONDS)

    def issue_token(self, user_id: str) -> str:
        """Return a new access token of a user."""
        return self._tokens.issue(user_id)

    def user_of_token(self, token: str) -> str:
        """Return whose token it is, empty where it is unknown or too old."""
        return self._tokens.get(token) or ""

    def open_session(self, user_id: str) -> str:
        """Return the value of a new session cookie."""
        return self._cookies.issue(user_id)

    def user_of_cookie(self, header: str) -> str:
        """Return whose session a ``Cookie`` header carries, empty where there is none."""
        try:
            cookie = SimpleCookie(header).get(SESSION_COOKIE)
        except CookieError:
            return ""
        return (self._cookies.get(cookie.value) or "") if cookie else ""

    def issue_refresh(self, user_id: str, client_id: str) -> str:
        """Return a new refresh token."""
        return self._refresh.issue((user_id, client_id))

    def redeem(self, token: str, client_id: str) -> str:
        """Return whose refresh token it is, which ends it; empty where it is none of the client."""
        _, owner = self._refresh.get(token) or ("", "")
        taken = self._refresh.take(token) if owner == client_id else None
        return taken[0] if taken else ""

    def open_code(self, ticket: Ticket) -> str:
        """Return a code that can be exchanged once, and soon."""
        return self._codes.issue(ticket)

    def take_code(self, code: str) -> Ticket | None:
        """Return what a code stands for, which ends it; None where it is unknown or too old."""
        return self._codes.take(code)

    def open_device(self, user_id: str, client_id: str) -> str:
        """Return a code for a device that somebody signs in for, one poll from now."""
        return self._devices.issue(_Device(user_id, client_id, polls_left=1))

    def poll_device(self, code: str, client_id: str) -> tuple[bool, str]:
        """Return whether the code is known, and who signed in, empty as long as nobody did."""
        device = self._devices.get(code)
        if device is None or device.client_id != client_id:
            return False, ""
        if device.polls_left:
            device.polls_left -= 1
            return True, ""
        taken = self._devices.take(code)
        return taken is not None, taken.user_id if taken else ""

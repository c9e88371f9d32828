"""When a call is sent again and how long to wait before; knows HTTP, opens no connection.

Of Dataverse it knows one thing: the customization lock, which is no throttling although it comes
with the same status, and without ``Retry-After``.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

from d365pop.errors import NetworkError
from d365pop.transport.message import Request, Response, Sender
from d365pop.transport.url import host_of, origin_of

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UNAVAILABLE = frozenset({502, 503, 504})
_CUSTOMIZATION_LOCK = b"0x80071151"

# Can pass by itself at any time.
_TRANSIENT = frozenset({"connection-dropped", "timeout", "proxy-failed"})
# A typing mistake, unless the host has answered before: then it is a passing failure too.
_TRANSIENT_ONCE_ANSWERED = frozenset({"host-not-found", "connection-refused"})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patient we are; all values but ``attempts`` are seconds."""

    attempts: int = 5
    """Sendings of one call that met an unavailable server or a broken connection."""
    deadline: float = 600.0
    """No wait begins that would end later than this after the first sending."""
    longest_retry_after: float = 300.0
    backoff_first: float = 1.0
    backoff_longest: float = 30.0
    lock_shortest: float = 5.0
    lock_longest: float = 20.0


class _Wait(NamedTuple):
    reason: str
    seconds: float


@dataclass(frozen=True)
class Transport:
    """Sends requests, again where that is safe; may be used from several threads.

    ``on_wait(reason, seconds)`` is told before each wait.
    """

    sender: Sender
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
    on_wait: Callable[[str, float], None] = lambda _reason, _seconds: None
    _answered: set[str] = field(default_factory=set, init=False, repr=False)

    def send(self, request: Request) -> Response:
        """Return the final answer, whatever its status, but never a redirect.

        Raises:
            NetworkError: no answer came, or a redirect, which is never followed: it would carry
                the token to another host.
        """
        give_up_at = self.clock() + self.policy.deadline
        failures = 0
        while True:
            outcome = self._attempt(request)
            wait = self._wait_for_turn(request, outcome)
            if wait is None:
                failures += 1
                wait = self._wait_for_recovery(request, outcome, failures)
            if wait is None or self.clock() + wait.seconds > give_up_at:
                return _final(request, outcome)
            self.on_wait(wait.reason, wait.seconds)
            self.sleep(wait.seconds)

    def _attempt(self, request: Request) -> Response | NetworkError:
        try:
            response = self.sender(request)
        except NetworkError as error:
            return error
        self._answered.add(origin_of(request.url))
        return response

    def _wait_for_turn(self, request: Request, outcome: Response | NetworkError) -> _Wait | None:
        """Say how long to wait where no work has begun: even a POST may be repeated."""
        if isinstance(outcome, NetworkError) or outcome.status < HTTPStatus.BAD_REQUEST:
            return None
        if _CUSTOMIZATION_LOCK in outcome.body:
            return _Wait("another import or publish is running", self._lock_seconds())
        if outcome.status != HTTPStatus.TOO_MANY_REQUESTS:
            return None
        seconds = self._retry_after(outcome)
        return _Wait(
            f"{host_of(request.url)} asks to slow down",
            self._lock_seconds() if seconds is None else seconds,
        )

    def _wait_for_recovery(
        self, request: Request, outcome: Response | NetworkError, failures: int
    ) -> _Wait | None:
        """Say how long to wait where the server may have acted: only for idempotent calls."""
        if not request.idempotent or failures >= self.policy.attempts:
            return None
        backoff = self._backoff_seconds(failures - 1)
        if isinstance(outcome, NetworkError):
            return _Wait(outcome.message, backoff) if self._is_transient(request, outcome) else None
        if outcome.status not in _UNAVAILABLE and not _is_out_of_place(request, outcome):
            return None
        seconds = self._retry_after(outcome)
        return _Wait(
            f"{host_of(request.url)} does not answer as an API (HTTP {outcome.status})"
            if outcome.is_page
            else f"{host_of(request.url)} is not available (HTTP {outcome.status})",
            backoff if seconds is None else seconds,
        )

    def _is_transient(self, request: Request, error: NetworkError) -> bool:
        return error.reference in _TRANSIENT or (
            error.reference in _TRANSIENT_ONCE_ANSWERED and origin_of(request.url) in self._answered
        )

    def _lock_seconds(self) -> float:
        shortest, longest = self.policy.lock_shortest, self.policy.lock_longest
        return shortest + (longest - shortest) * self.random()

    def _backoff_seconds(self, failures: int) -> float:
        longest = min(self.policy.backoff_longest, self.policy.backoff_first * 2.0**failures)
        # Half fixed, half random: calls that failed together do not come back together.
        return longest * (0.5 + 0.5 * self.random())

    def _retry_after(self, response: Response) -> float | None:
        seconds = retry_after_seconds(response)
        return None if seconds is None else min(seconds, self.policy.longest_retry_after)


def _is_out_of_place(request: Request, response: Response) -> bool:
    """Return whether a page came although JSON was asked for: it says nothing of the call."""
    return response.is_page and "json" in request.headers.get("Accept", "")


def retry_after_seconds(response: Response) -> float | None:
    """Return what ``Retry-After`` asks for, in seconds; None where it is absent or unreadable.

    An HTTP date counts from the answer's own ``Date``: the server's clock, not ours.
    """
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    until, answered = _http_date(value), _http_date(response.headers.get("Date", ""))
    if until is None or answered is None:
        return None
    return max(0.0, (until - answered).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _final(request: Request, outcome: Response | NetworkError) -> Response:
    if isinstance(outcome, NetworkError):
        raise outcome
    if outcome.status in _REDIRECTS:
        raise _redirected(request, outcome)
    return outcome


def _redirected(request: Request, response: Response) -> NetworkError:
    target = host_of(response.headers.get("Location", ""))
    host = host_of(request.url)
    where = "to another path" if target in (host, "(no host)") else f"to {target}"
    return NetworkError(
        "redirected",
        f"{host} redirects {where} instead of answering",
        context="An API does not redirect; a sign-in page, a proxy or a moved environment does.",
        hint="Check the environment's URL, scheme included.",
    )

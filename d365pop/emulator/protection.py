"""Service protection: the three limits of a user, over a sliding window; knows no request."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from d365pop.emulator.disturbances import throttled


@dataclass(frozen=True, slots=True)
class Limits:
    """What one user may do; the defaults are the documented ones."""

    requests: int = 6000
    seconds: float = 1200.0
    concurrent: int = 52
    window: float = 300.0


UNBOUNDED = Limits()


@dataclass
class _Use:
    done: deque[tuple[float, float]] = field(default_factory=deque)
    """When each request ended, and how long it took."""
    spent: float = 0.0
    running: int = 0


class Protection:
    """Counts what users ask, and refuses who asks too much."""

    def __init__(
        self, limits: Limits | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits
        self._clock = clock
        self._guard = threading.Lock()
        self._uses: dict[str, _Use] = defaultdict(_Use)

    def enter(self, user_id: str) -> tuple[int, float]:
        """Count a request that begins; return what remains: requests and seconds.

        Raises:
            Fault: a limit is reached, with the seconds to wait.
        """
        limits = self.limits
        if limits is None:
            return UNBOUNDED.requests - 1, UNBOUNDED.seconds
        with self._guard:
            use = self._uses[user_id]
            oldest = self._forget(use, limits)
            wait = max(1.0, oldest + limits.window - self._clock())
            if use.running >= limits.concurrent:
                raise throttled("concurrency", 1.0, str(limits.concurrent))
            if len(use.done) + use.running >= limits.requests:
                raise throttled("requests", wait, str(limits.requests))
            if use.spent >= limits.seconds:
                raise throttled("time", wait, f"{limits.seconds * 1000:,.0f}")
            use.running += 1
            return limits.requests - len(use.done) - use.running, limits.seconds - use.spent

    def leave(self, user_id: str, seconds: float) -> None:
        """Count a request that ended."""
        if self.limits is None:
            return
        with self._guard:
            use = self._uses[user_id]
            use.running = max(0, use.running - 1)
            use.done.append((self._clock(), seconds))
            use.spent += seconds

    def _forget(self, use: _Use, limits: Limits) -> float:
        """Leave out what lies before the window; return when the oldest left ended."""
        now = self._clock()
        while use.done and use.done[0][0] <= now - limits.window:
            use.spent = max(0.0, use.spent - use.done.popleft()[1])
        return use.done[0][0] if use.done else now

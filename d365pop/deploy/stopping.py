"""A wish to stop that reaches every thread: Ctrl-C is heard by the main one alone."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar

from d365pop.deploy.clock import Clock
from d365pop.errors import interrupted
from d365pop.parallel import in_threads

T = TypeVar("T")

_LOOK: Final = 0.1
"""Seconds after which a wait looks whether somebody said stop."""


class StopRequest:
    """Whether somebody said stop; work looks at it wherever it can be gone on with later."""

    def __init__(self, told: Callable[[], None]) -> None:
        self._told = told
        # Not an event: its lock may be the main thread's own while Ctrl-C asks for it there.
        self._asked = False

    @property
    def asked(self) -> bool:
        """Whether somebody said stop."""
        return self._asked

    def check(self) -> None:
        """Go on, unless somebody said stop.

        Raises:
            InterruptedRunError: somebody did.
        """
        if self.asked:
            raise interrupted(context="What the run has asked for goes on in the environment.")

    def clock(self) -> Clock:
        """Return a clock whose waits end at once when somebody says stop."""
        return Clock(sleep=self._sleep)

    def pool(self, tasks: Sequence[Callable[[], T]]) -> list[T]:
        """Run tasks as threads do; Ctrl-C asks them to stop, and what they say is kept."""
        with self._heard():
            return in_threads(tasks)

    @contextmanager
    def _heard(self) -> Iterator[None]:
        """Take Ctrl-C as a wish: raised, it could strike while a task is being handed out."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGINT, lambda _number, _frame: self._stop())
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _stop(self) -> None:
        self._asked = True
        self._told()

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK))
        self.check()

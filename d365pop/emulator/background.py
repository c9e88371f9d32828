"""Background work in threads; simulated durations end early when the server stops."""

import threading
from collections.abc import Callable


class BackgroundWork:
    """Threads that end before their server does; ``new_thread`` makes one."""

    def __init__(
        self, new_thread: Callable[[Callable[[], None]], threading.Thread] | None = None
    ) -> None:
        self._new_thread = new_thread or _daemon
        self._guard = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()

    def run(self, work: Callable[[], None]) -> None:
        """Start work; who asks at the same time waits, so no thread is forgotten."""
        thread = self._new_thread(work)
        with self._guard:
            self._threads = [known for known in self._threads if known.is_alive()]
            thread.start()
            self._threads.append(thread)

    def sleep(self, seconds: float) -> None:
        """Let a simulated duration pass, none once the end is near."""
        if seconds > 0:
            self._stopping.wait(seconds)

    def hurry(self) -> None:
        """Let no simulated duration pass any more."""
        self._stopping.set()

    def join(self) -> None:
        """Wait for all work, also for what is started meanwhile."""
        while True:
            with self._guard:
                if not self._threads:
                    return
                thread = self._threads.pop()
            thread.join()


def _daemon(work: Callable[[], None]) -> threading.Thread:
    return threading.Thread(target=work, daemon=True)

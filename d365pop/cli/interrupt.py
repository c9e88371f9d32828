"""Waits for Ctrl-C; alone, so that a server starts without what clients need."""

import signal
from queue import Empty, SimpleQueue


def wait_for_interrupt() -> None:
    """Return when Ctrl-C is pressed or the process is told to end."""
    # Not an event: its lock may be this thread's own while the handler asks for it.
    told: SimpleQueue[None] = SimpleQueue()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: told.put(None))
    while True:
        try:
            # Short waits, since Windows delivers no signal to a thread that waits for ever.
            return told.get(timeout=0.5)
        except Empty:
            continue

"""Waits for Ctrl-C; alone, so that a server starts without what clients need."""

import signal
import threading


def wait_for_interrupt() -> None:
    """Return when Ctrl-C is pressed or the process is told to end."""
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    # Short waits, since Windows delivers no signal to a thread that waits for ever.
    while not stop.wait(0.5):
        pass

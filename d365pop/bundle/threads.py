"""Threads whose stack is large enough for a JavaScript engine; knows no engine."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from d365pop.parallel import wait_for

T = TypeVar("T")

# QuickJS measures its stack from where the engine was opened and crashes the process where the
# real stack ends first: threads get four times of what the engine may use.
THREAD_STACK = 16 * 1024 * 1024
WORKERS = 2


def run_on_threads(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """Run the jobs on threads whose stack is large enough for an engine; results in order.

    Ctrl-C waits for none of them: an engine cannot be stopped from outside, and it may take
    seconds. Its thread ends with the process, which one of an executor would hold up.
    """
    futures: list[Future[T]] = [Future() for _ in jobs]
    left = deque(zip(jobs, futures, strict=True))
    previous = threading.stack_size(THREAD_STACK)
    try:
        for _ in range(min(WORKERS, len(jobs))):
            threading.Thread(
                target=_work_off, args=(left,), name="d365pop-engine", daemon=True
            ).start()
    finally:
        threading.stack_size(previous)
    try:
        wait_for(futures)
    except BaseException:
        left.clear()
        raise
    return [future.result() for future in futures]


def _work_off(left: "deque[tuple[Callable[[], T], Future[T]]]") -> None:
    while True:
        try:
            job, future = left.popleft()
        except IndexError:
            return
        try:
            future.set_result(job())
        except BaseException as exc:  # noqa: BLE001 - raised again where it is waited for
            future.set_exception(exc)

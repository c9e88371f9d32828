"""Several calls at a time, or one after another where the order must be known (tests)."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final, Protocol, TypeVar

WORKERS: Final = 8
_LOOK: Final = 0.5
"""Seconds after which a wait looks whether Ctrl-C was pressed."""

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


class Pool(Protocol):
    """Runs tasks that do not depend on one another."""

    def __call__(self, tasks: Sequence[Callable[[], T]], /) -> list[T]:
        """Return the results in the order of the tasks; the first failure is raised."""


def in_threads(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """Run eight tasks at a time; after a failure those that did not begin never do."""
    if len(tasks) == 1:
        # Ctrl-C reaches the main thread alone: an import in another one would go on to its end.
        return one_by_one(tasks)
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="d365pop") as executor:
        futures = [executor.submit(task) for task in tasks]
        try:
            return [_result(future) for future in futures]
        except BaseException:
            executor.shutdown(wait=True, cancel_futures=True)
            raise


def _result(future: Future[T]) -> T:
    wait_for([future])
    return future.result()


def wait_for(futures: Sequence[Future[T]]) -> None:
    """Return when all of them are done, or let Ctrl-C end the wait.

    Windows delivers no signal to a thread that waits for ever, and elsewhere the one that comes
    just before such a wait is slept through.
    """
    while wait(futures, _LOOK).not_done:
        pass


def one_by_one(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """Run the tasks in their order."""
    return [task() for task in tasks]


def both(pool: Pool, first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Return the results of two calls of different kinds that may run side by side."""
    one: list[A] = []
    other: list[B] = []
    pool([lambda: one.append(first()), lambda: other.append(second())])
    return one[0], other[0]

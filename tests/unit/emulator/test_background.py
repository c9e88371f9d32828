"""Background work: none outlives what it works on."""

import threading
from collections.abc import Callable

from d365pop.emulator.background import BackgroundWork


class PausedThread(threading.Thread):
    """Does its work in the moment in which somebody waits for it."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work
        self._done = False

    def start(self) -> None:
        pass

    def is_alive(self) -> bool:
        return not self._done

    def join(self, timeout: float | None = None) -> None:
        del timeout
        self._work()
        self._done = True


def test_work_is_done_when_the_end_was_awaited() -> None:
    done: list[str] = []
    background = BackgroundWork()
    for name in ("first", "second"):
        background.run(lambda name=name: done.append(name))  # type: ignore[misc]
    background.join()
    assert sorted(done) == ["first", "second"]


def test_work_that_starts_while_the_end_is_awaited_is_awaited_too() -> None:
    done: list[str] = []
    background = BackgroundWork(PausedThread)
    background.run(lambda: background.run(lambda: done.append("late")))
    background.join()
    assert done == ["late"]


def test_simulated_duration_ends_when_the_server_hurries() -> None:
    background, done = BackgroundWork(), list[str]()

    def work() -> None:
        background.sleep(86400.0)
        done.append("awake")

    background.run(work)
    background.hurry()
    background.join()
    assert done == ["awake"]

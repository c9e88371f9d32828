"""Ctrl-C in the middle of work in several threads."""

import signal
import threading
from itertools import count, takewhile

import pytest

from d365pop.deploy.stopping import StopRequest
from d365pop.errors import InterruptedRunError
from d365pop.parallel import in_threads
from tests.signals import ctrl_c_before_line


def test_without_a_wish_to_stop_everything_goes_on() -> None:
    stop = StopRequest(lambda: pytest.fail("nobody said stop"))
    stop.check()
    stop.clock().sleep(0.0)
    assert (stop.pool([lambda: 1, lambda: 2]), stop.asked) == ([1, 2], False)


def test_ctrl_c_ends_every_wait_and_keeps_what_each_task_says() -> None:
    told: list[str] = []
    stop = StopRequest(lambda: told.append("stopping"))
    waiting = threading.Barrier(2)

    def presses() -> str:
        waiting.wait()
        signal.raise_signal(signal.SIGINT)
        return "ended as it would have"

    def waits() -> str:
        waiting.wait()
        try:
            stop.clock().sleep(3600.0)
        except InterruptedRunError as error:
            return error.reference
        return "waited"

    assert stop.pool([presses, waits]) == ["ended as it would have", "interrupted"]
    assert (told, stop.asked) == (["stopping"], True)
    with pytest.raises(InterruptedRunError):
        stop.check()


@pytest.mark.timeout(20)
def test_ctrl_c_never_holds_up_the_wait_that_it_strikes() -> None:
    def outcome(line: int) -> str:
        stop = StopRequest(lambda: None)

        def waits() -> str:
            try:
                stop.clock().sleep(0.01)
            except InterruptedRunError as error:
                return error.reference
            return "waited"

        with ctrl_c_before_line(line):
            return stop.pool([waits])[0]

    struck = takewhile(lambda line: outcome(line) == "interrupted", count(1))
    assert len([*struck]) > 1


def test_single_task_is_interrupted_where_it_runs() -> None:
    assert in_threads([threading.current_thread]) == [threading.main_thread()]
    assert threading.main_thread() not in in_threads([threading.current_thread] * 2)

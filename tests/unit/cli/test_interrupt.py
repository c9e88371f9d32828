"""A server that waits for its end hears it at any moment."""

import signal

import pytest

from d365pop.cli.interrupt import wait_for_interrupt
from tests.signals import ctrl_c_before_line


@pytest.mark.timeout(20)
@pytest.mark.parametrize("line", range(1, 8))
def test_ctrl_c_ends_the_wait_whenever_it_strikes(line: int) -> None:
    told_to_end = signal.getsignal(signal.SIGTERM)
    try:
        with ctrl_c_before_line(line):
            wait_for_interrupt()
    finally:
        signal.signal(signal.SIGTERM, told_to_end)

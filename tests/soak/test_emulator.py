"""The soak finds what it is for: lost writes and locks left behind."""

import threading
from collections.abc import Iterator

import pytest

from d365pop.emulator.server import EmulatorOptions, RunningEmulator, start
from tests.soak.emulator import Client, SoakError, verify, write_rows


@pytest.fixture
def running() -> Iterator[RunningEmulator]:
    with start(EmulatorOptions()) as emulator:
        yield emulator


@pytest.fixture
def client(running: RunningEmulator) -> Client:
    found = Client(running, 0, threading.Event())
    for _ in range(3):
        write_rows(found)
    return found


def test_nothing_is_found_where_all_is_well(running: RunningEmulator, client: Client) -> None:
    verify(running, [client])


def test_lost_write_is_found(running: RunningEmulator, client: Client) -> None:
    client.written["50ac0000-0000-4000-8000-000099999999"] = "soak lost"
    with pytest.raises(SoakError, match="wrote 4, found 3"):
        verify(running, [client])


def test_deleted_row_that_came_back_is_found(running: RunningEmulator, client: Client) -> None:
    client.written.popitem()
    with pytest.raises(SoakError, match="wrote 2, found 3"):
        verify(running, [client])


def test_lock_left_behind_is_found(running: RunningEmulator, client: Client) -> None:
    running.environment.lock.acquire("Import")
    with pytest.raises(SoakError, match="never answered"):
        verify(running, [client])
    running.environment.lock.release()

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, BrokenBarrierError

from d365pop.bundle.engine import Engine, Opener
from d365pop.check.scripts.session import LARGE, Answer, ask_all
from d365pop.errors import BundleError
from d365pop.models import Json


def opening(engine: Engine) -> Opener:
    @contextmanager
    def opened() -> Iterator[Engine]:
        yield engine

    return opened


class Meeting:
    """An engine that tells whether another request was there at the same time."""

    def __init__(self) -> None:
        self._barrier = Barrier(2)

    def run(self, script: str) -> None:
        """Load nothing."""

    def call(self, function: str, argument: Json) -> Json:
        del function, argument
        try:
            self._barrier.wait(0.3)
        except BrokenBarrierError:
            return "alone"
        return "together"


class Failing:
    """An engine that gives up on everything."""

    def run(self, script: str) -> None:
        """Load nothing."""

    def call(self, function: str, argument: Json) -> Json:
        raise BundleError("engine-memory", f"{function} {argument}")


def told(size: int) -> list[Answer]:
    return ask_all("lintScript", [{"code": "x" * size}] * 2, opening(Meeting()))


def test_large_scripts_are_looked_at_one_at_a_time() -> None:
    assert told(LARGE + 1) == ["alone", "alone"]


def test_small_scripts_are_looked_at_side_by_side() -> None:
    assert told(LARGE) == ["together", "together"]


def test_engine_of_a_script_that_was_given_up_is_let_go() -> None:
    engines: list[weakref.ref[Failing]] = []

    @contextmanager
    def opened() -> Iterator[Engine]:
        engine = Failing()
        engines.append(weakref.ref(engine))
        yield engine

    gc.disable()
    try:
        answers = ask_all("lintScript", [{"code": "1"}, {"code": "2"}], opened)
        assert [engine() for engine in engines] == [None, None]
    finally:
        gc.enable()
    assert [isinstance(answer, BundleError) for answer in answers] == [True, True]

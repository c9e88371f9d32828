"""The engine with ESLint and the rules in it; knows how to load them, not what they say."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TypeAlias

from d365pop.bundle.bundler import read_toolchain_script
from d365pop.bundle.engine import Engine, EngineKind, Limits, Opener, open_engine
from d365pop.bundle.threads import WORKERS, run_on_threads
from d365pop.errors import BundleError
from d365pop.models import Json
from d365pop.resources import toolchain_root

HERE = Path(__file__).parent
OWN_SCRIPTS = (
    "helpers.js",
    "messages.js",
    "urls.js",
    "texts.js",
    "globals.js",
    "newer.js",
    "exports.js",
    "driver.js",
)
MEMORY = 512 * 1024 * 1024
LARGE = 256 * 1024
"""Characters from which on scripts are looked at one at a time: each takes some 600 times that."""

Answer: TypeAlias = "Json | BundleError"


@cache
def checker_scripts() -> tuple[str, ...]:
    """Return the scripts that make an engine a checker, in the order they are loaded.

    Raises:
        BundleError: the toolchain is missing or is not what was built.
    """
    packages = read_toolchain_script(toolchain_root(), "checker.js").decode()
    return (packages, *((HERE / name).read_text(encoding="utf-8") for name in OWN_SCRIPTS))


@cache
def checker_digest() -> str:
    """Return one SHA-256 for everything that decides what a script is told."""
    return hashlib.sha256("\0".join(checker_scripts()).encode()).hexdigest()


def opener(seconds: float, kind: EngineKind | None = None) -> Opener:
    """Return what opens a checker that gives one script at most ``seconds``."""

    @contextmanager
    def opened() -> Iterator[Engine]:
        with open_engine(Limits(seconds=seconds, memory_bytes=MEMORY), kind) as engine:
            for script in checker_scripts():
                engine.run(script)
            yield engine

    return opened


def time_for(seconds: float, clock: Callable[[], float] = monotonic) -> Callable[[], bool]:
    """Return what says whether ``seconds`` have not yet gone by since now."""
    end = clock() + seconds
    return lambda: clock() < end


def ask_all(
    function: str,
    requests: Sequence[Mapping[str, Json]],
    open_checker: Opener,
    has_time: Callable[[], bool] = lambda: True,
) -> list[Answer]:
    """Return the answer to every request, in order: what the driver says, or why there is none.

    ``has_time`` is asked before each; once it says no, what is left is not asked.

    Raises:
        BundleError: the checker itself cannot be opened.
    """
    answers: dict[int, Answer] = {}
    # Long scripts first, so that no thread is left with the longest one at the end.
    order = sorted(range(len(requests)), key=lambda index: -len(str(requests[index]["code"])))
    waiting = iter(order)
    alone = Lock()

    def take() -> int | None:
        index = next(waiting, None)
        while index is not None and not has_time():
            answers[index] = BundleError("engine-timeout", "The time for all scripts is over")
            index = next(waiting, None)
        return index

    def work() -> None:
        index = take()
        while index is not None:
            with open_checker() as engine:
                while index is not None:
                    request = requests[index]
                    try:
                        with alone if len(str(request["code"])) > LARGE else nullcontext():
                            answers[index] = engine.call(function, dict(request))
                    except BundleError as exc:
                        # Without its frames, which would keep the engine and all its memory.
                        exc.__cause__ = exc.__context__ = None
                        answers[index] = exc.with_traceback(None)
                        break  # what it was stopped in the middle of may be in any state
                    index = take()
                else:
                    return
            index = take()

    run_on_threads([work] * min(WORKERS, len(requests)))
    return [answers[index] for index in range(len(requests))]

"""The embedded JavaScript engine and its limits; knows nothing of what the scripts do."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, TypeAlias, assert_never

from d365pop.errors import BundleError
from d365pop.models import Json

# -P: the modules beside it must not hide those of the standard library.
V8_PROGRAM = (sys.executable, "-P", str(Path(__file__).with_name("v8_process.py")))

# A result is fetched after the engine ran dry, so that a promise is awaited in both engines alike.
PRELUDE = """
globalThis.hostCall = function (name, argument) {
  globalThis.hostAnswer = null;
  Promise.resolve()
    .then(function () { return globalThis[name](JSON.parse(argument)); })
    .then(function (value) { return JSON.stringify({ value: value }); })
    .catch(function (error) { return JSON.stringify({ error: String(error) }); })
    .then(function (answer) { globalThis.hostAnswer = answer; });
};
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a script may use before it is stopped."""

    seconds: float = 120.0
    memory_bytes: int = 1024 * 1024 * 1024
    stack_bytes: int = 4 * 1024 * 1024


DEFAULT_LIMITS = Limits()


class EngineKind(StrEnum):
    """The engines that a wheel exists for; output is the same byte for byte."""

    QUICKJS = "quickjs-ng"
    V8 = "mini-racer"


class Engine(Protocol):
    """One JavaScript world; belongs to the thread that opened it."""

    def run(self, script: str) -> None:
        """Run a script for its effects."""
        ...

    def call(self, function: str, argument: Json) -> Json:
        """Call a global function, wait for its promise and return what it came to."""
        ...


Opener: TypeAlias = Callable[[], AbstractContextManager[Engine]]


@contextmanager
def open_engine(
    limits: Limits = DEFAULT_LIMITS, kind: EngineKind | None = None
) -> Iterator[Engine]:
    """Open an engine on this thread; use it inside ``run_on_threads``, whose stacks are known.

    Raises:
        BundleError: there is no engine, or a script broke a limit (``engine-timeout``,
            ``engine-memory``, ``engine-stack``) or threw (``engine-script``).
    """
    chosen = kind or installed_kind()
    match chosen:
        case EngineKind.QUICKJS:
            engine: Engine = _QuickJs(limits)
            engine.run(PRELUDE)
            yield engine
        case EngineKind.V8:
            with open_v8(limits) as engine:
                engine.run(PRELUDE)
                yield engine
        case _:
            assert_never(chosen)


def installed_kind() -> EngineKind:
    """Return the engine of this machine; quickjs-ng, the smaller one, where both are.

    Raises:
        BundleError: there is none, or another package sits in its place.
    """
    if find_spec("quickjs") is not None:
        refuse_archived_quickjs(distributions())
        return EngineKind.QUICKJS
    if find_spec("py_mini_racer") is not None:
        return EngineKind.V8
    raise BundleError(
        "engine-missing",
        "No JavaScript engine is installed",
        hint='pip install "quickjs-ng>=0.17", or "mini-racer>=0.14" where it has no wheel',
    )


def distributions() -> dict[str, str]:
    """Return the installed distributions that provide the module ``quickjs``, with versions."""
    found = {}
    for name in ("quickjs", "quickjs-ng"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def refuse_archived_quickjs(found: dict[str, str]) -> None:
    """Refuse the archived package, which installs a module of the same name.

    Raises:
        BundleError: it is among the ``found`` distributions.
    """
    if "quickjs" not in found:
        return
    raise BundleError(
        "engine-mixed",
        f"The archived package quickjs {found['quickjs']} is installed",
        context="its module has the same name as the one of quickjs-ng and hides it",
        hint="pip uninstall -y quickjs && pip install --force-reinstall quickjs-ng",
    )


class _QuickJs:
    """quickjs-ng; its own time limit is per step, so that the steps are counted here too."""

    def __init__(self, limits: Limits) -> None:
        self._quickjs: Any = import_module("quickjs")
        self._limits = limits
        self._context: Any = self._quickjs.Context()
        self._context.set_max_stack_size(limits.stack_bytes)
        self._context.set_memory_limit(limits.memory_bytes)
        self._deadline = 0.0

    def run(self, script: str) -> None:
        self._start()
        self._evaluate(script + "\n;0")
        self._drain()

    def call(self, function: str, argument: Json) -> Json:
        self._start()
        self._evaluate(_call_script(function, argument))
        self._drain()
        return _answer(function, self._evaluate("hostAnswer"), self._limits)

    def _start(self) -> None:
        self._deadline = time.monotonic() + self._limits.seconds
        self._context.set_time_limit(self._limits.seconds)

    def _evaluate(self, script: str) -> object:
        try:
            value: object = self._context.eval(script)
        except self._quickjs.JSException as exc:
            raise _script_error(str(exc), self._limits) from exc
        return value

    def _drain(self) -> None:
        """Run what promises left to do."""
        try:
            while self._context.execute_pending_job():
                if time.monotonic() > self._deadline:
                    raise _script_error("interrupted", self._limits)
        except self._quickjs.JSException as exc:
            raise _script_error(str(exc), self._limits) from exc


@contextmanager
def open_v8(limits: Limits, program: Sequence[str] = V8_PROGRAM) -> Iterator[Engine]:
    """Open V8 in a process of its own, which ends with the context."""
    command = [*program, str(limits.seconds), str(limits.memory_bytes)]
    pipe, quiet = subprocess.PIPE, subprocess.DEVNULL  # V8 complains of a stop once closed
    with subprocess.Popen(  # noqa: S603 - our own program, no shell
        command, stdin=pipe, stdout=pipe, stderr=quiet, text=True
    ) as process:
        try:
            yield _V8(process, limits)
        finally:
            process.kill()
            with suppress(OSError):
                process.communicate()


class _V8:
    """mini-racer behind a pipe; promises run dry before a script's answer comes."""

    def __init__(self, process: subprocess.Popen[str], limits: Limits) -> None:
        self._process = process
        self._limits = limits

    def run(self, script: str) -> None:
        self._evaluate(script + "\n;0")

    def call(self, function: str, argument: Json) -> Json:
        self._evaluate(_call_script(function, argument))
        return _answer(function, self._evaluate("hostAnswer"), self._limits)

    def _evaluate(self, script: str) -> Json:
        answer: dict[str, Json] = json.loads(self._ask(json.dumps(script)) or "{}")
        if not answer:
            raise _died(self._process.wait())
        if "error" in answer:
            raise _script_error(str(answer["error"]), self._limits)
        return answer["value"]

    def _ask(self, line: str) -> str:
        """Return the answer to one line; empty once the process has ended."""
        source, target = self._process.stdin, self._process.stdout
        if source and target:
            with suppress(OSError):
                source.write(line + "\n")
                source.flush()
                return target.readline()
        return ""


def _call_script(function: str, argument: Json) -> str:
    return f"hostCall({json.dumps(function)}, {json.dumps(json.dumps(argument))});0"


def _answer(function: str, answer: object, limits: Limits) -> Json:
    """Return what the call came to, or raise what it threw."""
    if not isinstance(answer, str):
        # V8 drops a promise that ran out of memory without a word.
        text = f"{function} never finished: it waits for nothing, or memory ended"
        raise _script_error(text, limits)
    parsed: dict[str, Json] = json.loads(answer)
    if "error" in parsed:
        raise _script_error(str(parsed["error"]), limits)
    return parsed.get("value")


def _died(code: int) -> BundleError:
    return BundleError(
        "engine-died",
        "The JavaScript engine ended before it answered",
        context=f"by {signal.Signals(-code).name}" if code < 0 else f"exit {code}",
        hint="Run it again; python3 -m pip install --upgrade mini-racer if it stays",
    )


def _script_error(text: str, limits: Limits) -> BundleError:
    """Return the error for what an engine says, in its own words."""
    if text.startswith(("interrupted", "InternalError: interrupted")):
        return BundleError(
            "engine-timeout",
            f"The JavaScript engine was stopped after {limits.seconds:g} s",
            hint="Look for a very large source file; bundling takes about 50 ms per KB",
        )
    if "out of memory" in text:
        return BundleError(
            "engine-memory",
            f"The JavaScript engine was stopped at {limits.memory_bytes // 2**20} MB of memory",
            hint="Look for a very large source file",
        )
    if "Maximum call stack size" in text:
        return BundleError(
            "engine-stack",
            "The JavaScript engine ran out of stack",
            context=f"the limit is {limits.stack_bytes // 2**20} MB",
            hint="Look for very deeply nested brackets or expressions",
        )
    return BundleError(
        "engine-script",
        "A script failed in the JavaScript engine",
        context=text.strip(),
        hint="python3 -m pip install --force-reinstall d365pop; report it if it stays",
    )

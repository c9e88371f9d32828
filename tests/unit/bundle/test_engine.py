import _thread
import subprocess
import sys
import threading
from dataclasses import replace
from functools import partial

import pytest

from d365pop.bundle.engine import (
    EngineKind,
    Limits,
    open_engine,
    open_v8,
    refuse_archived_quickjs,
)
from d365pop.bundle.threads import run_on_threads
from d365pop.errors import BundleError, ExitCode
from d365pop.models import Json

SMALL = Limits(seconds=0.3, memory_bytes=64 * 2**20, stack_bytes=2**20)
both_engines = pytest.mark.parametrize("kind", list(EngineKind), ids=str)


def answer(kind: EngineKind, script: str, argument: Json = None, limits: Limits = SMALL) -> Json:
    def job() -> Json:
        with open_engine(limits, kind) as engine:
            engine.run(script)
            return engine.call("main", argument)

    return run_on_threads([job])[0]


def refusal(kind: EngineKind, script: str) -> BundleError:
    with pytest.raises(BundleError) as caught:
        answer(kind, script)
    return caught.value


@both_engines
def test_argument_and_result_travel_whole(kind: EngineKind) -> None:
    value: Json = {"text": "é\u2028\"'\\\U0001f600", "list": [1, 2.5, None, True, {"": {}}]}
    assert answer(kind, "function main(value) { return value; }", value) == value


@both_engines
def test_promise_is_awaited(kind: EngineKind) -> None:
    script = "async function main(n) { let s = 0; for (; n; n--) s += await n; return s; }"
    assert answer(kind, script, 100) == 5050


@both_engines
def test_nothing_returned_is_none(kind: EngineKind) -> None:
    assert answer(kind, "function main() {}") is None


@both_engines
@pytest.mark.parametrize(
    ("script", "reference"),
    [
        pytest.param("function f() { return 1 + f(); } f();", "engine-stack", id="stack"),
        pytest.param("function main() { throw new Error('no'); }", "engine-script", id="throws"),
        pytest.param(
            "async function main() { await new Promise(() => {}); }",
            "engine-script",
            id="promise that never ends",
        ),
        pytest.param("function (", "engine-script", id="not JavaScript"),
    ],
)
def test_broken_script_ends_in_one_clear_error(
    kind: EngineKind, script: str, reference: str
) -> None:
    assert refusal(kind, script).reference == reference


ENDLESS = "function main() { while (true); }"
GREEDY = "function main() { const all = []; while (true) all.push(new Array(9999).fill(1)); }"


PATIENT = replace(SMALL, seconds=60)


@pytest.mark.parametrize(
    ("kind", "script", "limits", "reference"),
    [
        (EngineKind.QUICKJS, "while (true);", SMALL, "engine-timeout"),
        (EngineKind.QUICKJS, ENDLESS, SMALL, "engine-timeout"),
        (EngineKind.QUICKJS, GREEDY, PATIENT, "engine-memory"),
        (EngineKind.V8, f"{ENDLESS} main();", SMALL, "engine-timeout"),
        (EngineKind.V8, ENDLESS, SMALL, "engine-timeout"),
        (EngineKind.V8, f"{GREEDY} main();", PATIENT, "engine-memory"),
        (EngineKind.V8, GREEDY, PATIENT, "engine-script"),
    ],
)
def test_script_without_end_is_stopped(
    kind: EngineKind, script: str, limits: Limits, reference: str
) -> None:
    with pytest.raises(BundleError) as caught:
        answer(kind, script, limits=limits)
    assert caught.value.reference == reference


DIES = "import os, signal, sys; sys.stdin.readline(); os.kill(os.getpid(), signal.SIGTRAP)"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to die of")
def test_engine_that_dies_of_a_signal_is_one_clear_error() -> None:
    with pytest.raises(BundleError) as caught, open_v8(SMALL, (sys.executable, "-c", DIES)) as v8:
        v8.run("1")
    assert (caught.value.reference, caught.value.exit_code) == ("engine-died", ExitCode.BUNDLE)
    assert caught.value.context == "by SIGTRAP"


def test_engine_that_ended_before_it_read_is_one_clear_error() -> None:
    with pytest.raises(BundleError) as caught, open_v8(SMALL, (sys.executable, "-c", "")) as v8:
        v8.run("x" * 1_000_000)
    assert (caught.value.reference, caught.value.context) == ("engine-died", "exit 0")


def test_endless_chain_of_promises_is_stopped_too() -> None:
    script = "async function main() { while (true) await 0; }"
    assert refusal(EngineKind.QUICKJS, script).reference == "engine-timeout"


@both_engines
def test_error_of_a_script_is_told_in_its_own_words(kind: EngineKind) -> None:
    assert "of all things" in refusal(kind, "function main() { throw 'of all things'; }").context


def test_deep_recursion_at_the_full_stack_limit_does_not_crash_the_process() -> None:
    nested = "function main(n) { return JSON.stringify(eval('['.repeat(n) + ']'.repeat(n))); }"
    with pytest.raises(BundleError) as caught:
        answer(EngineKind.QUICKJS, nested, 1_000_000, Limits(seconds=20))
    assert caught.value.reference == "engine-stack"


def test_results_come_in_the_order_of_the_jobs() -> None:
    def job(kind: EngineKind, number: int) -> Json:
        return answer(kind, "function main(n) { return n; }", number)

    jobs = [partial(job, EngineKind.QUICKJS, number) for number in range(4)]
    assert run_on_threads(jobs) == [0, 1, 2, 3]


def test_ctrl_c_waits_for_no_engine_and_begins_no_further_job() -> None:
    release, begun = threading.Event(), threading.Event()
    ended: list[str] = []

    def engine() -> None:
        begun.set()
        release.wait(20)
        ended.append("engine")

    def person() -> None:
        begun.wait(20)
        _thread.interrupt_main()
        release.wait(20)

    def third() -> None:
        ended.append("third")

    with pytest.raises(KeyboardInterrupt):
        run_on_threads([engine, person, third])
    assert ended == []
    release.set()


def test_archived_package_under_the_same_module_name_is_refused() -> None:
    with pytest.raises(BundleError) as caught:
        refuse_archived_quickjs({"quickjs": "1.19.4", "quickjs-ng": "0.17.0.2"})
    assert caught.value.reference == "engine-mixed"
    assert "1.19.4" in caught.value.message


def test_maintained_package_alone_is_accepted() -> None:
    refuse_archived_quickjs({"quickjs-ng": "0.17.0.2"})


@pytest.mark.parametrize("ending", ["pass", "raise SystemExit(0)"], ids=["normal", "exit inside"])
def test_v8_lets_the_process_end(ending: str) -> None:
    program = (
        "from d365pop.bundle.engine import EngineKind, open_engine\n"
        "with open_engine(kind=EngineKind.V8) as engine:\n"
        "    engine.run('function main() { return 1; }')\n"
        "    engine.call('main', None)\n"
        f"    {ending}\n"
    )
    done = subprocess.run([sys.executable, "-c", program], timeout=60, check=False)
    assert done.returncode == 0

"""What can happen to one HTTP call, and what becomes of a deploy to which it happens."""

from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hypothesis import strategies as st

from d365pop.deploy.runs import list_runs
from d365pop.errors import D365PopError, ExitCode, NetworkError
from d365pop.transport import Headers, Request, Response, Sender
from tests.reliability.scenarios import Scenario, Verb, deploy
from tests.reliability.world import State, World, journal_folder


class Fault(StrEnum):
    """One thing that happens at one call."""

    DROPPED_BEFORE = "connection dropped before the server acted"
    DROPPED_AFTER = "connection dropped after the server acted"
    RESET = "reset in the middle of the answer"
    THROTTLED = "429 with Retry-After"
    THROTTLED_SILENTLY = "429 without Retry-After"
    LOCKED = "429 customization lock"
    UNAVAILABLE = "503"
    EXPIRED = "401, the token has expired"
    SLOW = "answer beyond the time-out, acted on later"
    PAGE = "HTML page in place of the answer"
    PAGE_AFTER = "HTML page after the server acted"
    REFUSED = "403 to this call and its repetitions"
    GONE = "network gone from this call on"
    KILLED_BEFORE = "SIGKILL before the call was sent"
    KILLED_AFTER = "SIGKILL before the answer was read"


class Outcome(StrEnum):
    """Where a deploy ended at which a fault was injected."""

    NEW = "reached the new state by itself"
    ROLLED_BACK = "failed and rolled back to the old state"
    STOPPED_OLD = "stopped, agents still get the old state"
    STOPPED_NEW = "stopped, agents get the new state"
    REFUSED_BEFORE = "failed before the first write"


SCHEDULES = st.dictionaries(st.integers(0, 60), st.sampled_from(Fault), min_size=1, max_size=8)
"""Faults by the number of the call; a repetition is a call of its own."""


class Killed(BaseException):
    """The process is gone: no handler of ours runs."""


_DROPPED = NetworkError("connection-dropped", "the connection broke")
_TIMEOUT = NetworkError("timeout", "no answer in time")
_LOCK = (
    b'{"error":{"code":"0x80071151","message":"Cannot start the requested operation [Publish] '
    b'because there is another [Import] running at this moment."}}'
)
_THROTTLE = b'{"error":{"code":"0x80072322","message":"Number of requests exceeded."}}'
_FORBIDDEN = b'{"error":{"code":"0x80040220","message":"missing privilege"}}'
_PAGE = Response(200, Headers({"Content-Type": "text/html"}), b"<html><title>Proxy</title></html>")


@dataclass
class FaultyLine:
    """A line to ``world`` at which faults happen, by the number of the call."""

    world: World
    schedule: Mapping[int, Fault]
    calls: int = 0
    gone: bool = False
    refused: str = ""
    aside: Callable[[int], None] = lambda _: None
    """What others do just before a call."""

    def __call__(self, request: Request) -> Response:
        number = self.calls
        self.calls += 1
        self.aside(number)
        if self.gone:
            raise _DROPPED
        if self.refused == f"{request.method} {request.url}":
            return Response(403, body=_FORBIDDEN)
        fault = self.schedule.get(number)
        return self.world.send(request) if fault is None else self._fail(fault, request)

    def _fail(self, fault: Fault, request: Request) -> Response:  # noqa: C901, PLR0911, PLR0912 - a case a fault
        match fault:
            case Fault.DROPPED_BEFORE:
                raise _DROPPED
            case Fault.DROPPED_AFTER | Fault.RESET:
                self.world.send(request)
                raise _DROPPED
            case Fault.THROTTLED:
                return Response(429, Headers({"Retry-After": "7"}), _THROTTLE)
            case Fault.THROTTLED_SILENTLY:
                return Response(429, body=_THROTTLE)
            case Fault.LOCKED:
                return Response(429, body=_LOCK)
            case Fault.UNAVAILABLE:
                return Response(503, body=b"Service Unavailable")
            case Fault.EXPIRED:
                return Response(401, Headers({"WWW-Authenticate": "Bearer"}))
            case Fault.SLOW:
                self.world.time.waiting.append(lambda: self._act(request))
                raise _TIMEOUT
            case Fault.PAGE:
                return _PAGE
            case Fault.PAGE_AFTER:
                self.world.send(request)
                return _PAGE
            case Fault.REFUSED:
                self.refused = f"{request.method} {request.url}"
                return Response(403, body=_FORBIDDEN)
            case Fault.GONE:
                self.gone = True
                raise _DROPPED
            case Fault.KILLED_BEFORE:
                raise Killed
            case Fault.KILLED_AFTER:
                self.world.send(request)
                raise Killed

    def _act(self, request: Request) -> None:
        self.world.send(request)


@dataclass(frozen=True)
class Trial:
    """One command with faults, and all that must hold after it."""

    scenario: Scenario
    schedule: Mapping[int, Fault]

    def run(self) -> Outcome:
        """Let the faults happen to the command and return where it ended.

        Raises:
            AssertionError: something of others changed, agents got a mixture, or the state was
                not one that resume and rollback bring to the new and the old.
        """
        with journal_folder() as runs, closing(self.scenario.before.copy()) as world:
            prepare(self.scenario, world, runs)
            try:
                act(self.scenario, world, runs, FaultyLine(world, self.schedule))
                code = ExitCode.OK
            except D365PopError as error:
                code = error.exit_code
            except Killed:
                code = None
            world.time.settle()
            return self._judge(world, runs, code)

    def _judge(self, world: World, runs: Path, code: ExitCode | None) -> Outcome:
        old, new, now = self.scenario.old, self.scenario.new, world.state()
        assert code is not ExitCode.DEFECT
        assert now.others == old.others, "something of others changed"
        if code is ExitCode.OK:
            assert now == new
            return Outcome.NEW
        if not (names := [run.name for run in list_runs(runs)]):
            assert now == old, "written without a journal"
            return Outcome.REFUSED_BEFORE
        if self.scenario.verb is Verb.ROLL_BACK:
            return self._judge_rollback(world, runs, names)
        if list_runs(runs)[0].state == "rolled back":
            assert now == old
            return Outcome.ROLLED_BACK
        assert now.published in {old.published, new.published}, "agents get a mixture"
        self._must_resume(world, runs, names[0])
        self._must_roll_back(world, runs, names[0], old)
        return _stopped(now, new)

    def _judge_rollback(self, world: World, runs: Path, names: list[str]) -> Outcome:
        """Demand that the rollback, asked for again or resumed, comes to its end."""
        old, new = self.scenario.old, self.scenario.new
        # What the deploy brought is deleted after the publish, one after another: no form names it.
        now = world.state()
        if now.published != old.published:
            now = now.without(new)
        assert now.published in {old.published, new.published}, "agents get a mixture"
        for name in names[1:]:
            self._must_resume(world, runs, name)
        self._must_roll_back(world, runs, names[0], new)
        if len(names) == 1:
            assert now == old, "written without a journal"
            return Outcome.REFUSED_BEFORE
        return _stopped(now, new)

    def _must_resume(self, before: World, runs: Path, run: str) -> None:
        with closing(before.copy()) as world:
            world.operator(runs).resume(run)
            world.time.settle()
            now = world.state()
        assert now == self.scenario.new, "resume did not reach the new state"

    def _must_roll_back(self, world: World, runs: Path, run: str, wanted: State) -> None:
        _roll_back(world, runs, run)
        world.time.settle()
        assert world.state() == wanted, "rollback did not reach the old state"


def prepare(scenario: Scenario, world: World, runs: Path) -> None:
    """Bring ``world`` to where the scenario's command begins, with the run in ``runs``."""
    if scenario.verb is Verb.ROLL_BACK:
        deploy(world, scenario.wanted, runs)
    if scenario.verb is Verb.RESUME:
        with suppress(Killed):
            deploy(world, scenario.wanted, runs, _killed_at(world, "ImportSolutionAsync"))


def _killed_at(world: World, operation: str) -> Sender:
    def send(request: Request) -> Response:
        answer = world.send(request)
        if request.url.endswith(operation):
            raise Killed
        return answer

    return send


def act(scenario: Scenario, world: World, runs: Path, sender: Sender) -> None:
    """Carry the scenario's command out."""
    match scenario.verb:
        case Verb.DEPLOY:
            deploy(world, scenario.wanted, runs, sender)
        case Verb.RESUME:
            world.operator(runs, sender).resume(list_runs(runs)[0].name)
        case Verb.ROLL_BACK:
            _roll_back(world, runs, list_runs(runs)[0].name, sender)


def _roll_back(world: World, runs: Path, run: str, sender: Sender | None = None) -> None:
    operator = world.operator(runs, sender)
    operator.roll_back(run, operator.plan_rollback(run), just_read=True)


def _stopped(now: State, new: State) -> Outcome:
    return Outcome.STOPPED_NEW if now.published == new.published else Outcome.STOPPED_OLD


def count_calls(scenario: Scenario) -> int:
    """Return how many HTTP calls the command makes when nothing happens to it."""
    with journal_folder() as folder, closing(scenario.before.copy()) as world:
        line = FaultyLine(world, {})
        prepare(scenario, world, folder)
        act(scenario, world, folder, line)
    return line.calls


def calls_to_try(scenario: Scenario) -> range:
    """Return the numbers of the calls at which faults are injected.

    Before the first write all deploys read alike, so only the first one tries those calls.
    """
    return range(scenario.first_call, count_calls(scenario))

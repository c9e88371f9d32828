"""Speeds of a deploy: against what the server takes, against one call at a time, and at a size.

Latency is added where a request leaves, so that calls of several threads wait side by side.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from d365pop.auth.challenge import discover
from d365pop.auth.local import LocalSignIn
from d365pop.dataverse.client import Dataverse
from d365pop.deploy.operation import Operator
from d365pop.deploy.planner import plan_changes
from d365pop.deploy.push import plan_push
from d365pop.emulator.disturbances import Disturbance, Kind
from d365pop.emulator.server import EmulatorOptions, start
from d365pop.models import Desired, Solution
from d365pop.parallel import Pool, in_threads, one_by_one
from d365pop.resources import solution_template_root
from d365pop.solution.manifest import package_parts, read_templates
from d365pop.solution.package import write_package
from d365pop.transport import Request, Response, RetryPolicy, Transport
from d365pop.transport.network import RequestsSender
from tests.bench.measure import ROOT, Row, seconds
from tests.bench.packages import COUNT, large_solution
from tests.local_dataverse import LocalDataverse
from tests.reliability.world import quiet
from tests.workspace import Workspace

IMPORT_SECONDS = 3.0
PUBLISH_SECONDS = 2.0
LATENCY = 0.05
PUSHED = 200
ROUND_TRIPS = 16

# Compares in a process of its own, to see its peak without the server's.
COMPARE = """
import sys
from pathlib import Path
from tests.bench.deploys import compare_seconds
spent = compare_seconds(sys.argv[1])
status = Path("/proc/self/status").read_text()
print(spent, status.split("VmHWM:")[1].split()[0])
"""


@dataclass(frozen=True)
class Far:
    """A server that is ``latency`` seconds away."""

    near: RequestsSender
    latency: float

    def __call__(self, request: Request, /) -> Response:
        time.sleep(self.latency)
        return self.near(request)


def deploy_rows() -> Iterator[Row]:
    """Measure; each part has a local Dataverse of its own."""
    yield from whole_deploys()
    yield from push_rows()
    yield from compare_rows()


def whole_deploys() -> Iterator[Row]:
    """Yield the rows of the whole command, with our own package."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.make(Path(folder))
        # What the engine has made is kept, bundles and their functions: its time is another row's.
        with start(EmulatorOptions(port=workspace.port)):
            workspace.run("plan", "--env", "local")
        begin = seconds(lambda: workspace.run("--version"))
        with start(options(workspace, Disturbance(Kind.DELAY, seconds=LATENCY))) as server:
            first = seconds(lambda: deploy(workspace)) - begin - IMPORT_SECONDS - PUBLISH_SECONDS
            yield Row(
                "first deploy beyond server and process start, in seconds",
                f"{first:.2f}",
                f"{1 + 1 + ROUND_TRIPS * LATENCY:.2f}",
            )
            yield from requests_row("first", LocalDataverse(server.url))
        with start(options(workspace)) as server:
            deploy(workspace)
            dataverse = LocalDataverse(server.url)
            dataverse.clear_requests()
            again = seconds(lambda: deploy(workspace)) - begin
            yield Row("no-op deploy beyond process start, in seconds", f"{again:.2f}", "1.5")
            yield from requests_row("no-op", dataverse, "12, 0 of them writes")


def options(workspace: Workspace, *faults: Disturbance) -> EmulatorOptions:
    return EmulatorOptions(
        port=workspace.port,
        import_seconds=IMPORT_SECONDS,
        publish_seconds=PUBLISH_SECONDS,
        faults=faults,
    )


def deploy(workspace: Workspace) -> None:
    result = workspace.run("deploy", "--env", "local")
    if result.returncode:
        raise SystemExit(result.stderr)


def requests_row(name: str, dataverse: LocalDataverse, limit: str = "") -> Iterator[Row]:
    calls = [entry for entry in dataverse.requests() if entry["kind"] == "api"]
    value = f"{len(calls)}, {len(dataverse.writes())} of them writes"
    yield Row(f"requests of a {name} deploy", value, limit)


def push_rows() -> Iterator[Row]:
    """Yield the row of a push that writes many web resources."""
    with server_of_its_own() as url, tempfile.TemporaryDirectory() as folder:
        first = wanted(large_solution(PUSHED), package=True)
        with operator(url, Path(folder), 0.0, in_threads) as near:
            near.apply(plan_changes(first, near.planner.read(first), url))
        spent = {}
        for number, pool in enumerate((one_by_one, in_threads)):
            changed = wanted(edited(first.solution, f"// {number}\n"))
            with operator(url, Path(folder), LATENCY, pool) as far:
                plan = plan_push(changed, far.planner.read(changed), url)
                spent[pool] = seconds(partial(far.apply, plan, just_read=True))
    yield Row(
        f"push of {PUSHED} web resources / one at a time",
        f"{spent[in_threads] / spent[one_by_one]:.3f}",
        f"{1 / 6:.3f}",
    )


def compare_rows() -> Iterator[Row]:
    """Yield the rows of a comparison of many web resources with an environment."""
    with server_of_its_own() as url, tempfile.TemporaryDirectory() as folder:
        first = wanted(large_solution(COUNT), package=True)
        with operator(url, Path(folder), 0.0, in_threads) as near:
            near.apply(plan_changes(first, near.planner.read(first), url))
        done = subprocess.run(
            [sys.executable, "-c", COMPARE, url],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
    spent, peak = done.stdout.split()
    name = f"{COUNT:,} web resources compared with an environment"
    yield Row(f"{name}, in seconds", f"{float(spent):.2f}", "4")
    yield Row(f"{name}, peak", f"{int(peak) / 1024:.0f} MB", "300")


def compare_seconds(url: str) -> float:
    """Return how long it takes to find that nothing differs, at 20 ms latency."""
    solution = wanted(large_solution(COUNT))
    with tempfile.TemporaryDirectory() as folder, operator(url, Path(folder), 0.02) as far:
        begin = time.perf_counter()
        plan = plan_push(solution, far.planner.read(solution), url)
        spent = time.perf_counter() - begin
    if not plan.is_empty:
        raise SystemExit(f"{len(plan.steps)} steps where nothing differs")
    return spent


def wanted(solution: Solution, *, package: bool = False) -> Desired:
    """Return what a build of ``solution`` would want; a push needs no package."""
    parts = package_parts(solution, read_templates(solution_template_root()), managed=False)
    return Desired(
        solution=solution,
        description=solution.description,
        package=write_package(parts) if package else b"",
        managed=False,
        registrations=(),
        variable_values={},
        searched_columns={},
    )


def edited(solution: Solution, line: str) -> Solution:
    resources = (
        replace(each, content=line.encode() + each.content) for each in solution.web_resources
    )
    return replace(solution, web_resources=tuple(resources))


@contextmanager
def server_of_its_own() -> Iterator[str]:
    """Yield the URL of a local Dataverse in another process, as the product starts it."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.make(Path(folder))
        line = [sys.executable, "-m", "d365pop", "emulator", "--port", str(workspace.port)]
        with subprocess.Popen(
            line, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server:
            try:
                assert server.stdout
                yield server.stdout.readline().strip()
            finally:
                server.terminate()


@contextmanager
def operator(url: str, runs: Path, latency: float, pool: Pool = in_threads) -> Iterator[Operator]:
    """Yield a d365pop that is ``latency`` seconds away from the environment."""
    sender = RequestsSender()
    with closing(sender):
        transport = Transport(Far(sender, latency), RetryPolicy(deadline=600.0))
        tokens = LocalSignIn(transport, discover(transport, url))
        tokens.token()
        yield Operator(
            dataverse=Dataverse(url, transport, tokens),
            runs=runs,
            environment="bench",
            progress=quiet,
            timeout=600.0,
            pool=pool,
        )

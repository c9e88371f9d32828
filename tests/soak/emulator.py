"""Mixed clients with faults against one local Dataverse for a while: nothing lost, nothing left.

Stops by itself: after the minutes that it was given, or at the first broken promise.
"""

import argparse
import base64
import http.client
import json
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from d365pop.emulator.disturbances import Disturbance, Kind
from d365pop.emulator.server import EmulatorOptions, RunningEmulator, start
from tests.unit.emulator.harness import PackageSource

API = "/api/data/v9.2/"
GROWTH = 1.10
WARM_UP = 0.4
RULES = (
    Disturbance(Kind.DELAY, probability=0.01, seconds=0.02),
    Disturbance(Kind.DROP_BEFORE, probability=0.01),
    Disturbance(Kind.DROP_AFTER, probability=0.01),
    Disturbance(Kind.RESET, probability=0.005),
    Disturbance(Kind.THROTTLE, probability=0.01, seconds=0),
    Disturbance(Kind.SERVER_ERROR, probability=0.01),
    Disturbance(Kind.LOCK, path="PublishAllXml|ImportSolution", probability=0.05),
    Disturbance(Kind.FAILED_IMPORT, probability=0.1),
    Disturbance(Kind.JOB_RACE, probability=0.3),
)
RETRIED = frozenset({429, 500, 502, 503, 504})


class SoakError(Exception):
    """A promise that the server broke."""


@dataclass
class Client:
    """One client with its own connection and its own memory of what it wrote."""

    running: RunningEmulator
    number: int
    stop: threading.Event
    chance: random.Random = field(init=False)
    written: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    broken: str = ""

    def __post_init__(self) -> None:
        """Begin a random sequence of its own."""
        self.chance = random.Random(self.number)  # noqa: S311 - repeatable on purpose
        self.token = self.running.token()

    def run(self, work: Callable[["Client"], None]) -> None:
        """Work until it is time to stop; remember what broke."""
        try:
            while not self.stop.is_set():
                work(self)
                # A client of a person's kind: the point is time, not load.
                self.stop.wait(0.02)
        except Exception as exc:  # noqa: BLE001 - whatever it is ends the run and is told
            self.broken = f"client {self.number}: {type(exc).__name__}: {exc}"
            self.stop.set()

    def send(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Send until an answer comes that is no fault; every request here may be repeated."""
        content = None if body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        for _ in range(50):
            connection = http.client.HTTPConnection("127.0.0.1", self.running.port, timeout=30)
            try:
                connection.request(method, API + path, content, headers)
                answer = connection.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException):
                self._count("dropped")
                continue
            finally:
                connection.close()
            if answer.status in RETRIED:
                self._count("refused")
                continue
            self._count("answered")
            return answer.status, json.loads(text) if text else None
        raise SoakError(f"{method} {path} was never answered")

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def write_rows(client: Client) -> None:
    """Upsert a row under an id of our own, change it, delete some, and read one back."""
    number = client.chance.randrange(200)
    row_id = f"50ac0000-0000-4000-8000-{client.number:04d}{number:08d}"
    if row_id in client.written and client.chance.random() < 0.3:
        client.send("DELETE", f"accounts({row_id})")
        del client.written[row_id]
        return
    name = f"soak {client.chance.random()}"
    status, told = client.send("PATCH", f"accounts({row_id})", {"name": name})
    if status != 204:
        raise SoakError(f"an upsert was answered by {status}: {told}")
    client.written[row_id] = name
    status, row = client.send("GET", f"accounts({row_id})?$select=name")
    if status != 200 or row["name"] != name:
        raise SoakError(f"{row_id} is {row}, not {name}")


def read_rows(client: Client) -> None:
    """Read as a list and by a filter."""
    digit = client.chance.randrange(10)
    condition = quote(f"contains(name,'{digit}')")
    client.send("GET", f"accounts?$select=name&$top=50&$filter={condition}")
    condition = quote("contains(fullname,'a')")
    client.send("GET", f"contacts?$select=fullname&$filter={condition}")
    client.send("GET", f"msdyn_solutionhistories?$filter={quote('msdyn_status eq 0')}")


def import_solutions(client: Client) -> None:
    """Import, edit, publish, export and uninstall, one thing after the other."""
    content = str(client.chance.random()).encode()
    managed = client.chance.random() < 0.5
    name = "SoakManaged" if managed else "Soak"
    script = f"smp_/{name}.js"
    source = PackageSource(
        unique_name=name, managed=managed, first_id=int(managed), web_resources={script: content}
    )
    body = {
        "CustomizationFile": base64.b64encode(source.zip()).decode(),
        "OverwriteUnmanagedCustomizations": True,
        "PublishWorkflows": False,
    }
    status, keys = client.send("POST", "ImportSolutionAsync", body)
    if status != 200:
        raise SoakError(f"an import was answered by {status}: {keys}")
    if finish(client, keys["AsyncOperationId"]) and managed and client.chance.random() < 0.5:
        client.send("POST", "UninstallSolutionAsync", {"SolutionUniqueName": name})
    client.send("POST", "PublishAllXml", {})
    if not managed:
        client.send("POST", "ExportSolution", {"SolutionName": name, "Managed": False})
    client.stop.wait(0.5)


def finish(client: Client, job_id: str) -> bool:
    """Wait until a job has ended; return whether it went well."""
    for _ in range(600):
        status, row = client.send("GET", f"asyncoperations({job_id})?$select=statecode,statuscode")
        if status == 200 and row["statecode"] == 3:
            return bool(row["statuscode"] == 30)
        client.stop.wait(0.05)
    raise SoakError(f"the job {job_id} never ended")


def memory() -> int:
    """Return the resident memory of this process, in KiB."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def verify(running: RunningEmulator, clients: list[Client]) -> None:
    """Demand that every write is there, and that no lock is left.

    Raises:
        SoakError: one is lost, one too many, or a lock is left behind.
    """
    running.environment.disturbances.clear()
    for client in clients:
        query = quote("startswith(name,'soak ')")
        _, told = client.send("GET", f"accounts?$select=name&$filter={query}")
        prefix = f"50ac0000-0000-4000-8000-{client.number:04d}"
        found = {row["accountid"]: row["name"] for row in told["value"]}
        own = {key: value for key, value in found.items() if key.startswith(prefix)}
        if own != client.written:
            raise SoakError(f"client {client.number} wrote {len(client.written)}, found {len(own)}")
    status, told = clients[0].send("POST", "PublishAllXml", {})
    if status != 204:
        raise SoakError(f"a lock is left behind: {told}")
    _, told = clients[0].send("GET", "msdyn_solutionhistories?$filter=msdyn_status%20eq%200")
    if told["value"]:
        raise SoakError(f"something still runs: {told['value']}")


def soak(minutes: float, seed: int) -> str:
    """Run for so long and return what happened.

    Raises:
        SoakError: the server broke a promise.
    """
    stop = threading.Event()
    with start(EmulatorOptions(faults=RULES, fault_seed=seed)) as running:
        kinds = (*[write_rows] * 4, *[read_rows] * 3, import_solutions)
        clients = [Client(running, number, stop) for number in range(len(kinds))]
        threads = [
            threading.Thread(target=client.run, args=(work,), daemon=True)
            for client, work in zip(clients, kinds, strict=True)
        ]
        for thread in threads:
            thread.start()
        stop.wait(60 * minutes * WARM_UP)
        before = memory()
        stop.wait(60 * minutes * (1 - WARM_UP))
        after = memory()
        stop.set()
        for thread in threads:
            thread.join(timeout=120)
        broken = [client.broken for client in clients if client.broken]
        if broken:
            raise SoakError("; ".join(broken))
        wait_for_quiet(running, clients[0])
        verify(running, clients)
        totals = sum((Counter(client.counts) for client in clients), Counter[str]())
    growth = after / before if before else 1.0
    told = ", ".join(f"{count} {what}" for what, count in sorted(totals.items()))
    report = f"{minutes:g} minutes: {told}; memory {before} -> {after} KiB ({growth:.3f})"
    if growth > GROWTH:
        raise SoakError(f"memory grows: {report}")
    return report


def wait_for_quiet(running: RunningEmulator, client: Client) -> None:
    """Wait until nothing runs any more."""
    running.environment.disturbances.clear()
    for _ in range(200):
        _, told = client.send("GET", "asyncoperations?$filter=statecode%20ne%203")
        if not told["value"]:
            return
        time.sleep(0.1)


def main() -> int:
    """Soak as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(2)))
    told = parser.parse_args()
    sys.stdout.write(f"Seed {told.seed}\n")
    sys.stdout.flush()
    try:
        sys.stdout.write(f"{soak(told.minutes, told.seed)}\n")
    except SoakError as exc:
        sys.stdout.write(f"BROKEN {exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The local Dataverse: its start, its rates beside a fixed answer, a large table, a large import.

The server runs as its users run it, in a process of its own. Rates are measured by wrk where it
is installed, elsewhere by threads of this program, which ask more slowly: of both only the ratio
counts.
"""

import base64
import http.client
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from d365pop.emulator.auth import CLIENT_ID, CLIENT_SECRET, TENANT_ID
from d365pop.emulator.seed_people import CONTACT_IDS
from tests.bench.measure import ROOT, Row, best_seconds, seconds
from tests.unit.emulator.harness import PackageSource

API = "/api/data/v9.2/"
FIXED = "/_emulator/health"
CONTACTS, AT_ONCE = 100_000, 1_000
WEB_RESOURCES = 5_000
LOAD_SECONDS = 2
CONNECTIONS = 4
JSON_TYPE = {"Content-Type": "application/json"}
STARTED = re.compile(r"http://127\.0\.0\.1:(\d+)")


@dataclass(frozen=True)
class Load:
    """A request to send again and again."""

    path: str
    method: str = "GET"
    body: str = ""


READ = Load(f"{API}contacts({CONTACT_IDS[0]})?$select=fullname")
WRITE = Load(f"{API}contacts({CONTACT_IDS[0]})", "PATCH", '{"firstname":"Robin"}')
CREATE = Load(f"{API}contacts", "POST", '{"firstname":"Robin","lastname":"Sample"}')


@dataclass(frozen=True)
class Server:
    """A running server and what it takes to ask it."""

    process: subprocess.Popen[str]
    port: int
    seconds_to_start: float

    def send(self, method: str, path: str, body: str = "", **headers: str) -> Any:
        """Send one request that must go well; return its JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text) if text else None

    def headers(self) -> dict[str, str]:
        """Return what signs a request in."""
        form = {"grant_type": "client_credentials", "client_id": CLIENT_ID}
        form |= {"client_secret": CLIENT_SECRET, "scope": f"http://127.0.0.1:{self.port}/.default"}
        told = self.send("POST", f"/{TENANT_ID}/oauth2/v2.0/token", urlencode(form))
        return {"Authorization": f"Bearer {told['access_token']}", **JSON_TYPE}

    def largest_memory(self) -> float:
        """Return the most memory that it ever held, in MB; 0 where the system does not tell."""
        status = Path(f"/proc/{self.process.pid}/status")
        found = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.exists() else None
        return int(found.group(1)) / 1024 if found else 0.0


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server on a fresh state."""
    with tempfile.TemporaryDirectory() as folder:
        command = (*("-m", "d365pop", "emulator"), "--port", "0", "--state", f"{folder}/state")
        begin = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        line = process.stdout.readline() if process.stdout else ""
        started = STARTED.search(line)
        try:
            if started is None:
                raise SystemExit(f"The local Dataverse does not start: {line}")
            yield Server(process, int(started.group(1)), time.perf_counter() - begin)
        finally:
            process.terminate()
            process.communicate()


def start_row(runs: int) -> Row:
    """Compare the time until the address is told with importing what any server would import."""
    floor = [sys.executable, "-c", "import typer.main, http.server, sqlite3"]
    pairs = []
    for _ in range(runs):
        with serving() as server:
            pass
        importing = seconds(lambda: subprocess.run(floor, cwd=ROOT, check=True))
        pairs.append(server.seconds_to_start / importing)
    return Row("emulator's start / importing Typer, http.server, sqlite3", rounded(pairs))


def rounded(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f}"


def rate_rows(runs: int) -> Iterator[Row]:
    """Compare reads and writes with a fixed answer of the same server, in turn."""
    with serving() as server:
        headers = server.headers()
        for name, load, limit in (
            ("simple reads / fixed answers of the emulator", READ, "0.2"),
            ("changes / fixed answers of the emulator", WRITE, "0.1"),
            ("new rows / fixed answers of the emulator", CREATE, "0.1"),
        ):
            pairs = [
                rate(server, load, headers) / rate(server, Load(FIXED), {}) for _ in range(runs)
            ]
            yield Row(name, rounded(pairs), least=limit)


def rate(server: Server, load: Load, headers: dict[str, str]) -> float:
    """Return how many of these requests a second are answered."""
    if shutil.which("wrk"):
        return _rate_by_wrk(server, load, headers)
    return _rate_by_threads(server, load, headers)


def _rate_by_wrk(server: Server, load: Load, headers: dict[str, str]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "request.lua"
        script.write_text(f"wrk.method = '{load.method}'\nwrk.body = [[{load.body}]]\n")
        url = f"http://127.0.0.1:{server.port}{load.path}"
        told = subprocess.run(
            [
                *("wrk", f"-c{CONNECTIONS}", "-t1", f"-d{LOAD_SECONDS}s", "-s", str(script)),
                *(part for pair in headers.items() for part in ("-H", ": ".join(pair))),
                url,
            ],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    if "Non-2xx" in told:
        raise SystemExit(f"{load.path} is refused under load:\n{told}")
    return float(told.partition("Requests/sec:")[2].split()[0])


def _rate_by_threads(server: Server, load: Load, headers: dict[str, str]) -> float:
    end, counts = time.perf_counter() + LOAD_SECONDS, [0] * CONNECTIONS

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        while time.perf_counter() < end:
            connection.request(load.method, load.path, load.body, headers)
            answer = connection.getresponse()
            answer.read()
            counts[number] += answer.status < 300
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / LOAD_SECONDS


def lookup_row(runs: int) -> Row:
    """Measure a lookup by telephone number among many contacts, at the server."""
    with serving() as server:
        headers = server.headers()
        for first in range(0, CONTACTS, AT_ONCE):
            targets = [contact(first + number) for number in range(AT_ONCE)]
            path = f"{API}contacts/Microsoft.Dynamics.CRM.CreateMultiple"
            server.send("POST", path, json.dumps({"Targets": targets}), **headers)
        number = f"+1202{CONTACTS // 2:07d}"
        wanted = quote(f"telephone1 eq '{number}' or mobilephone eq '{number}'")
        server.send("DELETE", "/_emulator/requests")
        for _ in range(runs * 3):
            path = f"{API}contacts?$select=fullname&$filter={wanted}"
            if len(server.send("GET", path, **headers)["value"]) != 1:
                raise SystemExit("The contact is not found by its number.")
        told = server.send("GET", "/_emulator/requests")
        spent = [1000 * item["seconds"] for item in told if item["kind"] == "api"]
    name = f"lookup by telephone among {CONTACTS:,} contacts, ms at the server"
    return Row(name, rounded(spent), "5")


def contact(number: int) -> dict[str, str]:
    return {
        "@odata.type": "Microsoft.Dynamics.CRM.contact",
        "lastname": f"Sample {number}",
        "telephone1": f"+1202{number:07d}",
        "mobilephone": f"+1303{number:07d}",
    }


def import_rows(runs: int) -> Iterator[Row]:
    """Import many web resources; the last import meets them all."""
    scripts = {f"smp_/large/{i:05}.js": b"// large\n" * 20 for i in range(WEB_RESOURCES)}
    package = PackageSource(unique_name="Large", web_resources=scripts).zip()
    body = {
        "CustomizationFile": base64.b64encode(package).decode(),
        "OverwriteUnmanagedCustomizations": True,
        "PublishWorkflows": False,
    }
    with serving() as server:
        headers = server.headers()
        spent = best_seconds(
            lambda: server.send("POST", f"{API}ImportSolution", json.dumps(body), **headers), runs
        )
        memory = server.largest_memory()
    yield Row(f"import of {WEB_RESOURCES:,} web resources, seconds", f"{spent:.1f}", "10")
    yield Row("the most memory for it, MB", f"{memory:.0f}", "200")


def local_dataverse_rows(runs: int) -> Iterator[Row]:
    """Return everything that is measured here."""
    yield start_row(runs)
    yield from rate_rows(runs)
    yield lookup_row(runs)
    yield from import_rows(runs)

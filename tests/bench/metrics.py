"""A generated year of two million calls, summed up by the whole command in a process of its own."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import ROOT, Row
from tests.workspace import Workspace, clean_environment

YEAR = {"agents": 200, "calls": 2_000_000, "from": "2025-01-01", "days": 365}
SPAN = ("--since", "2025-01-01", "--until", "2026-01-01", "--change", "2025-07-01")

# Tells its own time and peak, since the server's are none of the reader's business.
MEASURED = """
import sys, time
from pathlib import Path
from d365pop.cli import app
begin = time.perf_counter()
try:
    app.main()
except SystemExit as end:
    assert not end.code, end.code
peak = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
sys.stderr.write(f"\\n{time.perf_counter() - begin} {peak}")
"""


def metrics_rows() -> Iterator[Row]:
    """Yield how long a year takes, and how much memory, and that nothing of it is lost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace = Workspace.make(folder)
        seed = folder / "year.json"
        seed.write_text(json.dumps({"calls": YEAR}), encoding="utf-8")
        options = ("--port", str(workspace.port), "--seed", str(seed))
        with subprocess.Popen(
            [sys.executable, "-m", "d365pop", "emulator", *options],
            cwd=folder,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as server:
            try:
                assert server.stdout
                server.stdout.readline()
                yield from summed_up(folder)
            finally:
                server.terminate()


def summed_up(folder: Path) -> Iterator[Row]:
    line = [sys.executable, "-c", MEASURED, "metrics", "--env", "local", *SPAN, "--format", "json"]
    done = subprocess.run(
        line,
        cwd=folder,
        env={**clean_environment(), "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    (calls,) = (m["value"] for m in json.loads(done.stdout)["metrics"] if m["key"] == "calls")
    if calls != YEAR["calls"]:
        raise SystemExit(f"{calls:,} calls where {YEAR['calls']:,} are")
    spent, peak = done.stderr.splitlines()[-1].split()
    name = f"a year of {calls:,} calls summed up"
    yield Row(f"{name}, in seconds", f"{float(spent):.1f}", "20")
    yield Row(f"{name}, peak", f"{int(peak) / 1024:.0f} MB", "300")

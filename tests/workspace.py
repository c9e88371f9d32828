"""A folder with a configuration of free ports, and the command line in it."""

import functools
import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from d365pop.emulator.server import RunningEmulator

ROOT = Path(__file__).parents[1]
UNTIL_TOLD = 3600.0
"""Seconds of an import that lasts until the test lets it end."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@functools.cache
def suite_ports() -> tuple[int, int]:
    """Return the ports of local Dataverse and simulator; tests run one after another.

    The same for every test, since they stand in framework.js: so bundles are made once.
    """
    return free_port(), free_port()


@functools.cache
def suite_cache() -> tempfile.TemporaryDirectory[str]:
    """Return the folder of bundles that all workspaces share; it goes with the process."""
    return tempfile.TemporaryDirectory(prefix="d365pop-bundles-", ignore_cleanup_errors=True)


@dataclass(frozen=True)
class Workspace:
    """A folder that a user would work in."""

    folder: Path
    url: str

    @classmethod
    def make(cls, folder: Path) -> "Workspace":
        """Write the repository's own configuration into ``folder``, with the suite's ports."""
        text = (ROOT / "d365pop.toml").read_text(encoding="utf-8")
        port, softphone = suite_ports()
        text = text.replace(":8365", f":{port}").replace(":8366", f":{softphone}")
        (folder / "d365pop.toml").write_text(text, encoding="utf-8")
        (folder / ".d365pop").mkdir()
        if sys.platform != "win32":  # where a link needs no privilege
            (folder / ".d365pop" / "cache").symlink_to(suite_cache().name)
        return cls(folder, f"http://127.0.0.1:{port}")

    def forget_bundles(self) -> None:
        """Let the next build bundle anew."""
        (self.folder / ".d365pop" / "cache").unlink(missing_ok=True)

    @property
    def port(self) -> int:
        """Where the local Dataverse listens."""
        return int(self.url.rpartition(":")[2])

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run d365pop as a process of its own, without a terminal."""
        return subprocess.run(
            [sys.executable, "-m", "d365pop", *arguments],
            cwd=self.folder,
            env={**clean_environment(), **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin d365pop as a process of its own, without a terminal, to be heard while it works."""
        return subprocess.Popen(
            [sys.executable, "-m", "d365pop", *arguments],
            cwd=self.folder,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run_until_it_waits(
        self, emulator: RunningEmulator, *arguments: str
    ) -> subprocess.CompletedProcess[str]:
        """Run d365pop, and let the import end that it waits for once it says that it waits."""
        heard = []
        with self.begin(*arguments) as process:
            assert process.stderr
            for line in process.stderr:
                heard.append(line)
                if "waiting for " in line:
                    emulator.hurry()
                    break
            out, rest = process.communicate(timeout=120)
        told = "".join(heard) + rest
        return subprocess.CompletedProcess(arguments, process.returncode, out, told)

    def deploy(self) -> str:
        """Deploy into the local Dataverse, which must work; return what was printed."""
        result = self.run("deploy", "--env", "local")
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def runs(self) -> list[str]:
        """Return the names of all runs, the newest last."""
        return sorted(path.name for path in (self.folder / ".d365pop" / "runs").iterdir())

    def append(self, text: str) -> None:
        """Add to the end of the configuration."""
        path = self.folder / "d365pop.toml"
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    def configure(self, before: str, after: str) -> None:
        """Change the configuration's text."""
        path = self.folder / "d365pop.toml"
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")


def clean_environment() -> dict[str, str]:
    """Return the environment without what steers d365pop, the terminal or Python's bytecode."""
    # Which browser there is steers no more than the PATH does.
    browser = {"D365POP_CHROMIUM"} & set(os.environ)
    steering = ("D365POP_", "COLUMNS", "FORCE_COLOR", "GITHUB_", "TF_BUILD")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in browser or not name.startswith((*steering, "PYTHONDONTWRITEBYTECODE"))
    }
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}

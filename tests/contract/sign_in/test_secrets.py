"""No secret leaves the program: every command, at its most talkative, against marked secrets."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer.main

from d365pop.cli.app import app
from d365pop.emulator.server import EmulatorOptions, start
from tests.contract.sign_in.cloud import HOST, SECRET, Cloud, running_cloud
from tests.local_dataverse import LocalDataverse
from tests.workspace import ROOT, clean_environment, suite_cache

MARK = b"marked-"
# Logging of every library at its most talkative, which no option of ours reaches.
TALKATIVE = (
    "import logging, sys; logging.basicConfig(level=logging.DEBUG, stream=sys.stderr);"
    "from d365pop.cli.app import main; main()"
)
SECRETS = {
    "D365POP_CLIENT_SECRET": SECRET,
    "D365POP_GENESYS_CLIENT_SECRET": "marked-genesys-secret",
    "D365POP_GENESYS__API_CLIENT_ID": "reader",
    "D365POP_GENESYS__CLIENT_ID": "softphone",
}
# Commands that end by Ctrl-C alone.
ENDLESS = {"preview", "emulator", "watch"}
# Far more than any takes: who is killed has not said all that it would.
SECONDS = 240.0


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the line of every command, with what it cannot do without."""
    if hasattr(command, "commands"):
        for name, child in sorted(command.commands.items()):
            yield from leaves(child, (*path, name))
        return
    line = list(path)
    for parameter in command.params:
        if "--env" in parameter.opts:
            line += ["--env", "prod"]
        elif "--yes" in parameter.opts:
            line += ["--yes"]
        elif parameter.required:
            line += [parameter.opts[0]] * (parameter.param_type_name == "option") + ["missing"]
    yield tuple(line)


LINES = sorted(leaves(typer.main.get_command(app)))


class Ran(NamedTuple):
    """All that a process wrote, and how it looked to others while it ran."""

    line: tuple[str, ...]
    output: bytes
    processes: bytes
    folder: Path
    ended: bool
    """Whether it came to its own end; else it was killed."""


def run(line: tuple[str, ...], folder: Path, environ: dict[str, str]) -> Ran:
    folder.mkdir()
    text = (ROOT / "d365pop.toml").read_text(encoding="utf-8")
    text += f'\n[environments.prod]\nurl = "https://{HOST}"\nsign_in = "client-secret"\n'
    text += 'client_id = "00000000-0000-4000-8000-000000000000"\n'
    (folder / "d365pop.toml").write_text(text, encoding="utf-8")
    (folder / ".d365pop").mkdir()
    (folder / ".d365pop" / "cache").symlink_to(suite_cache().name)
    with subprocess.Popen(
        [sys.executable, "-c", TALKATIVE, *line],
        cwd=folder,
        env={**environ, "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        processes = b""
        limit = time.monotonic() + (3.0 if line[0] in ENDLESS else SECONDS)
        with ThreadPoolExecutor(1) as reader:
            output = reader.submit(process.communicate)
            while process.poll() is None and time.monotonic() < limit:
                processes += command_lines(process.pid)
                time.sleep(0.1)
            ended = process.poll() is not None
            process.kill()
            return Ran(line, output.result()[0], processes, folder, ended)


def command_lines(process_id: int) -> bytes:
    """Return the argument lists of a process and its children, as everybody here sees them."""
    folder = Path("/proc") / str(process_id)
    try:
        own = (folder / "cmdline").read_bytes()
        children = (folder / "task" / str(process_id) / "children").read_text("utf-8").split()
    except OSError:
        return b""
    return own + b"".join(command_lines(int(child)) for child in children)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Ran]]:
    folder = tmp_path_factory.mktemp("secrets")
    with (
        start(EmulatorOptions()) as emulator,
        running_cloud(LocalDataverse(emulator.url), folder) as cloud,
        ThreadPoolExecutor(3) as pool,
    ):
        environ = surroundings(cloud)
        # Bundles are made once, for all.
        run(("build",), folder / "build", environ)
        jobs = [
            pool.submit(run, line, folder / str(number), environ)
            for number, line in enumerate(LINES)
        ]
        yield [job.result() for job in jobs]


def surroundings(cloud: Cloud) -> dict[str, str]:
    trusted = {"HTTPS_PROXY": cloud.proxy, "REQUESTS_CA_BUNDLE": str(cloud.ca_file)}
    none = {"CURL_CA_BUNDLE": "", "SSL_CERT_FILE": "", "NO_PROXY": "", "no_proxy": ""}
    return {**clean_environment(), **none, **trusted, **SECRETS, "COLUMNS": "200"}


def written(one: Ran) -> Iterator[tuple[str, bytes]]:
    """Yield all that a run left behind, each with its name."""
    yield "output", one.output
    yield "process list", one.processes
    for folder, _folders, files in os.walk(one.folder):
        for name in files:
            path = Path(folder) / name
            yield str(path.relative_to(one.folder)), path.read_bytes()


def test_no_byte_of_a_secret_is_written_anywhere(ran: list[Ran]) -> None:
    found = [
        f"{' '.join(one.line)}: {place}"
        for one in ran
        for place, content in written(one)
        if MARK in content
    ]
    assert found == []


def test_secrets_were_in_use_and_the_careless_answers_were_shown(ran: list[Ran]) -> None:
    by_line = {one.line[:2]: one.output for one in ran}
    doctor = by_line["doctor", "--env"]
    assert b"denied for Bearer [redacted] and [redacted]" in doctor
    deploy = by_line["deploy", "--env"]
    assert b"verified" in deploy or b"proven" in deploy.lower(), deploy.decode()[-2000:]


def test_every_command_came_to_its_end(ran: list[Ran]) -> None:
    assert {one.line[0] for one in ran if not one.ended} <= ENDLESS
    assert len(ran) > 15

"""Append-only record of a run, on disk, for people and for a rollback on another machine.

``.d365pop/runs/<run>/plan.json`` holds what is about to be done and what was there before, and is
on the disk before the first write. ``journal.jsonl`` has one JSON object a line: what begins,
what ended and how, flushed before the step that it announces. Tokens and secrets never come
here: no step holds one.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final, Self

from d365pop.deploy.plan import Plan
from d365pop.deploy.plan_file import plan_text
from d365pop.errors import ConfigurationError, PlanRefusedError
from d365pop.models import Json

FORMAT: Final = 2
PLAN: Final = "plan.json"
EVENTS: Final = "journal.jsonl"
_LOOK: Final = 0.01
"""Seconds that nobody takes to look whether a file is locked."""


class Journal:
    """The open journal of one run; a context manager."""

    def __init__(self, folder: Path, stream: IO[str]) -> None:
        self.folder = folder
        self._stream = stream

    @property
    def run(self) -> str:
        """The run's name: when it began, and where it went."""
        return self.folder.name

    def __enter__(self) -> Self:
        """Return the journal itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        # What a full disk did not take was told when it was written; closing tries it again.
        with suppress(OSError):
            self._stream.close()

    def planned(self, plan: Plan) -> None:
        """Record that the plan beside this file is about to be carried out."""
        self._append(
            "planned",
            environment=plan.environment_url,
            organization=plan.organization_id,
            kind=plan.kind,
            of_run=plan.of_run,
            steps=[step.step for step in plan.steps],
        )

    def resumed(self) -> None:
        """Record that the run goes on after it was stopped."""
        self._append("resumed")

    def starts(self, indexes: list[int]) -> None:
        """Record that these steps of the plan are about to run."""
        self._append("starts", steps=list[Json](indexes))

    def note(self, index: int, **facts: Json) -> None:
        """Record what a later run needs to find the step's outcome (an import job's id)."""
        self._append("note", step=index, **facts)

    def done(self, index: int) -> None:
        """Record that the environment confirmed the step."""
        self._append("done", step=index)

    def failed(self, index: int, reference: str, message: str) -> None:
        """Record why the step failed."""
        self._append("failed", step=index, reference=reference, message=message)

    def still_running(self, index: int, reference: str, message: str) -> None:
        """Record that our patience ended before the step did, which is no failure."""
        self._append("still-running", step=index, reference=reference, message=message)

    def proven(self) -> None:
        """Record that everything was read back as it should be."""
        self._append("proven")

    def smoke_begins(self) -> None:
        """Record that a browser begins to look at what was deployed."""
        self._append("smoke-begins")

    def smoked(self, findings: Sequence[tuple[bool, str]]) -> None:
        """Record what a browser has seen: whether each thing is right, and in words."""
        event = "smoke-passed" if all(passed for passed, _ in findings) else "smoke-failed"
        told: list[Json] = [{"passed": passed, "text": text} for passed, text in findings]
        self._append(event, findings=told)

    def rolling_back(self, by_run: str) -> None:
        """Record that the run ``by_run`` begins to take this one back."""
        self._append("rolling-back", by_run=by_run)

    def rolled_back(self, by_run: str) -> None:
        """Record that the run ``by_run`` took this one back."""
        self._append("rolled-back", by_run=by_run)

    def _append(self, event: str, **facts: Json) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        record = {"format": FORMAT, "at": now, "event": event, **facts}
        try:
            self._stream.write(json.dumps(record, sort_keys=True) + "\n")
            self._stream.flush()
            if event != "done":  # a step that is looked at again is no harm
                os.fsync(self._stream.fileno())
        except OSError as error:
            raise _unwritable(self.folder, error) from error


def open_journal(runs: Path, environment: str, plan: Plan) -> Journal:
    """Make the folder of a new run, with its plan in it, and open its journal.

    Raises:
        ConfigurationError: the folder cannot be written; nothing was sent yet.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kind = "" if plan.kind == "deploy" else f"-{plan.kind}"
    try:
        folder = _new_folder(runs, f"{stamp}-{environment}{kind}")
    except OSError as error:
        raise _unwritable(runs, error) from error
    try:
        _write_plan(folder / PLAN, plan_text(plan, environment))
        stream = (folder / EVENTS).open("x", encoding="utf-8")
        journal = Journal(folder, stream)
        _sync_names(folder)
        _sync_names(runs)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _unwritable(runs, error) from error
    _claim(journal.folder, stream)
    try:
        journal.planned(plan)
    except ConfigurationError:
        with suppress(OSError):
            stream.close()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return journal


def reopen_journal(folder: Path) -> Journal:
    """Open the journal of a run that was stopped, to go on with it.

    Raises:
        ConfigurationError: it cannot be written.
        PlanRefusedError: another process is at work on the run.
    """
    try:
        stream = (folder / EVENTS).open("a+", encoding="utf-8")
        _claim(folder, stream)
        stream.seek(0)
        if (text := stream.read()) and not text.endswith("\n"):
            stream.write("\n")  # a kill tore the last line
    except OSError as error:
        raise _unwritable(folder, error) from error
    return Journal(folder, stream)


def _claim(folder: Path, stream: IO[str]) -> None:
    """Hold the run for this process; the system lets go of it when the file is closed, or we end.

    Windows and file systems without locks go without: a second writer is then seen by what it
    changed, as one on another machine is.
    """
    try:
        _lock(stream)
    except BlockingIOError as error:
        stream.close()
        raise PlanRefusedError(
            "run-at-work",
            f"Another d365pop is at work on the run {folder.name}.",
            context="Both would write to the same environment; nothing was written by this one.",
            hint="Try again when it has ended, or end it with Ctrl-C first.",
        ) from error
    except OSError:
        return


def is_at_work(folder: Path) -> bool:
    """Return whether a process holds the run in ``folder``, as far as locks tell."""
    try:
        with (folder / EVENTS).open("r+", encoding="utf-8") as stream:
            _lock(stream, tries=1)
    except BlockingIOError:
        return True
    except OSError:
        pass  # a folder that is only read has nobody who writes
    return False


def _lock(stream: IO[str], tries: int = 5) -> None:
    """Lock the file; who only looks whether it is, holds it for no time: try again.

    Raises:
        BlockingIOError: another process holds it.
    """
    if sys.platform == "win32":
        return
    import fcntl  # noqa: PLC0415 - Windows has none

    for left in reversed(range(tries)):
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not left:
                raise
            time.sleep(_LOOK)
        else:
            return


def _write_plan(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_names(folder: Path) -> None:
    """Flush which files a folder has: a file on the disk without its name is lost."""
    if os.name == "nt":  # Windows opens no folders, and NTFS journals names itself
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _new_folder(runs: Path, name: str) -> Path:
    runs.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, 1000):
        folder = runs / (name if attempt == 1 else f"{name}-{attempt}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(f"{runs} holds a thousand runs of this second")


def _unwritable(folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        "journal-unwritable",
        f"The journal in {folder} cannot be written.",
        context=str(error),
        hint="Free some space, or run d365pop in a folder that you may write to.",
    )

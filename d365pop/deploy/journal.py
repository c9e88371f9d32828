"""Append-only record of a run: what is about to be done and what was there before, on disk.

One JSON object a line in ``.d365pop/runs/<run>/journal.jsonl``, flushed before the step it
announces, so that a killed run can be understood and undone. Tokens and secrets never come here:
no step holds one.
"""

import base64
import dataclasses
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final, Self

from d365pop.deploy.plan import Plan, Step
from d365pop.errors import ConfigurationError
from d365pop.models import Json

FORMAT: Final = 1


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
        self._stream.close()

    def planned(self, plan: Plan) -> None:
        """Record the whole plan, before anything is written."""
        self._append(
            "planned",
            environment=plan.environment_url,
            organization=plan.organization_id,
            steps=[_as_json(step) for step in plan.steps],
        )

    def starts(self, index: int) -> None:
        """Record that the step at ``index`` of the plan is about to run."""
        self._append("starts", step=index)

    def note(self, index: int, **facts: Json) -> None:
        """Record what a later run needs to find the step's outcome (an import job's id)."""
        self._append("note", step=index, **facts)

    def done(self, index: int) -> None:
        """Record that the environment confirmed the step."""
        self._append("done", step=index)

    def failed(self, index: int, reference: str, message: str) -> None:
        """Record why the step failed."""
        self._append("failed", step=index, reference=reference, message=message)

    def proven(self) -> None:
        """Record that everything was read back as it should be."""
        self._append("proven")

    def _append(self, event: str, **facts: Json) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        record = {"format": FORMAT, "at": now, "event": event, **facts}
        try:
            self._stream.write(json.dumps(record, sort_keys=True) + "\n")
            self._stream.flush()
            os.fsync(self._stream.fileno())
        except OSError as error:
            raise _unwritable(self.folder, error) from error


def open_journal(runs: Path, environment: str) -> Journal:
    """Make the folder of a new run and open its journal.

    Raises:
        ConfigurationError: the folder cannot be written; nothing was sent yet.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    try:
        folder = _new_folder(runs, f"{stamp}-{environment}")
        return Journal(folder, (folder / "journal.jsonl").open("x", encoding="utf-8"))
    except OSError as error:
        raise _unwritable(runs, error) from error


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


def _as_json(step: Step) -> dict[str, Json]:
    values: dict[str, Json] = {"step": type(step).__name__}
    for each in dataclasses.fields(step):
        value = getattr(step, each.name)
        if isinstance(value, bytes):
            values[each.name] = base64.b64encode(value).decode("ascii")
        elif isinstance(value, tuple):
            values[each.name] = list(value)
        else:
            values[each.name] = value
    return values


def _unwritable(folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        "journal-unwritable",
        f"The journal in {folder} cannot be written.",
        context=str(error),
        hint="Free some space, or run d365pop in a folder that you may write to.",
    )

"""Reads back the JSON report of a command's runs."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from d365pop.report.runs import CommandReport, RunReport


class _Document(BaseModel):
    """The shape of ``schemas/run-1.json``; keys that are newer are no harm."""

    model_config = ConfigDict(extra="ignore")
    format: Literal[1]
    command: str
    runs: tuple[RunReport, ...]


def parse_report(text: bytes) -> CommandReport:
    """Return the report that ``text`` holds.

    Raises:
        ValueError: it is no report of format 1.
    """
    document = _Document.model_validate_json(text)
    return CommandReport(document.command, document.runs)

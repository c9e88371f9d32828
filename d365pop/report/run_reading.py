"""Reads back the JSON report of a command's runs."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

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
        ValueError: it is no report of format 1; the message says where.
    """
    try:
        document = _Document.model_validate_json(text)
    except ValidationError as error:
        first, *_ = error.errors(include_url=False, include_input=False)
        where = ".".join(map(str, first["loc"]))
        raise ValueError(": ".join(filter(None, (where, first["msg"])))) from error
    return CommandReport(document.command, document.runs)

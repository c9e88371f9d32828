"""Asks Application Insights what the softphone page has told it; knows the API, and no metric.

Source: Microsoft, "Azure Monitor Application Insights REST API", query and its errors.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeAlias
from urllib.parse import quote

from d365pop.models import Json
from d365pop.redaction import hide, redact
from d365pop.spans import Span
from d365pop.transport import Request, Response, Transport, host_of

TableRow: TypeAlias = dict[str, Json]
_LONGEST: Final = 300

# The role is what webresources/src/core/ingestion.js calls itself.
_EVENTS: Final = (
    'customEvents | where cloud_RoleName == "d365pop"'
    " | where timestamp >= datetime({begin}) and timestamp < datetime({end})"
)


class InsightsError(Exception):
    """Application Insights gave no answer to count with; the text says why."""


@dataclass(frozen=True, slots=True)
class Insights:
    """One resource of Application Insights; may be used from several threads."""

    transport: Transport = field(repr=False)
    token: Callable[[], str] = field(repr=False)
    application_id: str
    origin: str
    """Of the query API: clouds have hosts of their own."""

    def rows(self, span: Span, query: str) -> list[TableRow]:
        """Return what ``query`` makes of the softphone's events in ``span``.

        Raises:
            InsightsError: it is refused, answered in part, or by something else.
            NetworkError: no answer came.
        """
        begin, end = (f"{when:%Y-%m-%dT%H:%M:%SZ}" for when in (span.begin, span.end))
        events = _EVENTS.format(begin=begin, end=end)
        path = f"/v1/apps/{self.application_id}/query?timespan={quote(f'{begin}/{end}')}"
        response = self.transport.send(
            Request(
                "POST",
                self.origin + path,
                {
                    "Authorization": f"Bearer {hide(self.token())}",
                    "Accept": "application/json",
                    "Content-Type": "application/json",
                },
                json.dumps({"query": f"{events} {query}"}).encode(),
                idempotent=True,
            )
        )
        return _table(response, host_of(self.origin))


def _table(response: Response, host: str) -> list[TableRow]:
    try:
        body = response.json()
    except ValueError:
        body = None
    error = body.get("error") if isinstance(body, dict) else None
    if response.status != HTTPStatus.OK:
        raise InsightsError(_refusal(response.status, host, error))
    if error is not None:
        # Documented: PartialError comes with 200, and with the rows that there were.
        raise InsightsError(f"{host} answered in part only{_told(error)}")
    tables = body.get("tables") if isinstance(body, dict) else None
    rows = _rows(tables[0]) if isinstance(tables, list) and tables else None
    if rows is None:
        raise InsightsError(f"{host} did not answer as Application Insights does")
    return rows


def _rows(table: Json) -> list[TableRow] | None:
    """Return the rows by column; None where the table's columns do not tell what a row holds."""
    if not isinstance(table, dict):
        return None
    columns, rows = table.get("columns"), table.get("rows")
    if not isinstance(columns, list) or not isinstance(rows, list):
        return None
    described = [column for column in columns if isinstance(column, dict)]
    found = [row for row in rows if isinstance(row, list)]
    if any("name" not in column for column in described):
        return None
    if any(len(row) != len(described) for row in found):
        return None
    names = [str(column["name"]) for column in described]
    return [dict(zip(names, row, strict=True)) for row in found]


def _refusal(status: int, host: str, error: Json) -> str:
    match status:
        case HTTPStatus.UNAUTHORIZED:
            why = f"{host} does not accept the token"
        case HTTPStatus.FORBIDDEN:
            why = f"{host} refuses this sign-in: it needs the role Reader on the resource"
        case HTTPStatus.TOO_MANY_REQUESTS:
            why = f"{host} is asked too much at present; try again in a few minutes"
        case HTTPStatus.NOT_FOUND:
            why = f"{host} has no resource with the connection string's ApplicationId"
        case _:
            why = f"{host} refused the query (HTTP {status})"
    return why + _told(error)


def _told(error: Json) -> str:
    """Return what the service says of it, with the cause that lies inside."""
    if not isinstance(error, dict):
        return ""
    texts = [error.get("message")]
    inner = error.get("innererror")
    if isinstance(inner, dict):
        texts.append(inner.get("message"))
    said = " ".join(redact(text.strip()) for text in texts if isinstance(text, str))
    return f": {said[:_LONGEST]}" if said else ""

"""Stands in for the query API of Application Insights, which answers with tables.

Documented: the address, the bearer token, ``tables`` with ``columns`` and ``rows``, the shape of
errors, and that a part of an answer comes as 200 with ``PartialError``. ASSUMED: what the queries
themselves find, since nothing here reads Kusto: each is told apart by its words, and answered with
the columns that it asks for.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

TOKEN = "marked-insights-token"
APPLICATION = "44444444-4444-4444-8444-444444444444"
CONNECTION = f"InstrumentationKey={APPLICATION};ApplicationId={APPLICATION}"

EVENTS = ("name", "outcome", "action", "code", "result", "state", "stars", "n", "begin")
SPREAD = ("n", "total", "median", "p90")


def pop(outcome: str, n: int, code: str = "") -> list[Any]:
    return ["screen pop", outcome, "auto", code, "", "", None, n]


def event(name: str, n: int, *, result: str = "", state: str = "", stars: Any = None) -> list[Any]:
    return [name, "", "", "", result, state, stars, n]


@dataclass
class Told:
    """What the server answers with, by the query that asks for it."""

    events: list[list[Any]] = field(
        default_factory=lambda: [
            pop("one", 60),
            pop("many", 15),
            pop("none", 25),
            pop("failed", 3, "0x80072322"),
            event("dial", 40, result="placed"),
            event("dial", 2, result="no-number"),
            event("connection", 9, state="connected"),
            event("connection", 1, state="blocked"),
            event("satisfaction", 3, stars=5),
            event("satisfaction", 1, stars=1),
        ]
    )
    offers: list[list[Any]] = field(default_factory=lambda: [[20, 12]])
    ring: list[list[Any]] = field(default_factory=lambda: [[60, 54_000.0, 800.0, 1500.0]])
    note: list[list[Any]] = field(default_factory=lambda: [[30, 600_000.0, 18_000.0, 41_000.0]])
    begin: str = "2025-01-01T08:00:00.1234567Z"
    """When the first event came."""
    status: int = HTTPStatus.OK
    retry_after: str = ""
    error: dict[str, Any] | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, query: str) -> dict[str, Any]:
        columns: tuple[str, ...]
        if "by operation_Id" in query:
            columns, rows = ("offers", "accepted"), self.offers
        elif '"first note"' in query:
            columns, rows = SPREAD, self.note
        elif "percentilew" in query:
            columns, rows = SPREAD, self.ring
        else:
            columns, rows = EVENTS, [[*row, self.begin] for row in self.events]
        named = [{"name": name, "type": "dynamic"} for name in columns]
        return {"tables": [{"name": "PrimaryResult", "columns": named, "rows": rows}]}


class _Handler(BaseHTTPRequestHandler):
    told: ClassVar[Told]

    def do_POST(self) -> None:
        told, parts = self.told, urlsplit(self.path)
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["query"]
        told.asked.append({"query": query, "timespan": parse_qs(parts.query)["timespan"][0]})
        status, body = told.status, told.answer(query)
        if not re.fullmatch(rf"/v1/apps/{APPLICATION}/query", parts.path):
            status = HTTPStatus.NOT_FOUND
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            status = HTTPStatus.UNAUTHORIZED
        if status != HTTPStatus.OK:
            body = {}
        if told.error is not None:
            body["error"] = told.error
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        if told.retry_after:
            self.send_header("Retry-After", told.retry_after)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Stay silent."""


@contextmanager
def running_insights() -> Iterator[tuple[str, Told]]:
    """Yield the origin of a server of its own, and what it tells."""
    told = Told()
    handler = type("Handler", (_Handler,), {"told": told})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

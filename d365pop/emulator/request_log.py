"""What was asked since the start, for people and tests; knows no meaning of a path."""

import threading
from dataclasses import asdict, dataclass
from enum import StrEnum

from d365pop.emulator.protocol import Json

LONGEST = 100_000


class RequestKind(StrEnum):
    """What a request was for."""

    API = "api"
    TOKEN = "token"  # noqa: S105 - a kind of request
    SHELL = "shell"
    ADMIN = "admin"
    STATIC = "static"


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One answered request."""

    method: str
    path: str
    query: str
    status: int
    kind: RequestKind
    writes: bool
    """A POST, PATCH, PUT or DELETE on the Web API."""
    seconds: float


class RequestLog:
    """The newest requests, oldest first."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._entries: list[LoggedRequest] = []

    def add(self, entry: LoggedRequest) -> None:
        """Note a request."""
        with self._guard:
            self._entries.append(entry)
            del self._entries[:-LONGEST]

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._entries.clear()

    def as_json(self) -> list[Json]:
        """Return the requests for an answer."""
        with self._guard:
            return [dict(asdict(entry)) for entry in self._entries]

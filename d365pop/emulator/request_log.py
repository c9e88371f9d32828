"""What was asked since the start, for people and tests; knows no meaning of a path."""

import threading
from collections import deque
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TextIO

from d365pop.emulator.protocol import Json

LONGEST = 10_000


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

    def __init__(self, told: TextIO | None = None) -> None:
        self._told = told
        self._guard = threading.Lock()
        self._entries = deque[LoggedRequest](maxlen=LONGEST)

    def add(self, entry: LoggedRequest) -> None:
        """Note a request."""
        with self._guard:
            self._entries.append(entry)
            if self._told is not None:
                # The query stays out: it may hold names and numbers of people.
                line = f"{entry.method} {entry.path} {entry.status} {entry.seconds:.3f} s"
                with suppress(OSError):  # who reads it may have gone: that costs no answer
                    self._told.write(line + "\n")

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._entries.clear()

    def brief(self) -> list[tuple[str, str, int]]:
        """Return method, path and status of each request."""
        with self._guard:
            return [(entry.method, entry.path, entry.status) for entry in self._entries]

    def as_json(self) -> list[Json]:
        """Return the requests for an answer."""
        with self._guard:
            return [dict(asdict(entry)) for entry in self._entries]

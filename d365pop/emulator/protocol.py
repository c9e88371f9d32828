"""What a request and a response are; knows no socket and no route."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, "Json"]

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def joined_headers(lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return header lines by their names in lower case.

    Lines of one name are one list, as two of ``Prefer`` in Microsoft's own examples.
    """
    headers: dict[str, str] = {}
    for name, value in lines:
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; ``path`` and ``query`` are percent-encoded, header names lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @property
    def reads_only(self) -> bool:
        """Whether the method promises not to change anything."""
        return self.method in READING_METHODS

    def header(self, name: str) -> str:
        """Return the header's value, empty where it is absent."""
        return self.headers.get(name.lower(), "")


class HangUp(StrEnum):
    """How the connection ends in place of an answer, if it does."""

    NEVER = ""
    DROP = "drop"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response; a header may occur twice, as it does on the platform."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    hang_up: HangUp = HangUp.NEVER

    def header(self, name: str) -> str:
        """Return the first value of the header, empty where it is absent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def json(self) -> Json:
        """Return the body as JSON."""
        value: Json = json.loads(self.body)
        return value


def json_response(
    status: int,
    value: Json,
    *,
    headers: tuple[tuple[str, str], ...] = (),
    content_type: str = "application/json; charset=utf-8",
) -> Response:
    """Return a response that carries ``value``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # A message may quote half of a surrogate pair; escaped it is still JSON.
    body = text.encode(errors="backslashreplace")
    return Response(status, (("Content-Type", content_type), *headers), body)


def text_response(status: int, text: str) -> Response:
    """Return a plain text response."""
    return Response(status, (("Content-Type", "text/plain; charset=utf-8"),), text.encode())

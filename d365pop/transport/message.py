"""Requests and responses as values; knows no HTTP library."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from d365pop.models import Json

CONNECT_SECONDS = 10.0
READ_SECONDS = 120.0


class Headers(Mapping[str, str]):
    """Header fields by name, whatever the case of the name."""

    def __init__(self, fields: Mapping[str, str] | None = None) -> None:
        self._fields = {name.lower(): value for name, value in (fields or {}).items()}

    def __getitem__(self, name: str) -> str:
        """Return the value of the field ``name``."""
        return self._fields[name.lower()]

    def __contains__(self, name: object) -> bool:
        """Tell whether the field is there."""
        return isinstance(name, str) and name.lower() in self._fields

    def __iter__(self) -> Iterator[str]:
        """Walk over the names, in lower case."""
        return iter(self._fields)

    def __len__(self) -> int:
        """Count the fields."""
        return len(self._fields)

    def __repr__(self) -> str:
        """Name the fields only: values can be tokens."""
        return f"Headers({sorted(self._fields)})"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP call.

    ``idempotent`` says that sending it twice does no more than sending it once; only such a call
    is repeated when it is unknown whether the server acted. ``timeout`` is (connect, read), in
    seconds.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    idempotent: bool = False
    timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS)


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer, whatever its status."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)

    @property
    def is_page(self) -> bool:
        """Whether it is a page for people, as proxies and gateways put in an API's place."""
        return self.headers.get("Content-Type", "").lower().startswith("text/html")

    @property
    def text(self) -> str:
        """The body as text; never fails."""
        return self.body.decode("utf-8-sig", errors="replace")

    def json(self) -> Json:
        """Return the body read as JSON.

        Raises:
            ValueError: it is no JSON.
        """
        return cast("Json", json.loads(self.text))


class Sender(Protocol):
    """Sends one request once. A plain function ``Request -> Response`` is one."""

    def __call__(self, request: Request, /) -> Response:
        """Return the answer, whatever its status.

        Raises:
            NetworkError: there is none.
        """

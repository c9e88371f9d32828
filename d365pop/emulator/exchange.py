"""One request to the Web API: its body, its preferences, its answer; knows no table."""

import json
import re
from dataclasses import dataclass
from http import HTTPStatus

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.faults import Fault, bad_request
from d365pop.emulator.protocol import Json, JsonObject, Request, Response, json_response

CONTENT_TYPE = "application/json; odata.metadata=minimal"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request to the Web API with what was found out about it."""

    environment: Environment
    caller: Caller
    request: Request
    root: str
    """Address of the Web API, ending in a slash."""

    def body(self) -> JsonObject:
        """Return the JSON object that was sent.

        Raises:
            Fault: the body is none.
        """
        try:
            value: Json = json.loads(self.request.body or b"{}")
        except ValueError as exc:
            raise bad_request(f"An error occurred while reading the JSON body: {exc}") from exc
        if not isinstance(value, dict):
            raise bad_request("An object was expected as the body of the request.")
        return value

    def prefers(self, word: str) -> bool:
        """Whether a ``Prefer`` header asks for it."""
        return word in self.request.header("prefer")

    def number_preferred(self, name: str) -> int:
        """Return the number of a preference, 0 where there is none."""
        match = re.search(rf"{re.escape(name)}\s*=\s*(\d+)", self.request.header("prefer"))
        return int(match.group(1)) if match else 0

    def answer(self, value: Json, status: int = HTTPStatus.OK) -> Response:
        """Return JSON as the Web API does."""
        return json_response(status, value, content_type=CONTENT_TYPE)


def fault_response(fault: Fault) -> Response:
    """Return a fault in the platform's error shape."""
    body: Json = {"error": {"code": fault.code, "message": fault.message}}
    return json_response(fault.status, body, headers=fault.headers, content_type=CONTENT_TYPE)

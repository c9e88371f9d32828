"""One request to the Web API: its body, its preferences, its answer; knows no table."""

import json
import re
from dataclasses import dataclass
from http import HTTPStatus

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.error_details import error_details
from d365pop.emulator.faults import Fault, bad_request
from d365pop.emulator.numerals import natural_or
from d365pop.emulator.protocol import Json, JsonObject, Request, Response, json_response

CONTENT_TYPE = "application/json; odata.metadata=minimal"
MOST_COUNTED = 5000
ANNOTATIONS = "odata.include-annotations"
PREFERENCE = re.compile(r'([^\s,;="]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]*)))?')


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request to the Web API with what was found out about it."""

    environment: Environment
    caller: Caller
    request: Request
    root: str
    """Address of the Web API, ending in a slash."""

    @property
    def address(self) -> str:
        """What was asked for, as an absolute address without its query."""
        path = self.request.path.partition("/api/data/")[2].partition("/")[2]
        return self.root + path

    def body(self) -> JsonObject:
        """Return the JSON object that was sent.

        Raises:
            Fault: the body is none.
        """
        try:
            value: Json = json.loads(self.request.body or b"{}")
        except (ValueError, RecursionError) as exc:
            raise bad_request(f"An error occurred while reading the JSON body: {exc}") from exc
        if not isinstance(value, dict):
            raise bad_request("An object was expected as the body of the request.")
        return value

    def preferences(self) -> dict[str, str]:
        """Return what the ``Prefer`` header asks for, names in lower case."""
        return preferences(self.request)

    def number_preferred(self, name: str) -> int:
        """Return the number of a preference, 0 where there is none."""
        return natural_or(self.preferences().get(name, ""), 0)

    def applied(self, *names: str) -> tuple[tuple[str, str], ...]:
        """Return the header that tells which of these preferences were followed."""
        given = self.preferences()
        shown = [
            f"{name}={given[name]}" if given[name].isalnum() else f'{name}="{given[name]}"'
            for name in names
            if name in given
        ]
        return (("Preference-Applied", ", ".join(shown)),) if shown else ()

    def answer(
        self,
        value: Json,
        status: int = HTTPStatus.OK,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Response:
        """Return JSON as the Web API does."""
        return json_response(status, value, headers=headers, content_type=CONTENT_TYPE)


def counted(count: int) -> Response:
    """Return a number of rows: text behind a byte order mark, and never more, as documented."""
    text = f"\ufeff{min(count, MOST_COUNTED)}".encode()
    return Response(HTTPStatus.OK, (("Content-Type", "text/plain"),), text)


def preferences(request: Request) -> dict[str, str]:
    """Return what the ``Prefer`` header asks for, names in lower case."""
    found = PREFERENCE.findall(request.header("prefer"))
    return {name.lower(): quoted or bare for name, quoted, bare in found}


def fault_response(request: Request, fault: Fault) -> Response:
    """Return a fault in the platform's error shape, with the annotations that were asked for."""
    error: JsonObject = {"code": fault.code, "message": fault.message}
    asked = preferences(request).get(ANNOTATIONS, "")
    if asked:
        error |= error_details(asked, fault)
    body: Json = {"error": error}
    return json_response(fault.status, body, headers=fault.headers, content_type=CONTENT_TYPE)

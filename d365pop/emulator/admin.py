"""The emulator's own interface under ``/_emulator/``: what tests and pipelines steer it with."""

import json
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from d365pop import __version__
from d365pop.emulator import seed
from d365pop.emulator.applications import read_application, register
from d365pop.emulator.disturbances import parse_rule
from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import Fault, bad_request
from d365pop.emulator.protocol import Json, JsonObject, Request, Response, json_response
from d365pop.emulator.publication import publications
from d365pop.emulator.request_log import RequestLog

PREFIX = "/_emulator/"
NO_CONTENT = Response(HTTPStatus.NO_CONTENT)


@dataclass
class Admin:
    """Answers for one environment; snapshots live as long as the server."""

    environment: Environment
    log: RequestLog
    routes: Callable[[], list[Json]]
    """What is served; asked for where it is known, since the pages here are some of it."""
    assumptions: Callable[[], list[Json]]
    _snapshots: dict[str, sqlite3.Connection] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            Fault: there is no such page, or the body does not fit.
        """
        name = request.path.removeprefix(PREFIX)
        handler = ROUTES.get((request.method, name))
        if handler is not None:
            return handler(self, request)
        methods = [method for method, path in ROUTES if path == name]
        if methods:
            told = f"No such page: {request.path} takes {', '.join(methods)}."
            raise Fault(HTTPStatus.NOT_FOUND, "", told)
        pages = ", ".join(sorted({path for _, path in ROUTES}))
        raise Fault(HTTPStatus.NOT_FOUND, "", f"No such page: {request.path}; there are {pages}.")

    def health(self, request: Request) -> Response:
        """Tell who answers."""
        del request
        return json_response(200, {"product": "d365pop-emulator", "version": __version__})

    def publications(self, request: Request) -> Response:
        """Return how often something was published: the shell asks whether it is old."""
        del request
        return json_response(200, {"publications": publications(self.environment)})

    def requests(self, request: Request) -> Response:
        """Return the trace."""
        del request
        return json_response(200, self.log.as_json())

    def forget_requests(self, request: Request) -> Response:
        """Begin the trace anew."""
        del request
        self.log.clear()
        return NO_CONTENT

    def reset(self, request: Request) -> Response:
        """Bring everything back to a fresh environment without faults."""
        del request
        with self.environment.lock.held_for("Reset"):
            seed.reset(self.environment)
            _serve_definitions(self.environment)
        self.environment.disturbances.clear()
        return NO_CONTENT

    def faults(self, request: Request) -> Response:
        """Return the faults in force."""
        del request
        return json_response(200, self.environment.disturbances.as_json())

    def add_fault(self, request: Request) -> Response:
        """Put a fault in force."""
        self.environment.disturbances.add(parse_rule(_body(request)))
        return NO_CONTENT

    def clear_faults(self, request: Request) -> Response:
        """End all faults; what is drawn begins anew."""
        del request
        self.environment.disturbances.clear()
        return NO_CONTENT

    def snapshot(self, request: Request) -> Response:
        """Keep the present state under a name."""
        name = _name(request)
        with self.environment.lock.held_for("Snapshot"), self._guard:
            before = self._snapshots.get(name)
            self._snapshots[name] = self.environment.store.snapshot()
            if before is not None:
                before.close()
        return NO_CONTENT

    def restore(self, request: Request) -> Response:
        """Bring a kept state back; it stays kept."""
        name = _name(request)
        with self.environment.lock.held_for("Restore"), self._guard:
            kept = self._snapshots.get(name)
            if kept is None:
                raise Fault(HTTPStatus.NOT_FOUND, "", f"There is no snapshot '{name}'.")
            self.environment.store.restore(kept)
            _serve_definitions(self.environment)
            self.environment.privileges.clear()
        return NO_CONTENT

    def application(self, request: Request) -> Response:
        """Register an application in the directory."""
        try:
            application = read_application(_body(request))
        except ValueError as exc:
            raise bad_request(f"An application cannot be read: {exc}") from exc
        register(self.environment, application)
        return NO_CONTENT

    def fidelity(self, request: Request) -> Response:
        """Return every route with what it rests on."""
        del request
        return json_response(200, self.routes())

    def assumed(self, request: Request) -> Response:
        """Return every behaviour that no document and no recording shows."""
        del request
        return json_response(200, self.assumptions())


ROUTES: Mapping[tuple[str, str], Callable[[Admin, Request], Response]] = {
    ("GET", "health"): Admin.health,
    ("GET", "publications"): Admin.publications,
    ("GET", "requests"): Admin.requests,
    ("DELETE", "requests"): Admin.forget_requests,
    ("POST", "reset"): Admin.reset,
    ("GET", "faults"): Admin.faults,
    ("POST", "faults"): Admin.add_fault,
    ("DELETE", "faults"): Admin.clear_faults,
    ("POST", "snapshot"): Admin.snapshot,
    ("POST", "restore"): Admin.restore,
    ("POST", "applications"): Admin.application,
    ("GET", "fidelity"): Admin.fidelity,
    ("GET", "assumed"): Admin.assumed,
}


def _serve_definitions(environment: Environment) -> None:
    from d365pop.emulator.customizing.catalog import serve_definitions  # noqa: PLC0415 - rare

    serve_definitions(environment)


def _body(request: Request) -> JsonObject:
    try:
        value: Json = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as exc:
        raise bad_request(f"The body is no JSON: {exc}") from exc
    if not isinstance(value, dict):
        raise bad_request("An object was expected as the body.")
    return value


def _name(request: Request) -> str:
    name = _body(request).get("name", "default")
    if not isinstance(name, str) or not name:
        raise bad_request("The name of a snapshot is a text.")
    return name

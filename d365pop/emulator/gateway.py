"""Request in, response out: hosts, sign-in, routing, the log and the shape of errors."""

import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from d365pop.emulator import seed, token_endpoint
from d365pop.emulator.admin import Admin
from d365pop.emulator.auth import SESSION_COOKIE, TENANT_ID, Sessions
from d365pop.emulator.cors import allowing, preflight
from d365pop.emulator.disturbed import disturbed
from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.exchange import fault_response
from d365pop.emulator.faults import UNEXPECTED, Fault, method_not_allowed
from d365pop.emulator.hosts import from_elsewhere, is_loopback, same_origin
from d365pop.emulator.platform_headers import PlatformHeaders
from d365pop.emulator.protection import Protection
from d365pop.emulator.protocol import Json, Request, Response, text_response
from d365pop.emulator.request_log import LoggedRequest, RequestKind, RequestLog
from d365pop.emulator.security.guard import check_member, on_behalf_of
from d365pop.emulator.state_file import is_unwritable
from d365pop.emulator.static_files import serve_shell_file, serve_web_resource, shell_page

DISTURBED = frozenset({RequestKind.API, RequestKind.TOKEN, RequestKind.STATIC})
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gateway:
    """The whole server, without a socket."""

    environment: Environment
    sessions: Sessions = field(default_factory=Sessions)
    log: RequestLog = field(default_factory=RequestLog)
    protection: Protection = field(default_factory=Protection)
    admin: Admin = field(init=False)
    platform: PlatformHeaders = field(init=False)
    clock: Callable[[], float] = time.perf_counter
    scheme: str = "http"
    hosts: tuple[str, ...] = ()
    """Further host names that a request may name, besides the loopback ones."""

    def __post_init__(self) -> None:
        """Make what steers the environment."""
        object.__setattr__(self, "admin", Admin(self.environment, self.log, _routes, _assumptions))
        headers = PlatformHeaders(seed.ORGANIZATION_ID, secure=self.scheme == "https")
        object.__setattr__(self, "platform", headers)

    def handle(self, request: Request) -> Response:
        """Answer a request; never raises."""
        kind, begun = kind_of(request.path), self.clock()
        try:
            if kind in DISTURBED:
                response = disturbed(self.environment, request, lambda: self._answer(request, kind))
            else:
                response = self._answer(request, kind)
        except Fault as fault:
            response = fault_response(request, fault)
        except Exception as exc:
            # One broken request must not end the server; the person needs to see what broke.
            if is_unwritable(exc):
                LOGGER.warning("%s %s failed: %s", request.method, request.path, exc)
            else:
                LOGGER.exception("%s %s failed", request.method, request.path)
            detail = f"{type(exc).__name__}: {exc}" if isinstance(exc, sqlite3.Error) else str(exc)
            told = f"An unexpected error occurred in the emulator. {detail}"
            response = fault_response(request, Fault(500, UNEXPECTED, told))
        if kind is RequestKind.API:
            further = (*allowing(request), *self.platform.headers(request))
            response = replace(response, headers=(*response.headers, *further))
        self._note(request, response, kind, self.clock() - begun)
        return response

    def _note(
        self, request: Request, response: Response, kind: RequestKind, seconds: float
    ) -> None:
        if kind is RequestKind.ADMIN:
            return
        writes = kind is RequestKind.API and not request.reads_only
        self.log.add(
            LoggedRequest(
                request.method,
                request.path,
                request.query,
                response.status,
                kind,
                writes,
                round(seconds, 6),
            )
        )

    def _answer(self, request: Request, kind: RequestKind) -> Response:
        host = request.header("host")
        if not is_loopback(host, self.hosts if kind is not RequestKind.ADMIN else ()):
            return text_response(HTTPStatus.MISDIRECTED_REQUEST, f"Unknown host '{host}'.\n")
        base = f"{self.scheme}://{host}"
        match kind:
            case RequestKind.API:
                return self._api(request, base)
            case RequestKind.TOKEN:
                return token_endpoint.issue(
                    self.environment, self.sessions, request, base, self.hosts
                )
            case RequestKind.ADMIN:
                return self._admin(request, base)
            case RequestKind.SHELL:
                return self._shell(request)
            case RequestKind.STATIC:
                return self._static(request)

    def _api(self, request: Request, base: str) -> Response:
        asked = preflight(request)
        if asked is not None:
            return asked
        user_id, by_cookie = self._signed_in(request)
        if not user_id:
            return _challenge(base)
        if by_cookie and not request.reads_only and not same_origin(request, base):
            return _foreign_origin()
        check_member(self.environment, user_id)
        caller = on_behalf_of(
            self.environment,
            Caller(user_id, request.header("mscrm.solutionuniquename")),
            request.header("callerobjectid"),
            request.header("mscrmcallerid"),
        )
        from d365pop.emulator import web_api  # noqa: PLC0415 - half of the start; see warm_up

        remaining, begun = self.protection.enter(user_id), self.clock()
        try:
            response = web_api.handle(self.environment, caller, request, base)
        finally:
            self.protection.leave(user_id, self.clock() - begun)
        return replace(response, headers=(*response.headers, *_remaining(*remaining)))

    def _signed_in(self, request: Request) -> tuple[str, bool]:
        """Return the user, and whether a cookie tells."""
        scheme, _, token = request.header("authorization").partition(" ")
        if scheme.lower() == "bearer":
            return self.sessions.user_of_token(token.strip()), False
        return self.sessions.user_of_cookie(request.header("cookie")), True

    def _admin(self, request: Request, base: str) -> Response:
        if not request.reads_only and from_elsewhere(request, base):
            return _foreign_origin()
        return self.admin.handle(request)

    def _shell(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            raise method_not_allowed(request.method)
        page = shell_page()
        if page.status != HTTPStatus.OK or self._signed_in(request)[0]:
            return page
        value = self.sessions.open_session(seed.AGENT_ID)
        secure = "; Secure" if self.scheme == "https" else ""
        cookie = f"{SESSION_COOKIE}={value}{secure}; HttpOnly; SameSite=Strict; Path=/"
        return replace(page, headers=(*page.headers, ("Set-Cookie", cookie)))

    def _static(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            raise method_not_allowed(request.method)
        if request.path == "/favicon.ico":
            # Browsers ask for it by themselves; a refusal would stand in the console.
            return Response(HTTPStatus.NO_CONTENT)
        if request.path.startswith("/_shell/"):
            return serve_shell_file(request.path)
        if not self._signed_in(request)[0]:
            return text_response(HTTPStatus.UNAUTHORIZED, "Sign in first: open /main.aspx.\n")
        return serve_web_resource(self.environment, request.path)


def _routes() -> list[Json]:
    from d365pop.emulator.fidelity import fidelity_json  # noqa: PLC0415 - half of the start

    return fidelity_json()


def _assumptions() -> list[Json]:
    from d365pop.emulator.fidelity import assumed_json  # noqa: PLC0415 - half of the start

    return assumed_json()


def kind_of(path: str) -> RequestKind:
    """Return what a path is for."""
    if path.startswith("/api/"):
        return RequestKind.API
    if path.startswith(f"/{TENANT_ID}/") or token_endpoint.match(path):
        return RequestKind.TOKEN
    if f"{path}/".startswith("/_emulator/"):
        return RequestKind.ADMIN
    if path in {"/", "/main.aspx"}:
        return RequestKind.SHELL
    return RequestKind.STATIC


def _foreign_origin() -> Response:
    return text_response(HTTPStatus.FORBIDDEN, "The request comes from another origin.\n")


def _challenge(base: str) -> Response:
    header = f"Bearer authorization_uri={base}/{TENANT_ID}/oauth2/authorize, resource_id={base}/"
    return Response(HTTPStatus.UNAUTHORIZED, (("WWW-Authenticate", header),))


def _remaining(requests: int, seconds: float) -> tuple[tuple[str, str], ...]:
    return (
        ("x-ms-ratelimit-time-remaining-xrm-requests", f"{seconds:,.2f}"),
        ("x-ms-ratelimit-burst-remaining-xrm-requests", str(requests)),
    )

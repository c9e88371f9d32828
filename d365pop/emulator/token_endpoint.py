"""The sign-in service: discovery, tokens for applications, devices and refresh tokens."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from d365pop.emulator.applications import Application, application_of, secret_fits, user_of
from d365pop.emulator.auth import DEVICE_SECONDS, TENANT_ID, Sessions
from d365pop.emulator.authorize import authorize, verifies
from d365pop.emulator.discovery import DESCRIBED, INSTANCES, describe
from d365pop.emulator.environment import Environment
from d365pop.emulator.hosts import is_loopback
from d365pop.emulator.protocol import JsonObject, Request, Response, json_response, text_response
from d365pop.emulator.seed import AGENT_ID
from d365pop.emulator.sign_in_forms import Form, read_form

PATH = re.compile(r"/([^/]+)/oauth2/v2\.0/(token|devicecode|authorize)")
VERSION_1 = re.compile(r"/([^/]+)/oauth2/(token)")
"""The older token endpoint, which takes ``resource`` in place of ``scope``."""
SERVED = (PATH, VERSION_1, *DESCRIBED)
NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class SignIn:
    """One request to the sign-in service."""

    environment: Environment
    sessions: Sessions
    form: Form
    base: str
    hosts: tuple[str, ...] = ()
    """Further host names that the environment answers to."""

    @property
    def client_id(self) -> str:
        """The application that asks."""
        return self.form.get("client_id", "")


def issue(
    environment: Environment,
    sessions: Sessions,
    request: Request,
    base: str,
    hosts: tuple[str, ...] = (),
) -> Response:
    """Answer a request to the sign-in service."""
    found = match(request.path)
    if found is None:
        return text_response(HTTPStatus.NOT_FOUND, f"No such page: {request.path}\n")
    if found.re is not INSTANCES and found[1] != TENANT_ID:
        return _refusal(
            HTTPStatus.BAD_REQUEST,
            "invalid_request",
            90002,
            f"Tenant '{found[1]}' not found. Check to make sure you have the correct tenant ID and "
            "are signing into the correct cloud.",
        )
    if found.re in DESCRIBED:
        return describe(request, found.re, base)
    if found[2] == "authorize" and request.method in {"GET", "HEAD", "POST"}:
        return authorize(environment, sessions, request, base)
    if request.method != "POST":
        return _refusal(HTTPStatus.BAD_REQUEST, "invalid_request", 900561, "Only POST is accepted.")
    form = read_form(request, is_version_1=found.re is VERSION_1)
    answer = _device_code if found[2] == "devicecode" else GRANTS.get(form.get("grant_type", ""))
    return (answer or _unknown_grant)(SignIn(environment, sessions, form, base, hosts))


def match(path: str) -> re.Match[str] | None:
    """Return the tenant, and what is asked of it, None where the path is none of this service."""
    return next(filter(None, (pattern.fullmatch(path) for pattern in SERVED)), None)


def _client_credentials(sign_in: SignIn) -> Response:
    base = sign_in.base
    if not _names_environment(sign_in, sign_in.form.get("scope", ""), ".default"):
        return _invalid_scope(sign_in, f"{base}/.default")
    application = application_of(sign_in.environment, sign_in.client_id)
    if application is None:
        return _unknown_application(sign_in)
    refusal = _credential_refusal(sign_in, application)
    if refusal is not None:
        return refusal
    return _tokens(sign_in, user_of(sign_in.environment, application))


def _names_environment(sign_in: SignIn, scope: str, *kinds: str) -> bool:
    """Whether a scope is one of this environment, by any of its names."""
    resource, _, kind = scope.rpartition("/")
    scheme, _, host = resource.removesuffix("/").partition("://")
    same_scheme = scheme == sign_in.base.partition("://")[0]
    return kind in kinds and same_scheme and is_loopback(host, sign_in.hosts)


def _credential_refusal(sign_in: SignIn, application: Application) -> Response | None:
    form = sign_in.form
    if form.get("client_assertion_type") == ASSERTION:
        from d365pop.emulator.assertions import (  # noqa: PLC0415 - slow, and rarely needed
            assertion_problem,
        )

        audience = f"{sign_in.base}/{TENANT_ID}/oauth2/v2.0/token"
        problem = assertion_problem(application, form.get("client_assertion", ""), audience)
        return (
            _refusal(HTTPStatus.UNAUTHORIZED, "invalid_client", 700027, problem)
            if problem
            else None
        )
    if secret_fits(application, form.get("client_secret", "")):
        return None
    return _refusal(
        HTTPStatus.UNAUTHORIZED,
        "invalid_client",
        7000215,
        "Invalid client secret provided. Ensure the secret being sent in the request is the "
        f"client secret value, not the client secret ID, for a secret added to app "
        f"'{application.client_id}'.",
    )


def _device_code(sign_in: SignIn) -> Response:
    if not _asks_for_user(sign_in):
        return _invalid_scope(sign_in, f"{sign_in.base}/user_impersonation")
    if application_of(sign_in.environment, sign_in.client_id) is None:
        return _unknown_application(sign_in)
    code = sign_in.sessions.open_device(AGENT_ID, sign_in.client_id)
    address = f"{sign_in.base}/{TENANT_ID}/device"
    answer: JsonObject = {
        "device_code": code,
        "user_code": code[:8].upper(),
        "verification_uri": address,
        "expires_in": DEVICE_SECONDS,
        "interval": 1,
        "message": f"Nobody needs to open {address}: the local agent signs in by itself.",
    }
    return json_response(HTTPStatus.OK, answer, headers=NO_STORE)


def _device(sign_in: SignIn) -> Response:
    code = sign_in.form.get("device_code", "")
    known, user_id = sign_in.sessions.poll_device(code, sign_in.client_id)
    if not known:
        text = "The device code is unknown or has expired."
        return _refusal(HTTPStatus.BAD_REQUEST, "expired_token", 70020, text)
    if not user_id:
        text = "Authorization is pending. Continue polling."
        return _refusal(HTTPStatus.BAD_REQUEST, "authorization_pending", 70016, text)
    return _tokens(sign_in, user_id, refreshable=True)


def _refresh(sign_in: SignIn) -> Response:
    token = sign_in.form.get("refresh_token", "")
    user_id = sign_in.sessions.redeem(token, sign_in.client_id)
    if not user_id:
        text = "The refresh token is unknown, was used or belongs to another application."
        return _refusal(HTTPStatus.BAD_REQUEST, "invalid_grant", 70000, text)
    return _tokens(sign_in, user_id, refreshable=True)


def _code(sign_in: SignIn) -> Response:
    form = sign_in.form
    ticket = sign_in.sessions.take_code(form.get("code", ""))
    told = (sign_in.client_id, form.get("redirect_uri", ""))
    if ticket is None or told != (ticket.client_id, ticket.redirect_uri):
        text = "The code is unknown, was used, has expired or belongs to another client."
        return _refusal(HTTPStatus.BAD_REQUEST, "invalid_grant", 70008, text)
    if not verifies(ticket, form.get("code_verifier", "")):
        text = "The code_verifier does not match the code_challenge."
        return _refusal(HTTPStatus.BAD_REQUEST, "invalid_grant", 501481, text)
    application = application_of(sign_in.environment, sign_in.client_id)
    proves = "client_secret" in form or "client_assertion" in form
    refusal = _credential_refusal(sign_in, application) if application and proves else None
    return refusal or _tokens(sign_in, ticket.user_id, refreshable=True, nonce=ticket.nonce)


def _asks_for_user(sign_in: SignIn) -> bool:
    wanted = sign_in.form.get("scope", "").split()
    kinds = (".default", "user_impersonation")
    return any(_names_environment(sign_in, scope, *kinds) for scope in wanted)


def _tokens(
    sign_in: SignIn, user_id: str, *, refreshable: bool = False, nonce: str = ""
) -> Response:
    seconds = sign_in.sessions.token_seconds
    answer: JsonObject = {
        "token_type": "Bearer",
        "expires_in": seconds,
        "ext_expires_in": seconds,
        "access_token": sign_in.sessions.issue_token(user_id),
    }
    now = int(sign_in.environment.now().timestamp())
    if "resource" in sign_in.form:
        # The older endpoint tells its numbers as texts, and when the token ends, too.
        answer |= {
            "expires_in": str(seconds),
            "ext_expires_in": str(seconds),
            "expires_on": str(now + seconds),
            "not_before": str(now),
            "resource": sign_in.form["resource"],
        }
    if refreshable:
        answer |= {
            "scope": sign_in.form.get("scope", f"{sign_in.base}/user_impersonation"),
            "refresh_token": sign_in.sessions.issue_refresh(user_id, sign_in.client_id),
            "client_info": _encoded({"uid": user_id, "utid": TENANT_ID}),
            "id_token": _id_token(sign_in, user_id, now, nonce),
        }
    return json_response(HTTPStatus.OK, answer, headers=NO_STORE)


def _id_token(sign_in: SignIn, user_id: str, now: int, nonce: str) -> str:
    users = sign_in.environment.table("systemuser")
    user = sign_in.environment.store.get(users, user_id) or {}
    claims: JsonObject = {
        "aud": sign_in.client_id,
        "iss": f"{sign_in.base}/{TENANT_ID}/v2.0",
        "iat": now,
        "nbf": now,
        "exp": now + sign_in.sessions.token_seconds,
        "sub": user_id,
        "oid": user_id,
        "tid": TENANT_ID,
        "name": user.get("fullname"),
        "preferred_username": user.get("domainname"),
    }
    if nonce:
        claims["nonce"] = nonce
    from d365pop.emulator.id_tokens import signed  # noqa: PLC0415 - slow, and rarely needed

    return signed(claims)


def _encoded(value: JsonObject) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _unknown_grant(sign_in: SignIn) -> Response:
    return _refusal(
        HTTPStatus.BAD_REQUEST,
        "unsupported_grant_type",
        70003,
        f"The app requested an unsupported grant type '{sign_in.form.get('grant_type', '')}'.",
    )


def _unknown_application(sign_in: SignIn) -> Response:
    return _refusal(
        HTTPStatus.BAD_REQUEST,
        "unauthorized_client",
        700016,
        f"Application with identifier '{sign_in.client_id}' was not found in the directory.",
    )


def _invalid_scope(sign_in: SignIn, expected: str) -> Response:
    return _refusal(
        HTTPStatus.BAD_REQUEST,
        "invalid_scope",
        70011,
        f"The provided value for scope '{sign_in.form.get('scope', '')}' is not valid; "
        f"expected '{expected}'.",
    )


def _refusal(status: int, error: str, code: int, description: str) -> Response:
    text = f"AADSTS{code}: {description}"
    body: JsonObject = {"error": error, "error_description": text, "error_codes": [code]}
    return json_response(status, body, headers=NO_STORE)


GRANTS: Mapping[str, Callable[[SignIn], Response]] = {
    "client_credentials": _client_credentials,
    "authorization_code": _code,
    DEVICE_GRANT: _device,
    "refresh_token": _refresh,
}

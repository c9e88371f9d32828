"""The sign-in service's token endpoint, for the client credentials of application users."""

import hmac
import re
from urllib.parse import parse_qs

from d365pop.emulator.auth import CLIENT_SECRET, TENANT_ID, TOKEN_SECONDS, Sessions
from d365pop.emulator.environment import Environment
from d365pop.emulator.protocol import JsonObject, Request, Response, json_response, text_response
from d365pop.emulator.store import Layer

PATH = re.compile(r"/([^/]+)/oauth2/v2\.0/token")
NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
HTTP_UNAUTHORIZED = 401
HTTP_BAD_REQUEST = 400
HTTP_NOT_FOUND = 404


def issue(environment: Environment, sessions: Sessions, request: Request, base: str) -> Response:
    """Answer a request for a token."""
    found = PATH.fullmatch(request.path)
    if found is None:
        return text_response(HTTP_NOT_FOUND, f"No such page: {request.path}\n")
    if found[1] != TENANT_ID:
        return _refusal(
            HTTP_BAD_REQUEST,
            "invalid_request",
            90002,
            f"Tenant '{found[1]}' not found. Check to make sure you have the correct tenant ID and "
            "are signing into the correct cloud.",
        )
    if request.method != "POST":
        return _refusal(HTTP_BAD_REQUEST, "invalid_request", 900561, "Only POST is accepted.")
    form = {name: values[0] for name, values in parse_qs(request.body.decode("latin-1")).items()}
    if form.get("grant_type") != "client_credentials":
        return _refusal(
            HTTP_BAD_REQUEST,
            "unsupported_grant_type",
            70003,
            f"The app requested an unsupported grant type '{form.get('grant_type', '')}'.",
        )
    if form.get("scope") not in {f"{base}/.default", f"{base}//.default"}:
        return _refusal(
            HTTP_BAD_REQUEST,
            "invalid_scope",
            70011,
            f"The provided value for scope '{form.get('scope', '')}' is not valid; "
            f"expected '{base}/.default'.",
        )
    return _credentials(environment, sessions, form)


def _credentials(environment: Environment, sessions: Sessions, form: dict[str, str]) -> Response:
    client_id = form.get("client_id", "")
    users = environment.table("systemuser")
    found = environment.store.find(users, "applicationid", client_id, Layer.DRAFT)
    if not client_id or not found:
        return _refusal(
            HTTP_BAD_REQUEST,
            "unauthorized_client",
            700016,
            f"Application with identifier '{client_id}' was not found in the directory.",
        )
    secret = form.get("client_secret", "")
    if not hmac.compare_digest(secret.encode(), CLIENT_SECRET.encode()):
        return _refusal(
            HTTP_UNAUTHORIZED,
            "invalid_client",
            7000215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the "
            f"client secret value, not the client secret ID, for a secret added to app "
            f"'{client_id}'.",
        )
    token = sessions.issue_token(str(found[0]["systemuserid"]))
    answer: JsonObject = {
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "ext_expires_in": TOKEN_SECONDS,
        "access_token": token,
    }
    return json_response(200, answer, headers=NO_STORE)


def _refusal(status: int, error: str, code: int, description: str) -> Response:
    text = f"AADSTS{code}: {description}"
    body: JsonObject = {"error": error, "error_description": text, "error_codes": [code]}
    return json_response(status, body, headers=NO_STORE)

"""The sign-in page for people: who presses a name gets a code, for PKCE clients on this machine."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from urllib.parse import parse_qs, urlencode, urlsplit

from d365pop.emulator.applications import application_of
from d365pop.emulator.auth import Sessions, Ticket
from d365pop.emulator.environment import Environment
from d365pop.emulator.hosts import from_elsewhere, is_loopback
from d365pop.emulator.protocol import Request, Response
from d365pop.emulator.store import Selection

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:4rem auto;padding:0 1rem}}
button{{display:block;width:100%;margin:.5rem 0;padding:.75rem;font:inherit}}</style></head>
<body><main><h1>{title}</h1>{content}</main></body></html>"""
SENDING = (
    '<form id="answer" method="post" action="{action}">{fields}<button>Continue</button></form>'
    '<script>document.getElementById("answer").submit()</script>'
)
CHALLENGE_LENGTH = 43
# No blanks and no line ends: the address becomes a header.
PRINTABLE = re.compile(r"[!-~]+")
Query = Mapping[str, str]


def authorize(
    environment: Environment, sessions: Sessions, request: Request, base: str
) -> Response:
    """Show who may sign in, and send back a code for whoever was chosen."""
    query = _first_values(request.query)
    problem = _problem(environment, query)
    if problem:
        return _page(HTTPStatus.BAD_REQUEST, "Sign-in failed", f"<p>{escape(problem)}</p>")
    users = _people(environment)
    if request.method != "POST":
        return _page(HTTPStatus.OK, "Sign in", _choice(query, users))
    if from_elsewhere(request, base):
        text = "<p>The choice was made on another site.</p>"
        return _page(HTTPStatus.FORBIDDEN, "Sign-in failed", text)
    chosen = _first_values(request.body.decode("latin-1")).get("user", "")
    if chosen not in users:
        return _sent_back(
            query, {"error": "access_denied", "error_description": "Nobody signed in."}
        )
    ticket = Ticket(
        chosen,
        query["client_id"],
        query["redirect_uri"],
        query["code_challenge"],
        query.get("nonce", ""),
    )
    return _sent_back(query, {"code": sessions.open_code(ticket)})


def verifies(ticket: Ticket, verifier: str) -> bool:
    """Whether a verifier is the one that the code was asked with (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return hmac.compare_digest(challenge.encode(), ticket.challenge.encode())


def _problem(environment: Environment, query: Query) -> str:
    if application_of(environment, query.get("client_id", "")) is None:
        named = query.get("client_id", "")
        return f"AADSTS700016: Application with identifier '{named}' was not found."
    if not _is_here(query.get("redirect_uri", "")):
        # ASSUMED: every loopback address counts as registered, and no other does.
        return f"AADSTS50011: The redirect URI '{query.get('redirect_uri', '')}' is not registered."
    if query.get("response_type") != "code":
        return "AADSTS700054: response_type must be 'code'."
    if query.get("response_mode", "query") not in {"query", "form_post"}:
        return "AADSTS70007: response_mode must be 'query' or 'form_post'."
    challenge = query.get("code_challenge", "")
    if query.get("code_challenge_method") != "S256" or len(challenge) != CHALLENGE_LENGTH:
        return "AADSTS9002325: Proof Key for Code Exchange is required, with S256."
    return ""


def _is_here(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    fits = PRINTABLE.fullmatch(address) is not None and not parts.fragment
    return fits and parts.scheme == "http" and is_loopback(parts.netloc)


def _people(environment: Environment) -> dict[str, str]:
    """Return who may sign in by a page: enabled users that are no applications."""
    table = environment.table("systemuser")
    where = 't."applicationid" IS NULL AND COALESCE(t."isdisabled", 0) = 0'
    rows = environment.store.select(table, Selection(where, (), 't."fullname"'))
    return {str(row["systemuserid"]): str(row["fullname"]) for row in rows}


def _choice(query: Query, users: Mapping[str, str]) -> str:
    buttons = "".join(
        f'<button name="user" value="{escape(user_id)}">{escape(name)}</button>'
        for user_id, name in users.items()
    )
    asking = escape(query["client_id"])
    # Without an action, the form goes to the page's own address, query included.
    return f'<p>Application {asking} asks for an account.</p><form method="post">{buttons}</form>'


def _sent_back(query: Query, answer: Mapping[str, str]) -> Response:
    told = {**answer, **({"state": query["state"]} if "state" in query else {})}
    address = query["redirect_uri"]
    if query.get("response_mode") == "form_post":
        fields = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in told.items()
        )
        content = SENDING.format(action=escape(address), fields=fields)
        return _page(HTTPStatus.OK, "Signed in", content)
    joined = "&" if "?" in address else "?"
    location = f"{address}{joined}{urlencode(told)}"
    return Response(HTTPStatus.FOUND, (("Location", location), ("Cache-Control", "no-store")))


def _page(status: int, title: str, content: str) -> Response:
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
    )
    return Response(status, headers, PAGE.format(title=title, content=content).encode())


def _first_values(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}

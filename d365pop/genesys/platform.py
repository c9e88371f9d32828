"""Genesys Cloud's Platform API: the few calls that show how the softphone is set up there."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeAlias
from urllib.parse import quote, urlencode

from d365pop.errors import NetworkError, SignInError
from d365pop.models import Json
from d365pop.redaction import hide, redact
from d365pop.transport import Request, Response, Transport, host_of

Object: TypeAlias = dict[str, Json]

_PAGE: Final = 100
_AUTHENTICATION: Final = "/api/v2/organizations/authentication/settings"


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """An OAuth client; ``row`` is the whole of it, since a PUT replaces the whole."""

    client_id: str
    name: str
    grant: str
    """CODE is what the console calls Code Authorization (PKCE), TOKEN the implicit grant."""
    redirect_uris: tuple[str, ...]
    active: bool
    row: Object = field(repr=False)


@dataclass(frozen=True, slots=True)
class Integration:
    """One integration of the organization."""

    name: str
    type_name: str
    enabled: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Embedding:
    """Who may embed Genesys Cloud in a page."""

    restricted: bool
    domains: tuple[str, ...]


@dataclass
class Platform:
    """The Platform API, signed in as a client of its own with the grant Client Credentials."""

    transport: Transport = field(repr=False)
    region: str
    client_id: str
    client_secret: str = field(repr=False)
    login_origin: str = ""
    api_origin: str = ""
    _token: str = field(default="", init=False, repr=False)

    def __post_init__(self) -> None:
        """Take the region's own hosts where no others are given."""
        self.login_origin = self.login_origin or f"https://login.{self.region}"
        self.api_origin = self.api_origin or f"https://api.{self.region}"

    def oauth_client(self, client_id: str) -> OAuthClient | None:
        """Return an OAuth client; None where there is none of that id."""
        row = self._call("GET", _client_path(client_id))
        return None if row is None else _oauth_client(row)

    def set_redirect_uris(self, client: OAuthClient, uris: tuple[str, ...]) -> None:
        """Write the redirect URIs of a client; everything else stays."""
        row: Object = {**client.row, "registeredRedirectUri": list(uris)}
        self._call("PUT", _client_path(client.client_id), row)

    def integrations(self) -> Iterator[Integration]:
        """Walk over the organization's integrations, page by page."""
        number = 1
        while True:
            query = urlencode({"pageSize": _PAGE, "pageNumber": number})
            page = self._call("GET", f"/api/v2/integrations?{query}") or {}
            yield from (_integration(row) for row in _rows(page, "entities"))
            pages = page.get("pageCount")
            if not isinstance(pages, int) or number >= pages:
                return
            number += 1

    def embedding(self) -> Embedding:
        """Return who may embed Genesys Cloud."""
        row = self._call("GET", _AUTHENTICATION) or {}
        return Embedding(row.get("domainAllowlistEnabled") is True, _texts(row, "domainAllowlist"))

    def set_allowed_domains(self, domains: tuple[str, ...]) -> None:
        """Write which domains may embed Genesys Cloud."""
        self._call("PATCH", _AUTHENTICATION, {"domainAllowlist": list(domains)})

    def _call(self, method: str, path: str, body: Object | None = None) -> Object | None:
        """Return the answer's object; None for 404.

        Raises:
            SignInError: the client may not do that.
            NetworkError: no answer, or one that is none of the Platform API's.
        """
        self._token = self._token or self._new_token()
        request = Request(
            method,
            f"{self.api_origin}{path}",
            {
                "Authorization": f"Bearer {self._token}",
                "Accept": "application/json",
                "Content-Type": "application/json",
            },
            None if body is None else json.dumps(body).encode(),
            idempotent=True,
        )
        response = self.transport.send(request)
        if response.status == HTTPStatus.NOT_FOUND:
            return None
        if response.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise _refused(f"{method} {path.partition('?')[0]}", response)
        return _object(response, request.url)

    def _new_token(self) -> str:
        pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        request = Request(
            "POST",
            f"{self.login_origin}/oauth/token",
            {
                "Authorization": f"Basic {pair}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            b"grant_type=client_credentials",
            idempotent=True,
        )
        response = self.transport.send(request)
        if response.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
            raise _refused("sign-in", response)
        token = _object(response, request.url).get("access_token")
        if not isinstance(token, str) or not token:
            raise _refused("sign-in", response)
        return hide(token)


def _client_path(client_id: str) -> str:
    return f"/api/v2/oauth/clients/{quote(client_id, safe='')}"


def _oauth_client(row: Object) -> OAuthClient:
    return OAuthClient(
        str(row.get("id") or ""),
        str(row.get("name") or ""),
        str(row.get("authorizedGrantType") or ""),
        _texts(row, "registeredRedirectUri"),
        row.get("state") in {None, "active"},
        row,
    )


def _integration(row: Object) -> Integration:
    kind = row.get("integrationType")
    name = kind.get("name") if isinstance(kind, dict) else ""
    return Integration(
        str(row.get("name") or ""),
        str(name or ""),
        row.get("intendedState") == "ENABLED",
        row.get("reportedState") in (None, "ACTIVE") or _code(row.get("reportedState")) == "ACTIVE",
    )


def _code(state: object) -> object:
    return state.get("code") if isinstance(state, Mapping) else None


def _rows(page: Object, name: str) -> list[Object]:
    found = page.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _texts(row: Object, name: str) -> tuple[str, ...]:
    found = row.get(name)
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def _object(response: Response, url: str) -> Object:
    try:
        body = response.json()
    except ValueError:
        body = None
    if response.status >= HTTPStatus.BAD_REQUEST or not isinstance(body, dict):
        raise NetworkError(
            "genesys-unexpected-answer",
            f"{host_of(url)} did not answer as Genesys Cloud does (HTTP {response.status})",
            hint="Check [genesys] region; try again later.",
        )
    return body


def _refused(doing: str, response: Response) -> SignInError:
    return SignInError(
        "genesys-refused",
        f"Genesys Cloud refuses: {doing} (HTTP {response.status})",
        context=redact(response.text)[:300],
        hint="The client of [genesys] api_client_id needs the grant Client Credentials and a role"
        " that may view OAuth clients, integrations and the organization's settings."
        " Who can: an administrator of Genesys Cloud.",
    )

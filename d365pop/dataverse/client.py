"""Speaks the protocol of the Web API: headers, tokens, errors, paging; knows no operation."""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeAlias

from d365pop import __version__
from d365pop.auth.challenge import environment_origin
from d365pop.auth.provider import TokenProvider
from d365pop.dataverse.faults import dataverse_error, unexpected_answer
from d365pop.errors import ConfigurationError, DataverseError, SignInError
from d365pop.models import Json
from d365pop.redaction import hide
from d365pop.transport import Request, Response, Transport, host_of, is_loopback, origin_of

Row: TypeAlias = dict[str, Json]

API_PATH = "/api/data/v9.2/"
READ_TIMEOUT = (10.0, 120.0)
# An upload, a validation or a publish is answered only when it is done.
LONG_TIMEOUT = (10.0, 600.0)

_GONE: Final = "dataverse-not-found"
_NO_HEADERS: Final[Mapping[str, str]] = {}
_COMMON_HEADERS: Mapping[str, str] = {
    "Accept": "application/json",
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
    "If-None-Match": "null",
    "User-Agent": f"d365pop/{__version__}",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API; ``doing`` completes the sentence "refused to …"."""

    doing: str
    method: str
    path: str
    body: Mapping[str, Json] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    idempotent: bool = False
    timeout: tuple[float, float] = READ_TIMEOUT


class Dataverse:
    """The Web API of one environment; may be used from several threads."""

    def __init__(self, environment_url: str, transport: Transport, tokens: TokenProvider) -> None:
        self.origin = _checked_origin(environment_url)
        self._transport = transport
        self._tokens = tokens
        self._renewal = threading.Lock()

    def send(self, call: Call) -> Response:
        """Return a successful answer.

        Raises:
            DataverseError: the environment answered with an error.
            SignInError: it refuses even a fresh token.
            NetworkError: no answer came.
        """
        url = self._url(call)
        token = self._token()
        response = self._transport.send(_request(call, url, token))
        if response.status == HTTPStatus.UNAUTHORIZED:
            response = self._transport.send(_request(call, url, self._token(refused=token)))
        if response.status == HTTPStatus.UNAUTHORIZED:
            raise _token_refused(url, response, call)
        if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            raise dataverse_error(response, call.doing, url)
        if response.is_page:
            raise unexpected_answer(response, call.doing, self.origin, "a page, no answer")
        return response

    def _token(self, refused: str = "") -> str:
        """Return a token that is not the one that was refused; threads renew it once for all."""
        with self._renewal:
            token = self._tokens.token()
            return hide(self._tokens.renew() if token == refused else token)

    def fetch(self, call: Call) -> Row:
        """Return a successful answer's JSON object.

        Raises:
            DataverseError: as ``send``, and where the body is no JSON object.
        """
        response = self.send(call)
        try:
            body = response.json()
        except ValueError as exc:
            raise unexpected_answer(response, call.doing, self.origin, "no JSON") from exc
        if not isinstance(body, dict):
            raise unexpected_answer(response, call.doing, self.origin, "no JSON object")
        return body

    def get(self, doing: str, path: str) -> Row:
        """Return one row, or the result of a function."""
        return self.fetch(Call(doing, "GET", path, idempotent=True))

    def find(self, doing: str, path: str) -> Row | None:
        """Return one row; None where it is gone."""
        try:
            return self.get(doing, path)
        except DataverseError as error:
            if error.reference == _GONE:
                return None
            raise

    def delete(
        self,
        doing: str,
        path: str,
        headers: Mapping[str, str] = _NO_HEADERS,
        timeout: tuple[float, float] = READ_TIMEOUT,
    ) -> None:
        """Delete a row or a link; one that is gone already is no error.

        Raises:
            DataverseError: as ``send``; ``dataverse-row-changed`` where ``headers`` guard it by an
                ETag that is no longer its own.
        """
        try:
            self.send(Call(doing, "DELETE", path, None, headers, idempotent=True, timeout=timeout))
        except DataverseError as error:
            if error.reference != _GONE:
                raise

    def rows(self, doing: str, path: str, page_size: int = 500) -> Iterator[Row]:
        """Walk over the rows of a list, page by page.

        Raises:
            DataverseError: as ``fetch``, and where the link to the next page leads elsewhere.
        """
        prefer = {"Prefer": f"odata.maxpagesize={page_size}"}
        seen: set[str] = set()
        while path:
            call = Call(doing, "GET", path, headers=prefer, idempotent=True)
            page = self.fetch(call)
            values = page.get("value")
            if not isinstance(values, list):
                raise self.unexpected(doing, "a list without value")
            yield from (row for row in values if isinstance(row, dict))
            seen.add(path)
            path = self._next_page(doing, page)
            if path in seen:
                raise self.unexpected(doing, "a next page that was there before")

    def unexpected(self, doing: str, problem: str) -> DataverseError:
        """Return the error for an answer that lacks what Dataverse always sends."""
        return unexpected_answer(Response(HTTPStatus.OK), doing, self.origin, problem)

    def _next_page(self, doing: str, page: Row) -> str:
        link = page.get("@odata.nextLink", "")
        if not isinstance(link, str):
            raise self.unexpected(doing, "a next link that is no text")
        if link and origin_of(link) != self.origin:
            # Following it would hand our token to another host.
            raise self.unexpected(doing, f"a next page on {host_of(link)}")
        return link

    def _url(self, call: Call) -> str:
        return (
            call.path if call.path.startswith(self.origin) else self.origin + API_PATH + call.path
        )


def _request(call: Call, url: str, token: str) -> Request:
    headers = {**_COMMON_HEADERS, "Authorization": f"Bearer {token}", **call.headers}
    body = None
    if call.body is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
        body = json.dumps(call.body, ensure_ascii=False, separators=(",", ":")).encode()
    return Request(call.method, url, headers, body, call.idempotent, call.timeout)


def _token_refused(url: str, response: Response, call: Call) -> SignInError:
    reported = dataverse_error(response, call.doing, url)
    return SignInError(
        "token-refused",
        f"{host_of(url)} does not accept the token",
        context=reported.message,
        hint="Check that the sign-in belongs to this environment's tenant.",
    )


def _checked_origin(environment_url: str) -> str:
    origin = environment_origin(environment_url)
    if origin.startswith("http:") and not is_loopback(origin):
        raise ConfigurationError(
            "environment-url-not-https",
            f"{host_of(origin)} would get the token over plain http",
            hint=f"Use https://{host_of(origin)}.",
        )
    return origin

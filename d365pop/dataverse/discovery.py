"""Lists the environments that a user can reach, by the Global Discovery Service."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from d365pop.auth.provider import TokenProvider
from d365pop.dataverse.client import Row
from d365pop.dataverse.faults import dataverse_error, unexpected_answer
from d365pop.dataverse.reading import nested_list, optional_text, text
from d365pop.errors import SignInError
from d365pop.redaction import hide
from d365pop.transport import Request, Response, Transport, host_of

_PATH: Final = "/api/discovery/v2.0/Instances"
_COLUMNS: Final = "FriendlyName,Url,UniqueName,Version,State,Purpose,Region,TenantId"


@dataclass(frozen=True, slots=True)
class Instance:
    """One environment as discovery lists it."""

    name: str
    url: str
    unique_name: str
    version: str
    purpose: str
    enabled: bool


def retrieve_instances(
    transport: Transport, discovery_url: str, tokens: TokenProvider
) -> tuple[Instance, ...]:
    """Return the environments of the signed-in user, by name.

    Raises:
        SignInError: discovery accepts no such user.
        DataverseError: it answered with another error.
    """
    url = f"{discovery_url}{_PATH}?$select={_COLUMNS}"
    response = _send(transport, url, tokens.token())
    if response.status == HTTPStatus.UNAUTHORIZED:
        response = _send(transport, url, tokens.renew())
    if response.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise SignInError(
            "discovery-refused",
            f"{host_of(url)} lists nothing for this sign-in",
            context=f"HTTP {response.status}; discovery is for people, not for applications.",
            hint="Use an environment with sign_in = interactive, device-code or azure-cli.",
        )
    if response.status != HTTPStatus.OK:
        raise dataverse_error(response, "list environments", url)
    return tuple(sorted(_instances(response, url), key=lambda each: (each.name, each.url)))


def _send(transport: Transport, url: str, token: str) -> Response:
    headers = {"Authorization": f"Bearer {hide(token)}", "Accept": "application/json"}
    return transport.send(Request("GET", url, headers, idempotent=True))


def _instances(response: Response, url: str) -> Iterator[Instance]:
    try:
        body = response.json()
    except ValueError as exc:
        raise unexpected_answer(response, "list environments", url, "no JSON") from exc
    if not isinstance(body, dict):
        raise unexpected_answer(response, "list environments", url, "no JSON object")
    yield from (_instance(row) for row in nested_list(body, "value"))


def _instance(row: Row) -> Instance:
    return Instance(
        name=optional_text(row, "FriendlyName"),
        url=text(row, "Url"),
        unique_name=optional_text(row, "UniqueName"),
        version=optional_text(row, "Version"),
        purpose=optional_text(row, "Purpose"),
        # ASSUMED: 0 is enabled, as in the SDK's OrganizationState.
        enabled=row.get("State") in {0, None, "Enabled"},
    )

"""Asks an environment who signs its users in; trusts no authority that it does not know.

An environment's URL is typed by hand, and whoever answers there names the authority that our
secret is sent to and the resource that our token is good for. So both are checked.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from d365pop.auth.clouds import KNOWN_AUTHORITIES
from d365pop.errors import ConfigurationError, SignInError
from d365pop.transport import Request, Response, Transport, host_of, is_loopback, origin_of

_ITEM = re.compile(r'\b(authorization_uri|resource_id)\s*=\s*"?([^\s",]+)', re.IGNORECASE)
_AUTHORIZE = re.compile(r"/oauth2(?:/v2\.0)?/authorize/?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Challenge:
    """Who signs in for an environment, and for what.

    ``authority`` ends with the tenant; neither it nor ``resource`` ends with a slash.
    """

    authority: str
    tenant: str
    resource: str
    explicit_tenant: str = ""
    """The tenant where the configuration names it."""

    @property
    def scope(self) -> str:
        """The scope of an application's token."""
        return f"{self.resource}/.default"

    def in_tenant(self, tenant: str) -> "Challenge":
        """Return the same with the tenant that the configuration names, if it names one."""
        if not tenant:
            return self
        head = self.authority.rpartition("/")[0]
        return Challenge(f"{head}/{tenant}", tenant, self.resource, tenant)


def environment_origin(environment_url: str) -> str:
    """Return the origin that ``environment_url`` names.

    Raises:
        ConfigurationError: it is not the URL of an environment.
    """
    origin = origin_of(environment_url)
    if not origin:
        raise ConfigurationError(
            "environment-url-invalid",
            f"{environment_url!r} is no URL of an environment",
            hint="It looks like https://contoso.crm4.dynamics.com.",
        )
    return origin


def discover(transport: Transport, environment_url: str, trusted: str = "") -> Challenge:
    """Return what the environment answers to a call without a token.

    ``trusted`` is the origin of a sign-in service that the user vouches for besides Microsoft's.

    Raises:
        ConfigurationError: the URL is not that of an environment.
        SignInError: the environment names an authority or a resource that is not its own.
        NetworkError: the environment cannot be reached.
    """
    origin = environment_origin(environment_url)
    response = transport.send(
        Request(
            "GET",
            f"{origin}/api/data/v9.2/",
            headers={"Accept": "application/json"},
            idempotent=True,
        )
    )
    return read_challenge(response, origin, trusted)


def read_challenge(response: Response, origin: str, trusted: str = "") -> Challenge:
    """Return the challenge in a 401 answer of the environment at ``origin``.

    Raises:
        ConfigurationError: it is not the answer of an environment.
        SignInError: it names an authority or a resource that is not the environment's own.
    """
    header = response.headers.get("WWW-Authenticate", "")
    scheme = header.partition(" ")[0].lower()
    items = {name.lower(): value for name, value in _ITEM.findall(header)}
    if (
        response.status != HTTPStatus.UNAUTHORIZED
        or scheme != "bearer"
        or "authorization_uri" not in items
    ):
        raise ConfigurationError(
            "not-an-environment",
            f"{host_of(origin)} does not answer like a Dataverse environment",
            context=f"HTTP {response.status} without a sign-in challenge at /api/data/v9.2/",
            hint="Check the environment's URL: it is the one that your apps run on.",
        )
    authority = _authority(items["authorization_uri"], origin, trusted)
    return Challenge(
        authority, authority.rpartition("/")[2], _resource(items.get("resource_id", ""), origin)
    )


def _authority(authorization_uri: str, origin: str, trusted: str) -> str:
    base = _AUTHORIZE.sub("", authorization_uri).rstrip("/")
    parts = urlsplit(base)
    known = parts.scheme == "https" and (
        parts.hostname in KNOWN_AUTHORITIES or origin_of(base) == trusted
    )
    local = is_loopback(origin) and is_loopback(base)
    if not (known or local) or not parts.path.strip("/"):
        raise SignInError(
            "authority-unknown",
            f"{host_of(origin)} wants a sign-in at {host_of(base)}, which is not Microsoft's",
            context="No secret is sent there.",
            hint="Check the environment's URL for a spelling mistake; if that host is right, vouch"
            f' for it: sign_in_host = "{origin_of(base)}".',
        )
    head, _, tenant = base.rpartition("/")
    return f"{head}/organizations" if tenant.lower() == "common" else base


def _resource(resource_id: str, origin: str) -> str:
    # ASSUMED: an environment's challenge always names the environment itself.
    resource = origin_of(resource_id or origin)
    same = _without_api(host_of(resource)) == _without_api(host_of(origin))
    if not same and not (is_loopback(resource) and is_loopback(origin)):
        raise SignInError(
            "resource-foreign",
            f"{host_of(origin)} asks for a token that is good for {host_of(resource_id)}",
            context="It would be handed to a host that it is not meant for.",
            hint="Check the environment's URL for a spelling mistake.",
        )
    return resource


def _without_api(host: str) -> str:
    """``contoso.api.crm4.dynamics.com`` is the same environment as without ``api``."""
    return host.replace(".api.", ".", 1)

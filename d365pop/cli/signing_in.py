"""Wires a sign-in: the configuration's kind, the process's surroundings, the person's cache."""

from dataclasses import replace

from d365pop.auth import Kept, Surroundings, TokenProvider, discover, open_cache, token_provider
from d365pop.auth.challenge import Challenge
from d365pop.auth.clouds import cloud_of
from d365pop.auth.kinds import DeviceCode, Interactive
from d365pop.auth.readiness import require_secrets
from d365pop.auth.token_cache import IN_MEMORY
from d365pop.cli.console import can_ask, note
from d365pop.config import pipeline, variables
from d365pop.settings import EnvironmentSettings
from d365pop.sign_in import kind_of
from d365pop.transport import Transport, host_of, is_loopback


def tokens(
    environment: EnvironmentSettings,
    transport: Transport,
    *,
    resource: str = "",
    at_terminal: bool = False,
) -> TokenProvider:
    """Return what gives the tokens of ``environment``, or of another resource for its user.

    ``at_terminal`` says that a person has asked for a sign-in, whatever the terminal looks like.

    Raises:
        D365PopError: it is no environment, or a secret is missing.
    """
    kind = kind_of(environment)
    around = surroundings()
    if at_terminal:
        around = replace(around, person=pipeline() is None)
    require_secrets(kind, around)
    challenge = challenge_of(environment, transport)
    if resource:
        challenge = replace(challenge, resource=resource)
    return token_provider(kind, challenge, transport, around, kept(environment))


def challenge_of(environment: EnvironmentSettings, transport: Transport) -> Challenge:
    """Ask the environment who signs in; say where no table knows its host."""
    host = host_of(environment.url)
    if cloud_of(host) is None and not is_loopback(environment.url):
        note(f"{host} is in no table of Microsoft's clouds; going on, since you configured it.")
    found = discover(transport, environment.url, environment.sign_in_host or "")
    return found.in_tenant(environment.tenant)


def surroundings() -> Surroundings:
    """Return what this process gives to a sign-in."""
    return Surroundings(variables(), person=can_ask() and pipeline() is None, tell=note)


def kept(environment: EnvironmentSettings) -> Kept:
    """Return where a person's sign-in is kept; nowhere for any other kind."""
    if not isinstance(kind_of(environment), DeviceCode | Interactive):
        return IN_MEMORY
    return open_cache(environment.token_cache, variables(), in_pipeline=pipeline() is not None)

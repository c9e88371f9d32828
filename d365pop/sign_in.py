"""Which keys of ``[environments.NAME]`` belong to which ``sign_in``, and the kind they make."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, assert_never

from d365pop.auth.kinds import (
    SAMPLE_CLIENT_ID,
    AzureCli,
    AzureDevOps,
    Certificate,
    DeviceCode,
    File,
    GitHub,
    Interactive,
    Kind,
    Local,
    ManagedIdentity,
    Secret,
    Source,
    TokenFile,
    Variable,
)
from d365pop.settings import EnvironmentSettings


class Keys(NamedTuple):
    """What a ``sign_in`` needs, each with the reason, and what it may have besides."""

    needed: Mapping[str, str] = {}
    allowed: frozenset[str] = frozenset()


_APPLICATION: Final = {"client_id": "the application that signs in"}
_TENANT: Final = frozenset({"tenant", "sign_in_host"})
_PERSON: Final = _TENANT | {"client_id", "user", "token_cache"}

KEYS: Final[Mapping[str, Keys]] = {
    "local": Keys({"softphone_url": "where the softphone simulator listens"}),
    "client-secret": Keys(_APPLICATION, _TENANT | {"client_secret_variable", "client_secret_file"}),
    "certificate": Keys(
        _APPLICATION,
        _TENANT
        | {
            "certificate_file",
            "certificate_variable",
            "certificate_passphrase_file",
            "certificate_passphrase_variable",
            "certificate_thumbprint",
        },
    ),
    "github": Keys(_APPLICATION, _TENANT | {"federation_audience"}),
    "azure-devops": Keys(
        {**_APPLICATION, "service_connection_id": "the service connection that it trusts"}, _TENANT
    ),
    "token-file": Keys(_APPLICATION, _TENANT | {"federated_token_file"}),
    "managed-identity": Keys({}, frozenset({"client_id", "object_id", "resource_id"})),
    "device-code": Keys({}, _PERSON),
    "interactive": Keys({}, _PERSON),
    "azure-cli": Keys({}, _TENANT),
}
_ALL: Final = frozenset(key for keys in KEYS.values() for key in (*keys.needed, *keys.allowed))


def key_mistakes(environment: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is missing or out of place in one ``[environments.NAME]``."""
    kind = environment.get("sign_in")
    keys = KEYS.get(kind) if isinstance(kind, str) else None
    if keys is None:
        return
    for key, reason in keys.needed.items():
        if not environment.get(key):
            yield f"{key} is needed: {reason}"
    for key in sorted(_ALL & environment.keys() - keys.needed.keys() - keys.allowed):
        owners = ", ".join(
            name for name, each in KEYS.items() if key in each.allowed | each.needed.keys()
        )
        yield f'{key} is not for sign_in = "{kind}", but for {owners}'
    yield from _alternatives(kind, environment)


def _alternatives(kind: object, environment: Mapping[str, Any]) -> Iterator[str]:
    pairs = ("client_secret", "certificate", "certificate_passphrase")
    for pair in pairs:
        if f"{pair}_file" in environment and f"{pair}_variable" in environment:
            yield f"{pair}_file and {pair}_variable are two ways to say where it is; keep one"
    if (
        kind == "certificate"
        and not {"certificate_file", "certificate_variable"} & environment.keys()
    ):
        yield "certificate_file or certificate_variable is needed: PEM or PFX with the private key"
    if len({"client_id", "object_id", "resource_id"} & environment.keys()) > 1 and (
        kind == "managed-identity"
    ):
        yield "client_id, object_id and resource_id are three ways to name an identity; keep one"


def kind_of(environment: EnvironmentSettings) -> Kind:  # noqa: C901, PLR0911 - one a kind
    """Return how to sign in to ``environment``."""
    client_id = environment.client_id
    match environment.sign_in:
        case "local":
            return Local()
        case "client-secret":
            variable = Variable(environment.client_secret_variable)
            return Secret(client_id, _file(environment.client_secret_file) or variable)
        case "certificate":
            return _certificate(environment)
        case "github":
            return GitHub(client_id, environment.federation_audience)
        case "azure-devops":
            return AzureDevOps(client_id, environment.service_connection_id)
        case "token-file":
            path = environment.federated_token_file
            return TokenFile(client_id, Path(path) if path else None)
        case "managed-identity":
            return ManagedIdentity(client_id, environment.object_id, environment.resource_id)
        case "device-code":
            return DeviceCode(client_id or SAMPLE_CLIENT_ID, environment.user)
        case "interactive":
            return Interactive(client_id or SAMPLE_CLIENT_ID, environment.user)
        case "azure-cli":
            return AzureCli()
        case _:
            assert_never(environment.sign_in)


def _certificate(environment: EnvironmentSettings) -> Certificate:
    passphrase = environment.certificate_passphrase_variable
    return Certificate(
        environment.client_id,
        _file(environment.certificate_file) or Variable(environment.certificate_variable),
        _file(environment.certificate_passphrase_file)
        or (Variable(passphrase) if passphrase else None),
        environment.certificate_thumbprint,
    )


def _file(path: str) -> Source | None:
    return File(Path(path)) if path else None

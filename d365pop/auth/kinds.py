"""The ways to sign in, as values: what each one needs, and not where it is used."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

# Microsoft's sample application; a tenant may block it, and then needs one of its own.
SAMPLE_CLIENT_ID: Final = "51f81489-12ee-4a9e-aaae-a2591f45987d"


@dataclass(frozen=True, slots=True)
class Variable:
    """A secret in an environment variable."""

    name: str


@dataclass(frozen=True, slots=True)
class File:
    """A secret in a file; ``-`` is standard input."""

    path: Path


Source: TypeAlias = Variable | File


@dataclass(frozen=True, slots=True)
class Local:
    """The local Dataverse's own sign-in, without an account."""


@dataclass(frozen=True, slots=True)
class Secret:
    """An application and its client secret."""

    client_id: str
    secret: Source


@dataclass(frozen=True, slots=True)
class Certificate:
    """An application and a certificate with its private key, PEM or PFX.

    The certificate travels along with each assertion, so that one registered by subject name and
    issuer (SNI) works without a setting. ``thumbprint`` serves a file that holds the key alone.
    """

    client_id: str
    certificate: Source
    passphrase: Source | None = None
    thumbprint: str = ""


@dataclass(frozen=True, slots=True)
class GitHub:
    """An application that trusts a GitHub Actions workflow."""

    client_id: str
    audience: str


@dataclass(frozen=True, slots=True)
class AzureDevOps:
    """An application that trusts a service connection of Azure DevOps."""

    client_id: str
    service_connection_id: str


@dataclass(frozen=True, slots=True)
class TokenFile:
    """An application that trusts a token which something else keeps fresh in a file."""

    client_id: str
    path: Path | None
    """None: where ``AZURE_FEDERATED_TOKEN_FILE`` says."""


@dataclass(frozen=True, slots=True)
class ManagedIdentity:
    """The identity of the Azure machine or app that we run on; all empty: the system's own."""

    client_id: str = ""
    object_id: str = ""
    resource_id: str = ""


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A person who signs in on another device."""

    client_id: str
    user: str = ""


@dataclass(frozen=True, slots=True)
class Interactive:
    """A person who signs in in the browser of this machine."""

    client_id: str
    user: str = ""


@dataclass(frozen=True, slots=True)
class AzureCli:
    """Whoever the Azure CLI has signed in."""


Kind: TypeAlias = (
    Local
    | Secret
    | Certificate
    | GitHub
    | AzureDevOps
    | TokenFile
    | ManagedIdentity
    | DeviceCode
    | Interactive
    | AzureCli
)
Person: TypeAlias = DeviceCode | Interactive

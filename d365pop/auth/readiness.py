"""What a sign-in lacks before anything is asked of a server."""

import shutil
from pathlib import Path
from typing import assert_never

from d365pop.auth.kinds import (
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
from d365pop.auth.surroundings import STDIN, Surroundings


def missing(kind: Kind, surroundings: Surroundings) -> str:
    """Return what is missing, in words; empty where nothing is, as far as can be told from here."""
    if isinstance(kind, AzureCli):
        found = shutil.which("az", path=surroundings.variables.get("PATH"))
        return "" if found else "the program az"
    return _absent(surroundings, *_sources(kind))


def _sources(kind: Kind) -> tuple[Source, ...]:
    """Return where a sign-in gets what it cannot do without."""
    match kind:
        case Secret(secret=secret):
            return (secret,)
        case Certificate(certificate=certificate, passphrase=passphrase):
            return (certificate, passphrase) if passphrase else (certificate,)
        case GitHub():
            return (Variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN"),)
        case AzureDevOps():
            return (Variable("SYSTEM_ACCESSTOKEN"),)
        case TokenFile(path=path):
            return (File(path) if path else Variable("AZURE_FEDERATED_TOKEN_FILE"),)
        case Local() | ManagedIdentity() | DeviceCode() | Interactive() | AzureCli():
            return ()
        case _:
            assert_never(kind)


def require_secrets(kind: Kind, surroundings: Surroundings) -> None:
    """Refuse early: what is missing here is no reason to call a server.

    Raises:
        ConfigurationError: a secret or a certificate is missing.
    """
    if isinstance(kind, Secret) and missing(kind, surroundings):
        surroundings.content(kind.secret, "client secret")
    if isinstance(kind, Certificate) and missing(kind, surroundings):
        surroundings.content(kind.certificate, "certificate")
        surroundings.content(kind.passphrase or kind.certificate, "certificate's passphrase")


def _absent(surroundings: Surroundings, *sources: Source) -> str:
    """Name the sources that hold nothing; standard input is not read for that."""
    found = []
    for source in sources:
        match source:
            case Variable(name=name):
                found += [] if surroundings.variables.get(name) else [f"the variable {name}"]
            case File(path=path):
                found += [] if path == STDIN or _is_readable(path) else [f"the file {path}"]
            case _:
                assert_never(source)
    return ", ".join(found)


def _is_readable(path: Path) -> bool:
    # A pipe that a shell hands over is no regular file, and can be read once only.
    return path.exists() and not path.is_dir()

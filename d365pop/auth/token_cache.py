"""Where a person's sign-in is kept: memory, or a file that the system encrypts."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from d365pop.errors import ConfigurationError

Wanted: TypeAlias = Literal["auto", "memory", "plain-file"]

_EXTRA: Final = 'Install it: pip install "d365pop[desktop]".'
_FILE: Final = "sign-in.bin"
# A name of its own: an encrypted and a plain file must never be read as the other.
_PLAIN_FILE: Final = "sign-in.json"


class Kept(NamedTuple):
    """MSAL's cache, None for memory only, and where that is, in a sentence."""

    cache: Any
    where: str

    @property
    def lasts(self) -> bool:
        """Whether a sign-in outlives the program."""
        return self.cache is not None


IN_MEMORY: Final = Kept(None, "in memory only")
"""Where the tokens of everything but a person are."""


def open_cache(
    wanted: Wanted,
    variables: Mapping[str, str],
    *,
    in_pipeline: bool,
    module: Callable[[str], Any] = import_module,
) -> Kept:
    """Return the cache that was asked for, or memory and why.

    Raises:
        ConfigurationError: ``plain-file`` without the package that writes it.
    """
    if in_pipeline:
        return Kept(None, "in memory only: this is a pipeline")
    if wanted == "memory":
        return Kept(None, 'in memory only: token_cache = "memory"')
    try:
        extensions = module("msal_extensions")
    except ImportError as exc:
        if wanted == "plain-file":
            raise ConfigurationError(
                "token-cache-missing",
                'token_cache = "plain-file" needs the package msal-extensions.',
                hint=_EXTRA,
            ) from exc
        return Kept(
            None,
            "in memory only, so every command asks again: msal-extensions is missing. " + _EXTRA,
        )
    return (
        _plain(extensions, variables)
        if wanted == "plain-file"
        else _encrypted(extensions, variables)
    )


def _plain(extensions: Any, variables: Mapping[str, str]) -> Kept:  # noqa: ANN401 - no types
    place = folder(variables) / _PLAIN_FILE
    cache = extensions.PersistedTokenCache(extensions.FilePersistence(str(place)))
    return Kept(cache, f"in {place}, not encrypted: whoever can read that file is you")


def _encrypted(extensions: Any, variables: Mapping[str, str]) -> Kept:  # noqa: ANN401 - no types
    place = folder(variables) / _FILE
    try:
        persistence = extensions.build_encrypted_persistence(str(place))
    except Exception as exc:  # noqa: BLE001 - each system's key store fails in ways of its own
        return Kept(
            None,
            "in memory only, so every command asks again: this system's key store does not"
            f" encrypt ({type(exc).__name__}). On Linux it is libsecret with PyGObject and an"
            ' unlocked keyring. token_cache = "plain-file" keeps it in a file that only you can'
            " read, unencrypted; that is your choice to make.",
        )
    return Kept(extensions.PersistedTokenCache(persistence), f"in {place}, encrypted by the system")


def folder(variables: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Return the folder of a person's own data."""
    home = Path(variables.get("USERPROFILE" if platform == "win32" else "HOME") or Path.home())
    match platform:
        case "win32":
            return Path(variables.get("LOCALAPPDATA") or home / "AppData" / "Local") / "d365pop"
        case "darwin":
            return home / "Library" / "Application Support" / "d365pop"
        case _:
            return Path(variables.get("XDG_DATA_HOME") or home / ".local" / "share") / "d365pop"

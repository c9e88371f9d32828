"""What a sign-in takes from the process around it: variables, standard input, a person."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, assert_never

from d365pop.auth.kinds import File, Source, Variable
from d365pop.errors import ConfigurationError
from d365pop.redaction import hide

STDIN: Final = Path("-")
LARGEST: Final = 1 << 20
"""Bytes. The largest certificate chain has some kilobytes; a device has no end."""


def read_stdin() -> bytes:
    """Return standard input, as far as any secret goes."""
    return sys.stdin.buffer.read(LARGEST + 1)


@dataclass(frozen=True)
class Surroundings:
    """Handed in, so that a test can hand in others; values of variables are never shown."""

    variables: Mapping[str, str] = field(repr=False)
    person: bool = False
    """Whether somebody sits there to sign in."""
    tell: Callable[[str], None] = lambda _text: None
    """Says to that person what to do."""
    stdin: Callable[[], bytes] = field(default=read_stdin, repr=False)

    def text(self, source: Source, what: str) -> str:
        """Return a secret as text, without the line end that editors put behind it.

        Raises:
            ConfigurationError: it is not there, or no text.
        """
        try:
            text = self.content(source, what).decode("utf-8-sig").strip("\r\n")
        except UnicodeDecodeError as exc:
            raise ConfigurationError(
                "secret-no-text", f"The {what} in {place_of(source)} is no text."
            ) from exc
        if not text:
            raise _missing(source, what)
        return hide(text)

    def content(self, source: Source, what: str) -> bytes:
        """Return a secret as bytes.

        Raises:
            ConfigurationError: it is not there, or empty.
        """
        match source:
            case Variable(name=name):
                content = self.variables.get(name, "").encode()
            case File(path=path):
                content = self.stdin() if path == STDIN else _read(path, what)
            case _:
                assert_never(source)
        if not content:
            raise _missing(source, what)
        if len(content) > LARGEST:
            raise ConfigurationError(
                "secret-too-large",
                f"What {place_of(source)} holds is too large for a {what}.",
                context=f"d365pop reads at most {LARGEST} bytes",
                hint="Name the file that holds it alone.",
            )
        return content


def place_of(source: Source) -> str:
    """Return where a secret is, in words; never the secret."""
    match source:
        case Variable(name=name):
            return f"the variable {name}"
        case File(path=path):
            return "standard input" if path == STDIN else str(path)
        case _:
            assert_never(source)


def _read(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as exc:
        raise ConfigurationError(
            "secret-unreadable",
            f"{path}, which holds the {what}, cannot be read.",
            context=exc.strerror or type(exc).__name__,
            hint="Check the path; a relative one counts from where d365pop runs.",
        ) from exc


def _missing(source: Source, what: str) -> ConfigurationError:
    place = place_of(source)
    hint = (
        f"Set {source.name} in the shell or in the pipeline's secrets."
        if isinstance(source, Variable)
        else f"Put the {what} there."
    )
    return ConfigurationError(
        "secret-missing", f"{place[0].upper()}{place[1:]} holds no {what}.", hint=hint
    )

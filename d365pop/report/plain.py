"""Foreign text made fit to be shown: nothing hidden, nothing secret, nothing that steers a log.

Names and messages come from packages that somebody else made. A pipeline's agent obeys commands
wherever they stand in a log, and a terminal obeys escape sequences.
"""

import re
from collections.abc import Sequence

from d365pop.redaction import redact

# Controls but line feed and tab, what reorders text, what ends lines unseen, halves of characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff"
    "\ufffe\uffff]"
)
# Both agents look for these anywhere in a line …
_COMMAND = re.compile(r"##(?=vso\[|\[)", re.IGNORECASE)
# … and GitHub's for this at its start, after white space.
_LINE_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)


def visible(text: str) -> str:
    r"""Return ``text`` without secrets, each unseen character written as ``\u202e``."""
    return unseen_as_codes(redact(text.replace("\r\n", "\n").replace("\r", "\n")))


def unseen_as_codes(text: str) -> str:
    r"""Return ``text`` with each unseen character written as ``\u202e``."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def visible_lines(lines: Sequence[str]) -> list[str]:
    """Return ``lines`` fit to be shown; a secret may stand in many of them."""
    return visible("\n".join(lines)).split("\n") if lines else []


def one_line(text: str) -> str:
    """Return ``text`` with every run of white space as one space."""
    return " ".join(text.split())


def without_commands(text: str) -> str:
    """Return ``text`` with no line in it that a pipeline's agent would obey."""
    return _LINE_COMMAND.sub(r"\1: ", _COMMAND.sub("**", text))


def markup_without_commands(markup: str) -> str:
    """Return HTML or XML of the same meaning with no line that a pipeline's agent would obey."""
    return _LINE_COMMAND.sub(r"\1&#58;", markup.replace("##", "&#35;&#35;"))

"""Makes a package's texts safe to show: what steers a terminal or turns text around is spelled."""

import re
from typing import Final

# C0 without tab and line feed, DEL, C1, and the characters that reorder what is read.
_STEERING: Final = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def visible(text: str) -> str:
    """Return ``text`` with such characters written as ``<U+202E>``."""
    return _STEERING.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)

"""Reads whole numbers as the platform writes them: ASCII digits that fit SQLite."""

import re

WHOLE = re.compile(r"-?[0-9]{1,18}")
NATURAL = re.compile(r"[0-9]{1,18}")


def is_natural(text: str) -> bool:
    """Whether ``text`` is a number without a sign; unlike ``isdigit`` it knows no superscripts."""
    return NATURAL.fullmatch(text) is not None


def is_whole(text: str) -> bool:
    """Whether ``text`` is a number that may have a minus sign."""
    return WHOLE.fullmatch(text) is not None


def natural_or(text: str, default: int) -> int:
    """Return the number, or the default where ``text`` is none."""
    return int(text) if is_natural(text) else default

"""The digest that stands in a solution's own description; knows parts, not what made them.

It is ``content_digest`` over all parts, where in ``solution.xml`` the digits of the mark itself
are left out: ``[d365pop:sha256:]``. So it can stand in what it is taken from, and whoever has
the package can compute it again.
"""

import re
from collections.abc import Mapping
from typing import Final

from d365pop.solution.package import content_digest

BLANK_MARK: Final = "[d365pop:sha256:]"

_MARK = re.compile(rb"\[d365pop:sha256:([0-9a-f]{64})?\]")
_SOLUTION = "solution.xml"


def with_blank_mark(description: str) -> str:
    """Return the description that a solution is rendered with before its digest is known."""
    return f"{description} {BLANK_MARK}".lstrip()


def provenance_digest(parts: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over all parts, in hexadecimal, as if no digest stood in them."""
    blank = _MARK.sub(BLANK_MARK.encode(), parts.get(_SOLUTION, b""))
    return content_digest({**parts, _SOLUTION: blank})


def stamp(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return ``parts`` with their digest in every mark of solution.xml."""
    mark = f"[d365pop:sha256:{provenance_digest(parts)}]"
    return {**parts, _SOLUTION: _MARK.sub(mark.encode(), parts[_SOLUTION])}


def stamped_digest(parts: Mapping[str, bytes]) -> str:
    """Return the digest that solution.xml says; empty where it says none."""
    found = [match[1] for match in _MARK.finditer(parts.get(_SOLUTION, b"")) if match[1]]
    return found[-1].decode() if found else ""


def stamped_description(description: str, parts: Mapping[str, bytes]) -> str:
    """Return the description that an environment has after an import of ``parts``."""
    digest = stamped_digest(parts)
    return with_blank_mark(description).replace(BLANK_MARK, f"[d365pop:sha256:{digest}]")

"""What a script leaves in the window: a value, and what it can tell about one name."""

from dataclasses import dataclass
from typing import cast


@dataclass(frozen=True, slots=True)
class Definitions:
    """Dotted names of functions, and of values that may hold more than the text shows.

    ``open_names`` holds the empty name where anything may be global (``eval``, ``window[x] =``).
    """

    functions: frozenset[str]
    open_names: frozenset[str]

    def may_define(self, name: str) -> bool:
        """Tell whether a function of this name can exist after the script ran."""
        parts = name.split(".")
        prefixes = {".".join(parts[:length]) for length in range(len(parts) + 1)}
        return name in self.functions or not prefixes.isdisjoint(self.open_names)


def read_definitions(answer: object) -> Definitions | None:
    """Return what the driver found; None where it can tell nothing."""
    if answer is None:
        return None
    facts = cast("dict[str, list[str]]", answer)
    return Definitions(frozenset(facts["functions"]), frozenset(facts["open"]))

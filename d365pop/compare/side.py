"""One side of a comparison: a package or what an environment holds, with the proven sources."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from d365pop.compare.source_maps import Sources
from d365pop.solution.contents import Contents


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared, under the name that the user gave it."""

    label: str
    contents: Contents = field(repr=False)
    sources: Mapping[str, Sources] = field(default_factory=dict, repr=False)
    """By SHA-256 of the script."""
    is_environment: bool = False
    """Whether only solution, web resources, main forms and variables could be read."""
    notes: tuple[str, ...] = ()

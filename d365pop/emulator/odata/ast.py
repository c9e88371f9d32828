"""What a ``$filter`` says, as values; knows no text and no SQL."""

from dataclasses import dataclass
from typing import TypeAlias

from d365pop.emulator.metadata import Kind

Scalar: TypeAlias = "str | int | float | bool | None"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; ``kind`` is how it was written."""

    value: Scalar
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class Path:
    """A column, or a column behind one or more lookups (``publisherid/uniquename``)."""

    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left operator right``."""

    operator: str
    left: "Operand"
    right: "Operand"


@dataclass(frozen=True, slots=True)
class TextMatch:
    """``contains``, ``startswith`` or ``endswith``."""

    function: str
    path: Path
    literal: Literal


@dataclass(frozen=True, slots=True)
class Condition:
    """``Microsoft.Dynamics.CRM.LastXDays`` and its like; the operator in FetchXML's word."""

    operator: str
    path: Path
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lambda:
    """``collection/any(c:condition)`` and ``all``; without a condition, whether there is any."""

    operator: str
    path: Path
    """Ends in the collection; lookups may lead to it."""
    condition: "Expression | None"


@dataclass(frozen=True, slots=True)
class Logical:
    """``and`` or ``or``."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Not:
    """``not``."""

    operand: "Expression"


Operand: TypeAlias = "Literal | Path"
Expression: TypeAlias = "Comparison | TextMatch | Condition | Lambda | Logical | Not"

"""The platform's numbers for types, in words."""

from collections.abc import Mapping
from typing import Final

_WEB_RESOURCE_TYPES: Final[Mapping[int, str]] = {
    1: "HTML",
    2: "CSS",
    3: "script",
    4: "XML",
    5: "PNG",
    6: "JPG",
    7: "GIF",
    8: "Silverlight",
    9: "XSL",
    10: "ICO",
    11: "SVG",
    12: "RESX",
}
_COMPONENT_TYPES: Final[Mapping[int, str]] = {
    1: "table",
    2: "column",
    9: "choice",
    10: "relationship",
    20: "security role",
    26: "view",
    29: "process",
    31: "report",
    36: "template",
    59: "chart",
    60: "form",
    61: "web resource",
    62: "site map",
    66: "code component",
    70: "column security profile",
    80: "app",
    91: "plug-in assembly",
    92: "plug-in step",
    95: "service endpoint",
    300: "canvas app",
    380: "environment variable",
    381: "environment variable value",
    431: "column image configuration",
    432: "table image configuration",
}
_VARIABLE_TYPES: Final[Mapping[int, str]] = {
    100_000_000: "text",
    100_000_001: "number",
    100_000_002: "yes/no",
    100_000_003: "JSON",
    100_000_004: "data source",
    100_000_005: "secret",
}


def type_name(code: int) -> str:
    """Return a ``webresourcetype`` in words."""
    return _WEB_RESOURCE_TYPES.get(code, f"type {code}")


def component_type_name(code: int) -> str:
    """Return a component type in words; those of newer tables have no number of their own."""
    return _COMPONENT_TYPES.get(code, f"type {code}")


def variable_type_name(code: int) -> str:
    """Return the type of an environment variable in words."""
    return _VARIABLE_TYPES.get(code, f"type {code}")

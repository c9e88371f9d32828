"""The columns of ``customizations.xml`` as values; pure."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from d365pop.emulator.metadata import Column, Kind
from d365pop.emulator.numerals import natural_or
from d365pop.emulator.xmltext import attribute_of, text_of

KINDS: Mapping[str, Kind] = {
    "bigint": Kind.BIG,
    "bit": Kind.BOOLEAN,
    "customer": Kind.LOOKUP,
    "datetime": Kind.DATETIME,
    "decimal": Kind.NUMBER,
    "entityname": Kind.TEXT,
    "file": Kind.ID,
    "float": Kind.NUMBER,
    "image": Kind.TEXT,
    "int": Kind.INTEGER,
    "lookup": Kind.LOOKUP,
    "managedproperty": Kind.MANAGED,
    "memo": Kind.TEXT,
    "money": Kind.NUMBER,
    "multiselectpicklist": Kind.TEXT,
    "ntext": Kind.TEXT,
    "nvarchar": Kind.TEXT,
    "picklist": Kind.INTEGER,
    "primarykey": Kind.ID,
    "state": Kind.INTEGER,
    "status": Kind.INTEGER,
    "uniqueidentifier": Kind.ID,
}
FIRST = {"state": 0, "status": 1}
"""What a row begins with. ASSUMED: the first state, and its first status."""
Targets = Mapping[str, str]
"""Target table by navigation property."""


def logical_name(attribute: ET.Element) -> str:
    """Return the name of a column."""
    return (text_of(attribute, "LogicalName") or attribute.get("PhysicalName", "")).lower()


def column_of(attribute: ET.Element, targets: Targets) -> Column | None:
    """Return a column, None for a type that holds no value of its own."""
    told = text_of(attribute, "Type")
    kind = KINDS.get(told)
    if kind is None:
        return None
    length = text_of(attribute, "MaxLength") or text_of(attribute, "Length")
    writable = {text_of(attribute, f"ValidFor{when}Api") for when in ("Create", "Update")}
    return Column(
        logical_name(attribute),
        kind,
        targets if kind is Kind.LOOKUP else {},
        default=FIRST.get(told, 0 if kind in {Kind.BOOLEAN, Kind.MANAGED} else None),
        read_only="1" not in writable or (kind is Kind.LOOKUP and not targets),
        max_length=natural_or(length, 0) if told == "nvarchar" else 0,
        several=told == "multiselectpicklist",
    )


def choices_in(option_set: ET.Element | None) -> dict[int, str]:
    """Return the labels of an option set's values."""
    if option_set is None:
        return {}
    found = [
        item
        for path in ("options/option", "states/state", "statuses/status")
        for item in option_set.findall(path)
    ]
    return {
        natural_or(item.get("value", ""), 0): attribute_of(item, "labels/label", "description")
        for item in found
    }

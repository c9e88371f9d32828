"""What packages' tables and relationships make of the platform's tables; pure."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

from d365pop.emulator.customizing.columns import choices_in, column_of, logical_name
from d365pop.emulator.metadata import Collection, Column, Kind, Table
from d365pop.emulator.table_kit import ownership, pairs, table
from d365pop.emulator.xmltext import attribute_of, text_of

FIRST_CODE, CODES = 10_600, 9_000
"""ASSUMED: object type codes of imported tables; they differ between environments."""
OWNERS = frozenset({"owner", "team"})


@dataclass(frozen=True)
class Definitions:
    """What packages define, by element; a later one adds to an earlier one."""

    entities: tuple[ET.Element, ...] = ()
    relationships: tuple[ET.Element, ...] = ()
    option_sets: tuple[ET.Element, ...] = ()
    managed: frozenset[str] = frozenset()
    """Tables that a managed solution brought."""


def extended(platform: tuple[Table, ...], added: Definitions) -> tuple[Table, ...]:
    """Return the platform's tables with what was added to them, then the tables that are new."""
    tables = {item.logical_name: item for item in platform}
    for entity in added.entities:
        name = text_of(entity, "Name").lower()
        present = tables.get(name) or _new_table(entity, name, managed=name in added.managed)
        if present is not None:
            tables[name] = _with_columns(present, entity, added)
    for element in added.relationships:
        if text_of(element, "EntityRelationshipType") == "ManyToMany":
            _relate_many(tables, element)
        else:
            _relate(tables, element)
    return tuple(tables.values())


def names_defined(customizations: ET.Element) -> set[str]:
    """Return the names of tables and columns that a package would define."""
    found: set[str] = set()
    for entity in customizations.findall("Entities/Entity"):
        attributes = entity.findall("EntityInfo/entity/attributes/attribute")
        found |= {logical_name(attribute) for attribute in attributes}
        found |= {text_of(entity, "Name").lower()} if attributes else set()
    for element in customizations.findall("EntityRelationships/EntityRelationship"):
        if text_of(element, "EntityRelationshipType") == "ManyToMany":
            found.add(text_of(element, "IntersectEntityName").lower())
    return found


def _new_table(entity: ET.Element, name: str, *, managed: bool) -> Table | None:
    """Return a table with what the platform gives to every one, None where none is defined."""
    told = entity.find("EntityInfo/entity")
    attributes = [] if told is None else told.findall("attributes/attribute")
    keys = [item for item in attributes if text_of(item, "Type") == "primarykey"]
    if not keys:
        return None
    names = [item for item in attributes if "PrimaryName" in text_of(item, "DisplayMask")]
    states = any(logical_name(item) == "statecode" for item in attributes)
    owned = text_of(told, "OwnershipTypeMask") in {"UserOwned", "TeamOwned"}
    made = table(
        name,
        text_of(told, "EntitySetName") or f"{name}s",
        logical_name(names[0]) if names else logical_name(keys[0]),
        ownership(state=states) if owned else [],
        object_type_code=FIRST_CODE + zlib.crc32(name.encode()) % CODES,
        primary_id=logical_name(keys[0]),
    )
    return replace(
        made,
        schema_name=text_of(entity, "Name"),
        label=attribute_of(entity, "EntityInfo/entity/LocalizedNames/LocalizedName", "description"),
        is_custom=True,
        is_managed=managed,
    )


def _with_columns(present: Table, entity: ET.Element, added: Definitions) -> Table:
    columns, choices = dict(present.columns), dict(present.choices)
    for attribute in entity.findall("EntityInfo/entity/attributes/attribute"):
        name = logical_name(attribute)
        named = _named(added.option_sets, text_of(attribute, "OptionSetName"))
        own = choices_in(attribute.find("optionset")) or choices_in(named)
        if own:
            choices[name] = own
        if name in columns:
            continue
        targets = _targets(present.logical_name, name, added.relationships)
        column = column_of(attribute, targets)
        if column is not None:
            columns[name] = replace(column, is_custom=True)
    return replace(present, columns=columns, choices=choices)


def _named(option_sets: Iterable[ET.Element], name: str) -> ET.Element | None:
    return next((item for item in option_sets if name and item.get("Name") == name), None)


def _targets(
    table_name: str, column: str, relationships: Iterable[ET.Element]
) -> Mapping[str, str]:
    """Return what a lookup points to, by navigation property."""
    return {
        _navigation(element, "RelationshipRoleType", "1")
        or text_of(element, "ReferencingAttributeName"): target
        for element in relationships
        if text_of(element, "ReferencingEntityName").lower() == table_name
        and text_of(element, "ReferencingAttributeName").lower() == column
        and (target := text_of(element, "ReferencedEntityName").lower()) not in OWNERS
    }


def _navigation(element: ET.Element, kind: str, value: str) -> str:
    for role in element.findall("EntityRelationshipRoles/EntityRelationshipRole"):
        if text_of(role, kind) == value:
            return text_of(role, "NavigationPropertyName")
    return ""


def _relate(tables: dict[str, Table], element: ET.Element) -> None:
    """Let the referenced table of a one-to-many relationship know the rows that point to it."""
    referenced = tables.get(text_of(element, "ReferencedEntityName").lower())
    referencing = tables.get(text_of(element, "ReferencingEntityName").lower())
    name = text_of(element, "ReferencingAttributeName").lower()
    column = referencing.columns.get(name) if referencing else None
    if referenced is None or referencing is None or not _points(column, referenced):
        return
    navigation = _navigation(element, "RelationshipRoleType", "0") or element.get("Name", "")
    collection = Collection(navigation, referencing.logical_name, name)
    _add(tables, referenced.logical_name, collection)
    if referenced is referencing and text_of(element, "IsHierarchical") == "1":
        known = tables[referenced.logical_name]
        tables[known.logical_name] = replace(known, hierarchy=known.hierarchy or name)


def _points(column: Column | None, referenced: Table) -> bool:
    if column is None or column.kind is not Kind.LOOKUP:
        return False
    return referenced.logical_name in column.navigations.values()


def _relate_many(tables: dict[str, Table], element: ET.Element) -> None:
    """Add the table of pairs, and let both sides know the other."""
    first = tables.get(text_of(element, "FirstEntityName").lower())
    second = tables.get(text_of(element, "SecondEntityName").lower())
    if first is None or second is None:
        return
    name, through = element.get("Name", ""), text_of(element, "IntersectEntityName").lower()
    sides = (first.primary_id, second.primary_id)
    if first.logical_name == second.logical_name:
        sides = (f"{first.primary_id}one", f"{first.primary_id}two")
    made = pairs(through, f"{through}set", sides)
    tables[through] = replace(made, schema_name=name, is_custom=True)
    for table_here, there, ordinal in ((first, second, "1"), (second, first, "2")):
        near, far = sides if ordinal == "1" else sides[::-1]
        navigation = _navigation(element, "AssociationRoleOrdinal", ordinal) or name
        collection = Collection(navigation, there.logical_name, near, through, far)
        _add(tables, table_here.logical_name, collection)


def _add(tables: dict[str, Table], name: str, collection: Collection) -> None:
    known = tables[name]
    collections = {collection.name: collection, **known.collections}
    tables[name] = replace(known, collections=collections)

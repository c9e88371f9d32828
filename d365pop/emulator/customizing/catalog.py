"""Keeps what packages define, and lets the environment serve it; knows no XML in detail."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree as ET

from d365pop.emulator.customizing.definitions import Definitions, extended, names_defined
from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import bad_request
from d365pop.emulator.metadata import Row, Table
from d365pop.emulator.security.privileges import ACCESS_RIGHTS, privilege_name
from d365pop.emulator.security.roles import Depth, grant, revoke
from d365pop.emulator.seed_roles import ADMINISTRATOR, CUSTOMIZER
from d365pop.emulator.store import Layer, Selection
from d365pop.emulator.xmltext import parse_xml, text_of

KEPT = "d365pop_definition"
UNMANAGED = "fd140aae-4df4-11dd-bd17-0019b9312238"
"""The Active solution: who deletes an unmanaged solution keeps its tables."""
NAME = re.compile(r"(?!sqlite_)[a-z][a-z0-9_]*")
OURS = ("__published", "__type")
INVALID_NAME = "0x8004701e"
"""ASSUMED: code and text."""
ENTITY, RELATIONSHIP, OPTION_SET = "entity", "relationship", "optionset"


@contextmanager
def customizing(environment: Environment) -> Iterator[None]:
    """Change tables and rows together or not at all."""
    try:
        with environment.store.transaction():
            yield
    except BaseException:
        serve_definitions(environment)
        raise


def keep_definitions(
    environment: Environment, customizations: ET.Element, managed_solution: str
) -> None:
    """Keep what a package defines, and serve it; of an unmanaged one nobody's solution has it."""
    owner = managed_solution or UNMANAGED
    kept = {table.logical_name for table in environment.catalog.internal}
    for name in names_defined(customizations):
        # They become names in SQL, and must meet none that is ours.
        if NAME.fullmatch(name) is None or name in kept or name.endswith(OURS):
            raise bad_request(f"'{name[:100]}' is no name of a table or a column.", INVALID_NAME)
    for kind, name, element in _defined(customizations):
        _keep(environment, owner, kind, name, ET.tostring(element, encoding="unicode"))
    serve_definitions(environment)


def forget_definitions(environment: Environment, solution_id: str) -> None:
    """Let go what a managed solution defined; tables that nothing else defines go with rows."""
    table = environment.table(KEPT)
    rows = environment.store.find(table, "solutionid", solution_id, Layer.DRAFT)
    for row in rows:
        environment.store.delete(table, str(row[table.primary_id]))
    if rows:
        serve_definitions(environment)


def serve_definitions(environment: Environment) -> None:
    """Serve the platform's tables with what is kept."""
    catalog = environment.catalog
    rows = environment.store.select(
        environment.table(KEPT), Selection(order_by='t."versionnumber"')
    )
    if not rows and catalog.tables is catalog.platform:
        return
    before = {table.logical_name: table for table in catalog.tables}
    catalog.change(extended(catalog.platform, _definitions(rows)))
    environment.store.define(
        table for table in catalog.tables if table != before.get(table.logical_name)
    )
    for name, table in before.items():
        remaining = catalog.by_name.get(name)
        if remaining is not None:
            environment.store.empty(remaining, table.columns.keys() - remaining.columns.keys())
    _follow(
        environment,
        [table for table in catalog.tables if table.logical_name not in before],
        [table for name, table in before.items() if name not in catalog.by_name],
    )


def _follow(environment: Environment, new: list[Table], gone: list[Table]) -> None:
    """Give the platform's administrators what is new, and forget what is gone."""
    for table in gone:
        environment.store.drop(table)
    for role_id in (ADMINISTRATOR, CUSTOMIZER):
        if environment.store.get(environment.table("role"), role_id) is None:
            continue
        if new:
            grant(environment, role_id, dict.fromkeys(_privileges(new), Depth.GLOBAL))
        if gone:
            revoke(environment, role_id, _privileges(gone))


def _privileges(tables: list[Table]) -> list[str]:
    return [privilege_name(right, table) for table in tables for right in ACCESS_RIGHTS]


def _definitions(rows: list[Row]) -> Definitions:
    kept: dict[str, list[ET.Element]] = {ENTITY: [], RELATIONSHIP: [], OPTION_SET: []}
    for row in rows:
        kept[str(row["kind"])].append(parse_xml(str(row["definition"])))
    managed = {
        str(row["name"]) for row in rows if row["kind"] == ENTITY and row["solutionid"] != UNMANAGED
    }
    return Definitions(
        tuple(kept[ENTITY]),
        tuple(kept[RELATIONSHIP]),
        tuple(kept[OPTION_SET]),
        frozenset(managed),
    )


def _defined(customizations: ET.Element) -> Iterator[tuple[str, str, ET.Element]]:
    """Yield what a package defines: kind, name, and as little of the element as it takes."""
    for entity in customizations.findall("Entities/Entity"):
        told = entity.find("EntityInfo")
        if told is not None and told.find("entity/attributes/attribute") is not None:
            bare = ET.Element("Entity")
            bare.extend(item for item in entity if item.tag in {"Name", "EntityInfo"})
            yield ENTITY, text_of(entity, "Name").lower(), bare
    for element in customizations.findall("EntityRelationships/EntityRelationship"):
        yield RELATIONSHIP, element.get("Name", ""), element
    for element in customizations.findall("optionsets/optionset"):
        yield OPTION_SET, element.get("Name", ""), element


def _keep(environment: Environment, owner: str, kind: str, name: str, definition: str) -> None:
    table = environment.table(KEPT)
    where = 't."solutionid" = ? AND t."kind" = ? AND t."name" = ?'
    found = environment.store.select(table, Selection(where, (owner, kind, name)))
    if found:
        row_id = str(found[0][table.primary_id])
        environment.store.update(table, row_id, {"definition": definition})
        return
    environment.store.insert(
        table,
        {
            table.primary_id: environment.new_id(),
            "solutionid": owner,
            "kind": kind,
            "name": name,
            "definition": definition,
        },
    )

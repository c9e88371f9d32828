"""What an export starts from: the solution's rows and what an import left beside them."""

import base64
import json
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from d365pop.emulator.environment import Environment
from d365pop.emulator.metadata import Row
from d365pop.emulator.store import Layer, Selection
from d365pop.emulator.xmltext import parse_xml

SECTIONS = (
    *("Entities", "Roles", "Workflows", "FieldSecurityProfiles", "Templates", "EntityMaps"),
    *("EntityRelationships", "OrganizationSettings", "optionsets", "WebResources"),
    *("EntityDataProviders", "Languages"),
)


@dataclass(frozen=True, slots=True)
class ExportSource:
    """A solution with its publisher and its components."""

    environment: Environment
    solution: Row
    publisher: Row
    components: list[Row]
    manifest: ET.Element | None
    customizations: ET.Element
    files: dict[str, bytes]
    imported: frozenset[tuple[int, str]]
    """Type and id of what an import brought, roots or not."""

    def ids_of(self, component_type: int) -> list[str]:
        """Return the ids of the components of a type that the solution holds."""
        return [
            str(item["objectid"])
            for item in self.components
            if item["componenttype"] == component_type
        ]

    def rows_of(
        self, component_type: int, table_name: str, layer: Layer = Layer.PUBLISHED
    ) -> list[Row]:
        """Return the rows that the solution holds, published unless told, in a stable order."""
        table = self.environment.table(table_name)
        ids = self.ids_of(component_type)
        found = (self.environment.store.get(table, row_id, layer) for row_id in ids)
        rows = [row for row in found if row is not None]
        return sorted(rows, key=lambda row: str(row[table.primary_name]).lower())


def read_source(environment: Environment, solution: Row) -> ExportSource:
    """Return what an export of a solution starts from."""
    solution_id = str(solution["solutionid"])
    publisher = environment.store.get(environment.table("publisher"), str(solution["publisherid"]))
    held = environment.table("solutioncomponent")
    components = environment.store.select(held, Selection('t."solutionid" = ?', (solution_id,)))
    kept = environment.store.find_one(
        environment.table("d365pop_source"), "solutionid", solution_id
    )
    if kept is None:
        empty = ET.Element("ImportExportXml")
        for name in SECTIONS:
            ET.SubElement(empty, name)
        ET.SubElement(empty.find("Languages") or empty[-1], "Language").text = "1033"
        return ExportSource(
            environment, solution, publisher or {}, components, None, empty, {}, frozenset()
        )
    files = json.loads(str(kept["files"]))
    return ExportSource(
        environment,
        solution,
        publisher or {},
        components,
        parse_xml(str(kept["manifest"])),
        parse_xml(str(kept["customizations"])),
        {path: base64.b64decode(text) for path, text in files.items()},
        frozenset((kind, object_id) for kind, object_id in json.loads(str(kept["included"]))),
    )

"""Keeps what an import brought beside rows, so that an export holds it again."""

import base64
import json
from xml.etree import ElementTree as ET

from d365pop.emulator.environment import Environment
from d365pop.emulator.package.contents import Package
from d365pop.emulator.store import Selection
from d365pop.emulator.xmltext import parse_xml


def keep_source(environment: Environment, solution_id: str, package: Package) -> None:
    """Keep a package's manifest, customizations and further files for its solution."""
    table = environment.table("d365pop_source")
    held = environment.store.select(
        environment.table("solutioncomponent"), Selection('t."solutionid" = ?', (solution_id,))
    )
    brought = {} if package.manifest.managed else package.parts
    files = {path: base64.b64encode(data).decode() for path, data in brought.items()}
    row = {
        "solutionid": solution_id,
        "manifest": ET.tostring(package.manifest.element, encoding="unicode"),
        "customizations": ET.tostring(package.customizations, encoding="unicode"),
        "files": json.dumps(files),
        "included": json.dumps([[item["componenttype"], item["objectid"]] for item in held]),
    }
    before = environment.store.find_one(table, "solutionid", solution_id)
    if before is not None and not package.manifest.managed:
        row["manifest"] = _with_roots_of(str(before["manifest"]), str(row["manifest"]))
    if before is None:
        environment.store.insert(table, {"d365pop_sourceid": environment.new_id(), **row})
    else:
        environment.store.update(table, str(before["d365pop_sourceid"]), {**row})


def _with_roots_of(before: str, manifest: str) -> str:
    """Return the manifest with the roots of an earlier one, too: an unmanaged import only adds."""
    root = parse_xml(manifest)
    roots = root.find("RootComponents")
    if roots is not None:
        known = {_root(item) for item in roots}
        earlier = parse_xml(before).findall("RootComponents/RootComponent")
        roots.extend(item for item in earlier if _root(item) not in known)
    return ET.tostring(root, encoding="unicode")


def _root(item: ET.Element) -> tuple[str, str]:
    name = item.get("schemaName") or item.get("id") or ""
    return item.get("type", ""), name.lower()

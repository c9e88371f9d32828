"""Keeps what an import brought beside rows, so that an export holds it again."""

import base64
import json
from xml.etree import ElementTree as ET

from d365pop.emulator.environment import Environment
from d365pop.emulator.package.contents import Package
from d365pop.emulator.store import Selection


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
    if before is None:
        environment.store.insert(table, {"d365pop_sourceid": environment.new_id(), **row})
    else:
        environment.store.update(table, str(before["d365pop_sourceid"]), {**row})

"""The environment variables of an exported package."""

import json
from xml.etree import ElementTree as ET

from d365pop.emulator.component_types import VARIABLE, VARIABLE_VALUE
from d365pop.emulator.exporting.source import ExportSource
from d365pop.emulator.metadata import Row

FOLDER = "environmentvariabledefinitions/"
DEFINITION = "/environmentvariabledefinition.xml"
VALUES = "/environmentvariablevalues.json"


def write_variables(source: ExportSource) -> dict[str, bytes]:
    """Return the files of the solution's variables; of the old layout none."""
    old = {
        (item.findtext("SchemaName") or item.findtext("Name") or "").lower()
        for item in source.customizations.findall("EnvironmentVariables/Definition")
    }
    values = {
        row["environmentvariabledefinitionid"]: row
        for row in source.rows_of(VARIABLE_VALUE, "environmentvariablevalue")
    }
    files: dict[str, bytes] = {}
    for row in source.rows_of(VARIABLE, "environmentvariabledefinition"):
        if str(row["schemaname"]).lower() in old:
            continue
        folder = f"{FOLDER}{row['schemaname']}"
        files[folder + DEFINITION] = _definition(row)
        value = values.get(row["environmentvariabledefinitionid"])
        if value is not None:
            files[folder + VALUES] = _value(value)
    return files


def _definition(row: Row) -> bytes:
    root = ET.Element("environmentvariabledefinition", {"schemaname": str(row["schemaname"])})
    texts = {"apiid": row["apiid"], "defaultvalue": row["defaultvalue"]}
    for tag, value in texts.items():
        if value is not None:
            ET.SubElement(root, tag).text = str(value)
    for tag, value in (("description", row["description"]), ("displayname", row["displayname"])):
        if value:
            element = ET.SubElement(root, tag, {"default": str(value)})
            label = {"description": str(value), "languagecode": "1033"}
            ET.SubElement(element, "label", label)
    later = {
        "introducedversion": row["introducedversion"] or "1.0",
        "iscustomizable": int(bool(row["iscustomizable"])),
        "isrequired": int(bool(row["isrequired"])),
        "parameterkey": row["parameterkey"],
        "secretstore": row["secretstore"] or 0,
        "type": row["type"],
    }
    for tag, value in later.items():
        if value is not None:
            ET.SubElement(root, tag).text = str(value)
    return ET.tostring(root, encoding="unicode").encode()


def _value(row: Row) -> bytes:
    value = {
        "@environmentvariablevalueid": row["environmentvariablevalueid"],
        "iscustomizable": "1",
        "value": row["value"],
    }
    return json.dumps({"environmentvariablevalues": {"environmentvariablevalue": value}}).encode()

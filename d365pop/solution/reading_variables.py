"""Reads environment variables of a package: today's folders, and the layout of 2019."""

import json
from collections.abc import Iterator, Mapping

from lxml import etree

from d365pop.errors import BundleError
from d365pop.models import Json
from d365pop.solution.contents import VariableEntry
from d365pop.solution.reading_xml import local_label, number, optional_text, text
from d365pop.solution.xml import parse_xml

FOLDER = "environmentvariabledefinitions/"
_DEFINITION = "/environmentvariabledefinition.xml"
_VALUES = "/environmentvariablevalues."
_OLD_VALUES = "environment_variable_values.json"


def read_variables(
    customizations: etree._Element, parts: Mapping[str, bytes]
) -> Iterator[VariableEntry]:
    """Yield the definitions, each with the value that the package brings for it.

    Raises:
        BundleError: one of their parts is neither XML nor JSON where it has to be.
    """
    for part in sorted(parts):
        if part.startswith(FOLDER) and part.endswith(_DEFINITION):
            yield _variable(part, parts)
    old_values = _old_values(parts)
    for element in customizations.iterfind("EnvironmentVariables/Definition"):
        yield _old_variable(element, old_values)


def _variable(part: str, parts: Mapping[str, bytes]) -> VariableEntry:
    root = parse_xml(parts[part], part)
    folder = part.removesuffix(_DEFINITION)
    name = root.find("displayname")
    return VariableEntry(
        schema_name=root.get("schemaname") or folder.removeprefix(FOLDER),
        display_name=""
        if name is None
        else name.get("default") or local_label(root, "displayname/label"),
        type_code=number(text(root, "type")),
        default_value=optional_text(root, "defaultvalue"),
        value=_value(folder + _VALUES, parts),
        part=part,
    )


def _old_variable(element: etree._Element, values: Mapping[str, str]) -> VariableEntry:
    # The first deployments wrote Name for what became SchemaName.
    schema_name = text(element, "SchemaName") or text(element, "Name")
    return VariableEntry(
        schema_name=schema_name,
        display_name=local_label(element, "DisplayName/LocalizedNames/LocalizedName"),
        type_code=number(text(element, "Type")),
        default_value=optional_text(element, "DefaultValue"),
        value=values.get(schema_name.lower()),
        part="customizations.xml",
    )


def _value(stem: str, parts: Mapping[str, bytes]) -> str | None:
    if f"{stem}xml" in parts:
        root = parse_xml(parts[f"{stem}xml"], f"{stem}xml")
        values = [optional_text(item, "value") for item in root.iter("environmentvariablevalue")]
        return next((value for value in values if value is not None), None)
    if f"{stem}json" not in parts:
        return None
    found = _member(_json(f"{stem}json", parts), "environmentvariablevalues")
    item = _member(found, "environmentvariablevalue")
    rows = item if isinstance(item, list) else [item]
    found_values = (row["value"] for row in rows if isinstance(row, dict) and "value" in row)
    return next(map(_as_text, found_values), None)


def _old_values(parts: Mapping[str, bytes]) -> dict[str, str]:
    if _OLD_VALUES not in parts:
        return {}
    rows = _member(_json(_OLD_VALUES, parts), "values")
    return {
        str(row.get("name", "")).lower(): _as_text(row["value"])
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and "value" in row
    }


def _json(part: str, parts: Mapping[str, bytes]) -> Json:
    try:
        document: Json = json.loads(parts[part])
    # Brackets in brackets in brackets end in a RecursionError.
    except (ValueError, RecursionError) as exc:
        raise BundleError(
            "json-invalid",
            f"{part} is not JSON that we accept",
            context=str(exc) or type(exc).__name__,
            hint="Export or build the package again.",
        ) from exc
    return document


def _member(document: Json, name: str) -> Json:
    return document.get(name) if isinstance(document, dict) else None


def _as_text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)

"""Environment variables of a package, in the present layout and in the one of 2019."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from d365pop.emulator.faults import bad_request
from d365pop.emulator.numerals import natural_or
from d365pop.emulator.package.archive import INVALID_XML, parse_part
from d365pop.emulator.xmltext import attribute_of, text_of

FOLDER = "environmentvariabledefinitions/"
DEFINITION = "/environmentvariabledefinition.xml"
VALUES = "/environmentvariablevalues.json"
TEXT = 100_000_000


@dataclass(frozen=True, slots=True)
class VariablePart:
    """An environment variable definition, with the value that the package brings, if any."""

    schema_name: str
    display_name: str
    description: str
    kind: int
    default_value: str | None
    required: bool
    value: str | None
    value_id: str
    api_id: str = ""
    parameter_key: str = ""


def read_variables(
    customizations: ET.Element, parts: Mapping[str, bytes]
) -> Iterator[VariablePart]:
    """Return the variables of a package.

    Raises:
        Fault: one of their files cannot be read.
    """
    for name in parts:
        if name.startswith(FOLDER) and name.endswith(DEFINITION):
            values = parts.get(name.removesuffix(DEFINITION) + VALUES)
            yield _variable(parse_part(parts, name), values, name)
    for element in customizations.findall("EnvironmentVariables/Definition"):
        yield _old_variable(element)


def _variable(element: ET.Element, values: bytes | None, name: str) -> VariablePart:
    value, value_id = _value(values, name)
    return VariablePart(
        schema_name=element.get("schemaname", ""),
        display_name=attribute_of(element, "displayname", "default"),
        description=attribute_of(element, "description", "default"),
        kind=_number(text_of(element, "type")),
        default_value=element.findtext("defaultvalue"),
        required=text_of(element, "isrequired") == "1",
        value=value,
        value_id=value_id,
        api_id=text_of(element, "apiid"),
        parameter_key=text_of(element, "parameterkey"),
    )


def _old_variable(element: ET.Element) -> VariablePart:
    return VariablePart(
        schema_name=text_of(element, "SchemaName") or text_of(element, "Name"),
        display_name=attribute_of(
            element, "DisplayName/LocalizedNames/LocalizedName", "description"
        ),
        description=attribute_of(
            element, "Description/LocalizedNames/LocalizedName", "description"
        ),
        kind=_number(text_of(element, "Type")),
        default_value=element.findtext("DefaultValue"),
        required=text_of(element, "IsRequired") == "1",
        value=None,
        value_id="",
    )


def _value(content: bytes | None, name: str) -> tuple[str | None, str]:
    if content is None:
        return None, ""
    try:
        outer = json.loads(content.decode("utf-8-sig"))
        inner = outer["environmentvariablevalues"]["environmentvariablevalue"]
        value_id = str(inner.get("@environmentvariablevalueid", "")).strip("{}").lower()
        return str(inner["value"]), value_id
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise bad_request(
            f"The import file is invalid. The values beside {name} cannot be read: {exc}",
            INVALID_XML,
        ) from exc


def _number(text: str) -> int:
    return natural_or(text, TEXT)

"""The choices of a column as ``OptionSetMetadata`` shows them; knows no HTTP.

https://learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/optionsetmetadata
"""

from d365pop.emulator.attributes import (
    attribute_type,
    label,
    managed_property,
    metadata_id,
    no_label,
)
from d365pop.emulator.choices import FLAG, choices_of
from d365pop.emulator.metadata import Kind, Table
from d365pop.emulator.protocol import Json, JsonObject


def has_options(table: Table, column_name: str) -> bool:
    """Whether a column has choices; yes and no are two."""
    column = table.columns.get(column_name)
    is_flag = column is not None and column.kind is Kind.BOOLEAN
    return is_flag or bool(choices_of(table, column_name))


def option_set(table: Table, column_name: str) -> JsonObject:
    """Return the choices of a column that has some."""
    column, name = table.columns[column_name], f"{table.logical_name}_{column_name}"
    kind = attribute_type(table, column)
    answer: JsonObject = {
        "MetadataId": metadata_id(name, "optionset"),
        "HasChanged": None,
        "Name": name,
        "DisplayName": label(column_name.capitalize()),
        "Description": no_label(),
        "IsCustomOptionSet": column.is_custom,
        "IsCustomizable": managed_property("IsCustomizable"),
        "IsGlobal": False,
        "IsManaged": table.is_managed,
        "IntroducedVersion": None,
        "ExternalTypeName": None,
        "OptionSetType": kind if kind in {"Boolean", "State", "Status"} else "Picklist",
    }
    if column.kind is Kind.BOOLEAN:
        no, yes = (_option(table, *choice) for choice in FLAG.items())
        return answer | {"TrueOption": yes, "FalseOption": no}
    options: list[Json] = [
        _option(table, *choice) for choice in choices_of(table, column_name).items()
    ]
    return answer | {"ParentOptionSetName": None, "Options": options}


def _option(table: Table, value: int, text: str) -> JsonObject:
    return {
        "Value": value,
        "Label": label(text),
        "Description": no_label(),
        "Color": None,
        "ExternalValue": None,
        "ParentValues": [],
        "IsManaged": table.is_managed,
        "MetadataId": None,
        "HasChanged": None,
    }

"""Columns, keys and relationships of a table as metadata answers show them; knows no HTTP."""

from collections.abc import Mapping
from uuid import uuid5

from d365pop.emulator.choices import choices_of
from d365pop.emulator.metadata import (
    CRM,
    METADATA_NAMESPACE,
    Catalog,
    Collection,
    Column,
    Kind,
    Table,
)
from d365pop.emulator.protocol import JsonObject

KINDS = {
    Kind.ID: "Uniqueidentifier",
    Kind.TEXT: "String",
    Kind.INTEGER: "Integer",
    Kind.BIG: "BigInt",
    Kind.NUMBER: "Double",
    Kind.BOOLEAN: "Boolean",
    Kind.DATETIME: "DateTime",
    Kind.LOOKUP: "Lookup",
    Kind.MANAGED: "ManagedProperty",
}
CLASSES = {"Uniqueidentifier": "UniqueIdentifier"}
LANGUAGE = 1033
LONGEST_TEXT = 100
SMALLEST, LARGEST = -(2**31), 2**31 - 1
# ASSUMED: what each of these says, of every column; documented are the names.
ON = ("IsRetrievable", "IsValidForForm", "IsValidForGrid", "IsValidODataAttribute")
OFF = (
    *("CanBeSecuredForCreate", "CanBeSecuredForRead", "CanBeSecuredForUpdate"),
    *("IsDataSourceSecret", "IsFilterable", "IsLogical", "IsRequiredForForm", "IsSearchable"),
    "IsSecured",
)
EMPTY = (
    *("AttributeOf", "AutoNumberFormat", "DeprecatedVersion", "ExternalName", "HasChanged"),
    *("InheritsFrom", "LinkedAttributeId"),
)
CHANGEABLE = (
    *("CanModifyAdditionalSettings", "IsCustomizable", "IsGlobalFilterEnabled", "IsRenameable"),
    *("IsSortableEnabled", "IsValidForAdvancedFind"),
)
"""Managed properties of a column."""
FORMATS = {"emailaddress": "Email", "telephone": "Phone", "websiteurl": "Url"}
"""The format of a text by how its column's name begins."""
_COMPUTED: JsonObject = {"FormulaDefinition": "", "SourceTypeMask": 0}
_CHOICE: JsonObject = {"ParentPicklistLogicalName": None, "ChildPicklistLogicalNames": []}
_LOOKUP: JsonObject = {"Format": "None"}
OWN: Mapping[str, JsonObject] = {
    **dict.fromkeys(("Lookup", "Owner", "Customer"), _LOOKUP),
    **dict.fromkeys(("Picklist", "State", "Status", "MultiSelectPicklist"), _CHOICE),
    "Boolean": _COMPUTED,
    "String": {"ImeMode": "Auto", "IsLocalizable": False, "YomiOf": None, **_COMPUTED},
    "Integer": {"MinValue": SMALLEST, "MaxValue": LARGEST, "Format": "None", **_COMPUTED},
    "Double": {"MinValue": -1e11, "MaxValue": 1e11, "Precision": 2, "ImeMode": "Disabled"},
    "DateTime": {
        "Format": "DateAndTime",
        "DateTimeBehavior": {"Value": "UserLocal"},
        "CanChangeDateTimeBehavior": {
            "Value": True,
            "CanBeChanged": True,
            "ManagedPropertyLogicalName": "canchangedatetimebehavior",
        },
        "ImeMode": "Inactive",
        **_COMPUTED,
    },
}
"""What columns of one type have beside the others, as far as it is the same for all of them."""


def attributes(table: Table) -> list[JsonObject]:
    """Return every column that is shown, in order of its name."""
    shown = (column for column in table.columns.values() if not column.hidden)
    ordered = sorted(shown, key=lambda item: item.name)
    return [attribute(table, column, number) for number, column in enumerate(ordered, 1)]


def attribute(table: Table, column: Column, number: int) -> JsonObject:
    """Return the definition of a column.

    https://learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/attributemetadata
    """
    kind = attribute_type(table, column)
    answer: JsonObject = {
        **dict.fromkeys(ON, True),
        **dict.fromkeys(OFF, False),
        **dict.fromkeys(EMPTY),
        **{name: managed_property(name, changeable=True) for name in CHANGEABLE},
        "IsAuditEnabled": managed_property("canmodifyauditsettings", changeable=True),
        "ColumnNumber": number,
        "CreatedOn": "1900-01-01T00:00:00Z",
        "ModifiedOn": "1900-01-01T00:00:00Z",
        "Description": no_label(),
        "IntroducedVersion": "5.0.0.0",
        "SourceType": 0,
        "@odata.type": f"#{CRM}{CLASSES.get(kind, kind)}AttributeMetadata",
        "MetadataId": metadata_id(table.logical_name, column.name),
        "LogicalName": column.name,
        "SchemaName": column.name.capitalize(),
        "EntityLogicalName": table.logical_name,
        "AttributeType": "Virtual" if column.several else kind,
        "AttributeTypeName": {"Value": f"{kind}Type"},
        "DisplayName": label(column.name.capitalize()),
        "IsPrimaryId": column.name == table.primary_id,
        "IsPrimaryName": column.name == table.primary_name,
        "IsValidForCreate": not column.read_only,
        "IsValidForRead": True,
        "IsValidForUpdate": not column.read_only and column.name != table.primary_id,
        "IsCustomAttribute": column.is_custom,
        "IsManaged": table.is_managed,
        "RequiredLevel": {"Value": "None", "CanBeChanged": True},
    }
    return answer | _own_properties(kind, column)


def _own_properties(kind: str, column: Column) -> JsonObject:
    """Return what only columns of this type have."""
    own: JsonObject = dict(OWN.get(kind, {}))
    match kind:
        case "Lookup" | "Owner" | "Customer":
            own["Targets"] = list(dict.fromkeys(column.navigations.values()))
        case "String":
            length = column.max_length or LONGEST_TEXT
            found = (FORMATS[begin] for begin in FORMATS if column.name.startswith(begin))
            shown = next(found, "Text")
            own |= {"MaxLength": length, "DatabaseLength": 2 * length}
            own |= {"Format": shown, "FormatName": {"Value": shown}}
        case "Boolean":
            own["DefaultValue"] = bool(column.default)
        case "Picklist" | "State" | "Status" | "MultiSelectPicklist":
            own["DefaultFormValue"] = -1 if column.default is None else column.default
        case _:
            pass
    return own


def attribute_type(table: Table, column: Column) -> str:
    """Return the platform's name for a column's type."""
    if column.several:
        return "MultiSelectPicklist"
    if choices_of(table, column.name):
        return {"statecode": "State", "statuscode": "Status"}.get(column.name, "Picklist")
    if column.name == "ownerid" and column.kind is Kind.LOOKUP:
        return "Owner"
    if len(set(column.navigations.values())) > 1 and column.name == "parentcustomerid":
        return "Customer"
    return KINDS[column.kind]


def keys(table: Table) -> list[JsonObject]:
    """Return the alternate keys."""
    return [
        {
            "MetadataId": metadata_id(table.logical_name, f"key:{'_'.join(key)}"),
            "LogicalName": f"{table.logical_name}_{'_'.join(key)}",
            "SchemaName": f"{table.logical_name}_{'_'.join(key)}",
            "EntityLogicalName": table.logical_name,
            "KeyAttributes": list(key),
            "EntityKeyIndexStatus": "Active",
            "IsManaged": True,
        }
        for key in table.keys
    ]


def relationships(catalog: Catalog) -> list[JsonObject]:
    """Return every one-to-many relationship between tables that are served."""
    return [
        _relationship(catalog, table, column, navigation, target)
        for table in catalog.tables
        for column in table.columns.values()
        if not column.hidden
        for navigation, target in column.navigations.items()
        if target in catalog.by_name
    ]


def _relationship(
    catalog: Catalog, table: Table, column: Column, navigation: str, target: str
) -> JsonObject:
    referenced = catalog.by_name[target]
    collections = [
        item.name
        for item in referenced.collections.values()
        if (item.table, item.lookup) == (table.logical_name, column.name)
    ]
    name = collections[0] if collections else f"{target}_{table.logical_name}_{column.name}"
    return {
        "MetadataId": metadata_id(name, navigation),
        "SchemaName": name,
        "RelationshipType": "OneToManyRelationship",
        "ReferencedEntity": target,
        "ReferencedAttribute": referenced.primary_id,
        "ReferencedEntityNavigationPropertyName": collections[0] if collections else None,
        "ReferencingEntity": table.logical_name,
        "ReferencingAttribute": column.name,
        "ReferencingEntityNavigationPropertyName": navigation,
        "IsCustomRelationship": table.is_custom or column.is_custom,
        "IsManaged": table.is_managed,
    }


def many_to_many_relationships(catalog: Catalog) -> list[JsonObject]:
    """Return every many-to-many relationship, seen from the side whose key comes first."""
    return [
        _many_to_many(catalog, table, collection)
        for table in catalog.tables
        for collection in table.collections.values()
        if collection.intersect
        and collection.lookup == list(catalog.by_name[collection.intersect].columns)[1]
    ]


def _many_to_many(catalog: Catalog, table: Table, collection: Collection) -> JsonObject:
    pairs, other = catalog.by_name[collection.intersect], catalog.by_name[collection.table]
    back = opposite(other, collection)
    name = pairs.schema_name or collection.name
    return {
        "MetadataId": metadata_id(name, "many"),
        "SchemaName": name,
        "RelationshipType": "ManyToManyRelationship",
        "Entity1LogicalName": table.logical_name,
        "Entity1IntersectAttribute": collection.lookup,
        "Entity1NavigationPropertyName": collection.name,
        "Entity2LogicalName": other.logical_name,
        "Entity2IntersectAttribute": collection.far,
        "Entity2NavigationPropertyName": back.name,
        "IntersectEntityName": pairs.logical_name,
        "IsCustomRelationship": pairs.is_custom,
        "IsManaged": pairs.is_managed,
    }


def opposite(other: Table, collection: Collection) -> Collection:
    """Return the same many-to-many relationship as its other side has it."""
    return next(
        item
        for item in other.collections.values()
        if (item.intersect, item.lookup) == (collection.intersect, collection.far)
    )


def label(text: str) -> JsonObject:
    """Return a label in the base language."""
    localized: JsonObject = {
        "Label": text,
        "LanguageCode": LANGUAGE,
        "IsManaged": True,
        "MetadataId": metadata_id(text, "label"),
        "HasChanged": None,
    }
    return {"LocalizedLabels": [localized], "UserLocalizedLabel": dict(localized)}


def no_label() -> JsonObject:
    """Return a label without a text."""
    return {"LocalizedLabels": [], "UserLocalizedLabel": None}


def managed_property(name: str, *, value: bool = True, changeable: bool = False) -> JsonObject:
    """Return a property that says, too, whether it can be changed."""
    return {
        "Value": value,
        "CanBeChanged": changeable,
        "ManagedPropertyLogicalName": name.lower(),
    }


def metadata_id(first: str, second: str) -> str:
    """Return the id of a definition: the same on every start."""
    return str(uuid5(METADATA_NAMESPACE, f"{first}/{second}"))

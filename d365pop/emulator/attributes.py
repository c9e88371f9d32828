"""Columns, keys and relationships of a table as metadata answers show them; knows no HTTP."""

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


def attributes(table: Table) -> list[JsonObject]:
    """Return every column that is shown, in order of its name."""
    shown = (column for column in table.columns.values() if not column.hidden)
    return [attribute(table, column) for column in sorted(shown, key=lambda item: item.name)]


def attribute(table: Table, column: Column) -> JsonObject:
    """Return the definition of a column."""
    kind = attribute_type(table, column)
    answer: JsonObject = {
        "@odata.type": f"#{CRM}{CLASSES.get(kind, kind)}AttributeMetadata",
        "MetadataId": metadata_id(table.logical_name, column.name),
        "LogicalName": column.name,
        "SchemaName": column.name.capitalize(),
        "EntityLogicalName": table.logical_name,
        "AttributeType": "Virtual" if column.several else kind,
        "AttributeTypeName": {"Value": f"{kind}Type"},
        "AttributeOf": None,
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
    if column.kind is Kind.LOOKUP:
        answer["Targets"] = list(dict.fromkeys(column.navigations.values()))
    if column.kind is Kind.TEXT:
        answer["MaxLength"] = column.max_length or LONGEST_TEXT
    return answer


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


def option_set(table: Table, column_name: str) -> JsonObject:
    """Return the choices of a column."""
    name = f"{table.logical_name}_{column_name}"
    return {
        "MetadataId": metadata_id(name, "optionset"),
        "Name": name,
        "IsGlobal": False,
        "OptionSetType": "Picklist",
        "Options": [
            {"Value": value, "Label": label(text)}
            for value, text in choices_of(table, column_name).items()
        ],
    }


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


def metadata_id(first: str, second: str) -> str:
    """Return the id of a definition: the same on every start."""
    return str(uuid5(METADATA_NAMESPACE, f"{first}/{second}"))

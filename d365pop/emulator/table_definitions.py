"""A table as ``EntityMetadata`` shows it; knows no HTTP.

https://learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/entitymetadata
"""

from d365pop.emulator.attributes import label, managed_property, no_label
from d365pop.emulator.metadata import Table
from d365pop.emulator.protocol import JsonObject

PARTIES = frozenset({"account", "contact", "lead", "systemuser"})
"""Tables whose rows take part in activities, as far as they are served."""
# ASSUMED: recorded is one table, the contact; of others that each is on, off and empty as there.
ON = (
    *("CanTriggerWorkflow", "ChangeTrackingEnabled", "HasActivities", "HasFeedback", "HasNotes"),
    *("IsAIRUpdated", "IsAvailableOffline", "IsBusinessProcessEnabled", "IsEnabledForCharts"),
    *("IsEnabledForExternalChannels", "IsImportable", "IsInteractionCentricEnabled"),
    *("IsOptimisticConcurrencyEnabled", "IsQuickCreateEnabled", "IsReadingPaneEnabled"),
    *("IsValidForAdvancedFind", "SyncToExternalSearchIndex"),
)
OFF = (
    *("AutoCreateAccessTeams", "AutoRouteToOwnerQueue", "EnforceStateTransitions"),
    *("EntityHelpUrlEnabled", "IsArchivalEnabled", "IsBPFEntity", "IsChildEntity"),
    *("IsDocumentManagementEnabled", "IsDocumentRecommendationsEnabled", "IsEnabledForTrace"),
    *("IsKnowledgeManagementEnabled", "IsLogicalEntity", "IsMSTeamsIntegrationEnabled"),
    *("IsOneNoteIntegrationEnabled", "IsPrivate", "IsRetentionEnabled", "IsRetrieveAuditEnabled"),
    *("IsRetrieveMultipleAuditEnabled", "IsSLAEnabled", "IsSolutionAware"),
    "UsesBusinessDataLabelTable",
)
EMPTY = (
    *("DataProviderId", "DataSourceId", "EntityColor", "EntityHelpUrl", "ExternalCollectionName"),
    *("ExternalName", "HasChanged", "IconLargeName", "IconMediumName", "IconSmallName"),
    *("IconVectorName", "MobileOfflineFilters", "OwnerId", "OwningBusinessUnit"),
    *("RecurrenceBaseEntityLogicalName", "SettingOf"),
)
FIXED = (
    *("CanBeInCustomEntityAssociation", "CanBeInManyToMany", "CanBePrimaryEntityInRelationship"),
    *("CanBeRelatedEntityInRelationship", "CanCreateCharts", "CanCreateForms", "CanCreateViews"),
    *("IsCustomizable", "IsMappable", "IsRenameable"),
)
"""Managed properties that are true and stay so."""
CHANGEABLE = (
    *("CanChangeHierarchicalRelationship", "CanChangeTrackingBeEnabled"),
    *("CanEnableSyncToExternalSearchIndex", "CanModifyAdditionalSettings"),
)
"""Managed properties that are true and can be changed."""
SETTINGS = (
    ("IsAuditEnabled", False, "canmodifyauditsettings"),
    ("IsConnectionsEnabled", True, "canmodifyconnectionsettings"),
    ("IsDuplicateDetectionEnabled", True, "canmodifyduplicatedetectionsettings"),
    ("IsMailMergeEnabled", True, "canmodifymailmergesettings"),
    ("IsOfflineInMobileClient", True, "canmodifymobileclientoffline"),
    ("IsReadOnlyInMobileClient", False, "canmodifymobileclientreadonly"),
    ("IsValidForQueue", False, "canmodifyqueuesettings"),
    ("IsVisibleInMobile", True, "canmodifymobilevisibility"),
    ("IsVisibleInMobileClient", True, "canmodifymobileclientvisibility"),
)
"""Managed properties under another name, with what they say."""
FIRST_DAY = "1900-01-01T00:00:00Z"


def table_definition(table: Table) -> JsonObject:
    """Return every property of a table's definition but its privileges."""
    name = table.label or table.logical_name.capitalize()
    schema_name = table.schema_name or table.logical_name.capitalize()
    return {
        **dict.fromkeys(ON, True),
        **dict.fromkeys(OFF, False),
        **dict.fromkeys(EMPTY),
        **_managed_properties(table),
        "ActivityTypeMask": 0,
        "DaysSinceRecordLastModified": 10,
        "IntroducedVersion": "5.0.0.0",
        "OwnerIdType": 8,
        "Settings": [],
        "TableType": "Standard",
        "CreatedOn": FIRST_DAY,
        "ModifiedOn": FIRST_DAY,
        "Description": no_label(),
        "MetadataId": table.metadata_id,
        "LogicalName": table.logical_name,
        "SchemaName": schema_name,
        "ReportViewName": f"Filtered{schema_name}",
        "CollectionSchemaName": f"{schema_name}s",
        "EntitySetName": table.entity_set_name,
        "LogicalCollectionName": table.entity_set_name,
        "PrimaryIdAttribute": table.primary_id,
        "PrimaryNameAttribute": table.primary_name,
        "PrimaryImageAttribute": "entityimage" if "entityimage" in table.columns else None,
        "DisplayName": label(name),
        # ASSUMED: an “s” behind the name; what a package calls its rows together is not kept.
        "DisplayCollectionName": label(f"{name}s"),
        "OwnershipType": "UserOwned" if "ownerid" in table.columns else "OrganizationOwned",
        "ObjectTypeCode": table.object_type_code,
        "IsCustomEntity": table.is_custom,
        "IsManaged": table.is_managed,
        "IsIntersect": table.is_intersect,
        "IsActivity": "activitytypecode" in table.columns,
        "IsActivityParty": table.logical_name in PARTIES,
        "IsStateModelAware": "statecode" in table.columns,
        "HasEmailAddresses": "emailaddress1" in table.columns,
    }


def _managed_properties(table: Table) -> JsonObject:
    return {
        **{name: managed_property(name) for name in FIXED},
        **{name: managed_property(name, changeable=True) for name in CHANGEABLE},
        **{
            name: managed_property(rule, value=value, changeable=True)
            for name, value, rule in SETTINGS
        },
        "CanCreateAttributes": managed_property(
            "CanCreateAttributes", value=not table.is_intersect
        ),
    }

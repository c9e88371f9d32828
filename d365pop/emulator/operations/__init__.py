"""Every unbound action and function, and the names of those that the emulator lacks."""

from collections.abc import Mapping

from d365pop.emulator.operations import (
    components,
    dependencies,
    exporting,
    identity,
    importing,
    lifecycle,
    publishing,
    staging,
)
from d365pop.emulator.operations.base import Operation

FAMILIES = (
    *(identity, importing, staging, publishing),
    *(components, dependencies, lifecycle, exporting),
)
OPERATIONS: Mapping[str, Operation] = {
    operation.name: operation for family in FAMILIES for operation in family.OPERATIONS
}

ELSEWHERE = frozenset(
    {
        *("BulkDelete", "CalculateRollupField", "GlobalOptionSetDefinitions"),
        *("GetValidManyToMany", "GetValidReferencedEntities", "GetValidReferencingEntities"),
        *("GrantAccess", "InitializeFrom", "ManagedPropertyDefinitions", "Merge", "ModifyAccess"),
        *("QualifyLead", "RetrieveAllEntities"),
        *("RetrieveDuplicates", "RetrieveEntityChanges", "RetrieveMetadataChanges"),
        *("RetrievePrincipalAccess", "RetrieveProvisionedLanguages", "RetrieveSettingList"),
        *("RetrieveTotalRecordCount", "RevokeAccess", "searchquery"),
    }
)

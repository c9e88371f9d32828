"""Every unbound action and function, and the names of those that the emulator lacks."""

from collections.abc import Mapping

from d365pop.emulator.operations import (
    components,
    dependencies,
    identity,
    importing,
    lifecycle,
    publishing,
    staging,
)
from d365pop.emulator.operations.base import Operation

OPERATIONS: Mapping[str, Operation] = {
    operation.name: operation
    for family in (identity, importing, staging, publishing, components, dependencies, lifecycle)
    for operation in family.OPERATIONS
}

ELSEWHERE = frozenset(
    {
        "CreateMultiple",
        "ExportSolution",
        "ExportSolutionAsync",
        "DownloadSolutionExportData",
        "PublishAllXmlAsync",
        "RetrieveCurrentOrganization",
        "RetrieveMissingComponents",
        "RetrieveSettingList",
        "searchquery",
    }
)

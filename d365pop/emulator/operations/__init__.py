"""Every unbound action and function, and the names of those that the emulator lacks."""

from collections.abc import Mapping

from d365pop.emulator.operations import components, identity, importing, publishing, staging
from d365pop.emulator.operations.base import Operation

OPERATIONS: Mapping[str, Operation] = {
    operation.name: operation
    for family in (identity, importing, staging, publishing, components)
    for operation in family.OPERATIONS
}

ELSEWHERE = frozenset(
    {
        "CreateMultiple",
        "DeleteAndPromote",
        "DeleteAndPromoteAsync",
        "ExportSolution",
        "ExportSolutionAsync",
        "DownloadSolutionExportData",
        "PublishAllXmlAsync",
        "RemoveActiveCustomizations",
        "RetrieveCurrentOrganization",
        "RetrieveDependenciesForDelete",
        "RetrieveDependenciesForUninstall",
        "RetrieveDependentComponents",
        "RetrieveMissingComponents",
        "RetrieveMissingDependencies",
        "RetrieveRequiredComponents",
        "RetrieveSettingList",
        "StageAndUpgrade",
        "StageAndUpgradeAsync",
        "UninstallSolutionAsync",
        "searchquery",
    }
)

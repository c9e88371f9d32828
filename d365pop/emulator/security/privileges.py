"""The privileges that there are: which table and which operation needs which; pure."""

from collections.abc import Mapping
from uuid import uuid5

from d365pop.emulator.metadata import METADATA_NAMESPACE, Catalog, Table

ACCESS_RIGHTS: Mapping[str, int] = {
    "Read": 1,
    "Write": 2,
    "Append": 4,
    "AppendTo": 16,
    "Create": 32,
    "Delete": 65536,
    "Share": 262144,
    "Assign": 524288,
}
METHODS = {"POST": "Create", "PATCH": "Write", "PUT": "Write", "DELETE": "Delete"}
# Tables whose privileges have another name than the table.
NAMES: Mapping[str, str] = {
    # ASSUMED: by the table's schema name, which has no capitals.
    "appaction": "appaction",
    "activityparty": "Activity",
    "asyncoperation": "AsyncOperation",
    "businessunit": "BusinessUnit",
    "environmentvariabledefinition": "EnvironmentVariableDefinition",
    "environmentvariablevalue": "EnvironmentVariableValue",
    "importjob": "ImportJob",
    "phonecall": "Activity",
    "savedquery": "Query",
    "sdkmessage": "SdkMessage",
    "sdkmessagefilter": "SdkMessage",
    "appmodule": "AppModule",
    "solutioncomponent": "Solution",
    "solutioncomponentdefinition": "Solution",
    # ASSUMED: that there are such at all, and that customizers have them.
    "ribbondiff": "RibbonDiff",
    "ribboncommand": "RibbonCommand",
    "systemform": "SystemForm",
    "systemuser": "User",
    "userquery": "UserQuery",
    "webresource": "WebResource",
    "privilege": "Role",
}
MISCELLANEOUS = (
    *("prvImportCustomization", "prvExportCustomization", "prvPublishCustomization"),
    *("prvCreateCustomization", "prvReadCustomization", "prvWriteCustomization"),
    *("prvDeleteCustomization", "prvReadDependency", "prvActOnBehalfOfAnotherUser"),
    *(
        "prvReadEntity",
        "prvReadSystemForm",
        "prvReadQuery",
        "prvReadSavedQueryVisualizations",
        "prvReadPluginType",
    ),
)
IMPORT = (
    *("prvImportCustomization", "prvCreateCustomization", "prvReadCustomization"),
    *("prvWriteCustomization", "prvReadSolution", "prvWriteSolution", "prvReadWebResource"),
    *("prvReadSystemForm", "prvWriteSystemForm"),
)
OPERATIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("ImportSolution", "ImportSolutionAsync", "StageSolution"), IMPORT),
    **dict.fromkeys(("StageAndUpgrade", "StageAndUpgradeAsync"), IMPORT),
    **dict.fromkeys(("DeleteAndPromote", "DeleteAndPromoteAsync"), IMPORT),
    **dict.fromkeys(("CloneAsPatch", "CloneAsSolution"), ("prvCreateSolution",)),
    **dict.fromkeys(
        ("ExportSolution", "ExportSolutionAsync", "DownloadSolutionExportData"),
        ("prvExportCustomization", "prvReadSolution"),
    ),
    "UninstallSolutionAsync": ("prvDeleteSolution",),
    "PublishXml": ("prvPublishCustomization", "prvReadCustomization", "prvReadSystemForm"),
    **dict.fromkeys(
        ("PublishAllXml", "PublishAllXmlAsync"),
        ("prvPublishCustomization", "prvReadCustomization", "prvReadWebResource"),
    ),
    **dict.fromkeys(("AddSolutionComponent", "RemoveSolutionComponent"), ("prvWriteSolution",)),
    "RemoveActiveCustomizations": ("prvWriteCustomization",),
    **dict.fromkeys(
        (
            *("RetrieveDependentComponents", "RetrieveRequiredComponents"),
            *("RetrieveDependenciesForDelete", "RetrieveDependenciesForUninstall"),
            *("RetrieveMissingDependencies", "RetrieveMissingComponents"),
        ),
        ("prvReadDependency",),
    ),
}
"""What a caller needs beside being signed in. ASSUMED where Microsoft documents no list."""


def privilege_name(right: str, table: Table) -> str:
    """Return the privilege for doing something to rows of a table."""
    name = NAMES.get(table.logical_name)
    if name is None:
        custom = "_" in table.logical_name
        name = table.logical_name if custom else table.logical_name.capitalize()
    return f"prv{right}{name}"


def privilege_id(name: str) -> str:
    """Return a privilege's id: the same name always has the same."""
    return str(uuid5(METADATA_NAMESPACE, name))


def all_privileges(catalog: Catalog) -> dict[str, int]:
    """Return every privilege with its access right."""
    found = {
        privilege_name(right, table): number
        for table in catalog.tables
        for right, number in ACCESS_RIGHTS.items()
    }
    return found | {name: found.get(name, 0) for name in MISCELLANEOUS}

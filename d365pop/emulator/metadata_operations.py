"""The actions and functions of ``$metadata``: what they take, what they return; runs none.

Each is as its page below says, as far as it is served:
https://learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/actions
"""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from d365pop.emulator.bound import BOUND
from d365pop.emulator.metadata import CRM, Catalog
from d365pop.emulator.multiple import OPERATIONS as MULTIPLE
from d365pop.emulator.operations import OPERATIONS
from d365pop.emulator.operations.base import Operation

DEPENDENCIES = "Collection(mscrm.dependency)"
# By name; the other parameters are flags.
PARAMETERS: Mapping[str, str] = {
    **dict.fromkeys(("RoleId", "ImportJobId", "ComponentId", "ObjectId", "ExportJobId"), "Guid"),
    **dict.fromkeys(("SolutionUniqueName", "UniqueName", "ParentSolutionUniqueName"), "String"),
    **dict.fromkeys(("DisplayName", "VersionNumber", "SolutionName", "TargetVersion"), "String"),
    **dict.fromkeys(("ParameterXml", "SolutionComponentName"), "String"),
    "AccessType": "mscrm.EndpointAccessType",
    "ComponentParameters": "Collection(mscrm.crmbaseentity)",
    "ComponentType": "Int32",
    "PrivilegeId": "Guid",
    "PrivilegeName": "String",
    "Privileges": "Collection(mscrm.RolePrivilege)",
    "CustomizationFile": "Binary",
    "ExportComponentsParams": "mscrm.ExportComponentsParams",
    "IncludedComponentSettingsValues": "Collection(Edm.String)",
    "LayerDesiredOrder": "mscrm.LayerDesiredOrder",
    "SolutionComponent": "mscrm.solutioncomponent",
    "SolutionParameters": "mscrm.SolutionParameters",
}
JOB = {"AsyncOperationId": "Guid"}
SOLUTION = {"SolutionId": "Guid"}
IMPORT_JOB = {"ImportJobKey": "String", **JOB}
# By operation, what its response type holds.
RESPONSES: Mapping[str, Mapping[str, str]] = {
    "AddSolutionComponent": {"id": "Guid"},
    "CloneAsPatch": SOLUTION,
    "CloneAsSolution": SOLUTION,
    "CreateMultiple": {"Ids": "Collection(Edm.Guid)"},
    "DeleteAndPromote": SOLUTION,
    "DeleteAndPromoteAsync": JOB,
    "DownloadSolutionExportData": {"ExportSolutionFile": "Binary"},
    "ExportSolution": {"ExportSolutionFile": "Binary"},
    "ExportSolutionAsync": {"ExportJobId": "Guid", **JOB},
    "ImportSolutionAsync": IMPORT_JOB,
    "PublishAllXmlAsync": JOB,
    "RemoveSolutionComponent": {"id": "Guid"},
    "RetrieveCurrentOrganization": {"Detail": "mscrm.OrganizationDetail"},
    "RetrieveFormattedImportJobResults": {"FormattedResults": "String"},
    "RetrieveMissingComponents": {"MissingComponents": "Collection(mscrm.MissingComponent)"},
    "RetrieveRolePrivilegesRole": {"RolePrivileges": "Collection(mscrm.RolePrivilege)"},
    "RetrieveSolutionImportResult": {"SolutionOperationResult": "mscrm.SolutionOperationResult"},
    "RetrieveUserPrivileges": {"RolePrivileges": "Collection(mscrm.RolePrivilege)"},
    "RetrieveUserPrivilegeByPrivilegeName": {"RolePrivileges": "Collection(mscrm.RolePrivilege)"},
    "RetrieveVersion": {"Version": "String"},
    "StageAndUpgradeAsync": IMPORT_JOB,
    "StageSolution": {"StageSolutionResults": "mscrm.StageSolutionResults"},
    "UninstallSolutionAsync": JOB,
    "WhoAmI": {"BusinessUnitId": "Guid", "UserId": "Guid", "OrganizationId": "Guid"},
}
# What is bound to one row takes beside it.
TAKEN: Mapping[str, str] = {
    "AddPrivilegesRole": "Privileges",
    "RemovePrivilegeRole": "PrivilegeId",
    "RetrieveUserPrivilegeByPrivilegeName": "PrivilegeName",
}
ENUMERATIONS: Mapping[str, tuple[str, ...]] = {
    "EndpointAccessType": ("Default", "Internet", "Intranet"),
    "PrivilegeDepth": ("Basic", "Local", "Deep", "Global", "RecordFilter"),
}


def _of(kind: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, kind)


COMPLEX: Mapping[str, Mapping[str, str]] = {
    "ActionLink": _of("String", "Label", "Target"),
    "AttributeCollection": {
        "Count": "Int32",
        **_of("Collection(Edm.String)", "Keys", "Values"),
    },
    "BooleanManagedProperty": {
        **_of("Boolean", "Value", "CanBeChanged"),
        "ManagedPropertyLogicalName": "String",
    },
    "ComponentDetail": {
        **_of("String", "SchemaName", "DisplayName", "ParentSchemaName", "ParentDisplayName"),
        **_of("Guid", "Id", "ParentId"),
        "Type": "Int32",
        "Solution": "String",
    },
    "EndpointCollection": {
        "Count": "Int32",
        "IsReadOnly": "Boolean",
        **_of("Collection(Edm.String)", "Keys", "Values"),
    },
    "ExportComponentsParams": {},
    "LayerDesiredOrder": {},
    "MissingComponent": _of("mscrm.ComponentDetail", "RequiredComponent", "DependentComponent"),
    "MissingDependency": {
        **_of("String", "RequiredComponentSchemaName", "RequiredComponentDisplayName"),
        **_of("String", "RequiredComponentId", "RequiredComponentParentSchemaName"),
        **_of("String", "RequiredComponentParentDisplayName", "RequiredSolutionName"),
        **_of("String", "DependentComponentSchemaName", "DependentComponentDisplayName"),
        **_of("String", "DependentComponentId", "DependentComponentParentSchemaName"),
        "DependentComponentParentDisplayName": "String",
        **_of("Int32", "RequiredComponentType", "DependentComponentType"),
    },
    "OrganizationDetail": {
        **_of("Guid", "OrganizationId", "DatacenterId"),
        **_of("String", "FriendlyName", "OrganizationVersion", "EnvironmentId", "Geo"),
        **_of("String", "TenantId", "UrlName", "UniqueName", "State", "SchemaType"),
        "OrganizationType": "String",
        "Endpoints": "mscrm.EndpointCollection",
    },
    "RolePrivilege": {
        "Depth": "mscrm.PrivilegeDepth",
        **_of("Guid", "PrivilegeId", "BusinessUnitId", "RecordFilterId"),
        **_of("String", "PrivilegeName", "RecordFilterUniqueName"),
    },
    "SolutionComponentDetail": {
        **_of("String", "ComponentName", "ComponentTypeName", "IsPresentInOrg"),
        "Attributes": "mscrm.AttributeCollection",
    },
    "SolutionDetail": {
        **_of("String", "SolutionUniqueName", "SolutionFriendlyName", "SolutionDescription"),
        **_of("String", "PublisherUniqueName", "PublisherFriendlyName", "SolutionVersion"),
        **_of("String", "PreviousSolutionUniqueName", "PreviousSolutionFriendlyName"),
        **_of("String", "PreviousPublisherUniqueName", "PreviousPublisherFriendlyName"),
        "PreviousSolutionVersion": "String",
        "PreviousPatchSolutionsNames": "Collection(Edm.String)",
        **_of("Boolean", "IsPatchSolution", "IsManaged", "PreviousIsManaged"),
        **_of("Boolean", "IsPrerequisitesExport", "HasPendingUpgrade"),
    },
    "SolutionOperationResult": {
        **_of("String", "FormattedResults", "Type", "Status"),
        **_of("Collection(Edm.String)", "WarningMessages", "ErrorMessages"),
        "ActionLink": "mscrm.ActionLink",
    },
    "SolutionParameters": {"StageSolutionUploadId": "Guid"},
    "SolutionValidationResult": {
        **_of("String", "SolutionValidationResultType", "Message", "AdditionalInfo"),
        "ErrorCode": "Int32",
    },
    "StageSolutionResults": {
        "StageSolutionUploadId": "Guid",
        "StageSolutionStatus": "String",
        "SolutionComponentsDetails": "Collection(mscrm.SolutionComponentDetail)",
        "SolutionDetails": "mscrm.SolutionDetail",
        "MissingDependencies": "Collection(mscrm.MissingDependency)",
        "SolutionValidationResults": "Collection(mscrm.SolutionValidationResult)",
    },
}


def declare_types(schema: Element) -> None:
    """Put in the types that operations and managed properties are made of."""
    for name, members in ENUMERATIONS.items():
        enumeration = SubElement(schema, "EnumType", {"Name": name})
        for value, member in enumerate(members):
            SubElement(enumeration, "Member", {"Name": member, "Value": str(value)})
    answers = {f"{name}Response": parts for name, parts in RESPONSES.items()}
    for name, parts in sorted({**COMPLEX, **answers}.items()):
        complex_type = SubElement(schema, "ComplexType", {"Name": name})
        for part, kind in parts.items():
            SubElement(complex_type, "Property", {"Name": part, "Type": _qualified(kind)})
    _declare_dependency(schema)


def _declare_dependency(schema: Element) -> None:
    """Put in the rows that the functions of dependencies return, which have no set of their own."""
    dependency = SubElement(
        schema, "EntityType", {"Name": "dependency", "BaseType": "mscrm.crmbaseentity"}
    )
    SubElement(SubElement(dependency, "Key"), "PropertyRef", {"Name": "dependencyid"})
    parts = {"dependencyid": "Guid", "dependencytype": "Int32"}
    for side in ("dependent", "required"):
        parts |= {f"{side}componenttype": "Int32", f"_{side}componentnodeid_value": "Guid"}
        parts |= _of(
            *("Guid", f"{side}componentobjectid", f"{side}componentparentid"),
            f"{side}componentbasesolutionid",
        )
    for part, kind in sorted(parts.items()):
        SubElement(dependency, "Property", {"Name": part, "Type": _qualified(kind)})


def declare_operations(schema: Element, catalog: Catalog) -> None:
    """Put in every action and function."""
    for operation in OPERATIONS.values():
        element = SubElement(schema, _kind(operation), {"Name": operation.name})
        for name in sorted(operation.parameters):
            _parameter(element, name)
        if operation.context:
            SubElement(element, "ReturnType", {"Type": DEPENDENCIES, "Nullable": "false"})
        else:
            _response(element, operation.name)
    for (table, qualified), bound in BOUND.items():
        name = qualified.removeprefix(CRM)
        element = _bound(schema, "Function" if bound.method == "GET" else "Action", name)
        _binding(element, "entity", f"mscrm.{table}")
        if name in TAKEN:
            _parameter(element, TAKEN[name])
        _response(element, name)
    _declare_multiple(schema, catalog)
    _declare_unpublished(schema, catalog)


def _declare_multiple(schema: Element, catalog: Catalog) -> None:
    for table in catalog.tables:
        if "POST" not in table.writes or table.is_intersect:
            continue
        rows = f"Collection(mscrm.{table.logical_name})"
        for qualified in MULTIPLE:
            element = _bound(schema, "Action", qualified.removeprefix(CRM))
            _binding(element, "entityset", rows)
            SubElement(element, "Parameter", {"Name": "Targets", "Type": rows})
            _response(element, qualified.removeprefix(CRM))


def _declare_unpublished(schema: Element, catalog: Catalog) -> None:
    for table in catalog.tables:
        if not table.publishable:
            continue
        row = f"mscrm.{table.logical_name}"
        for name, binding, kind in (
            ("RetrieveUnpublished", "entity", row),
            ("RetrieveUnpublishedMultiple", "entityset", f"Collection({row})"),
        ):
            element = _bound(schema, "Function", name)
            _binding(element, binding, kind)
            SubElement(element, "ReturnType", {"Type": kind, "Nullable": "false"})


def _bound(schema: Element, kind: str, name: str) -> Element:
    return SubElement(schema, kind, {"Name": name, "IsBound": "true"})


def _binding(element: Element, name: str, kind: str) -> None:
    SubElement(element, "Parameter", {"Name": name, "Type": kind, "Nullable": "false"})


def _parameter(element: Element, name: str) -> None:
    kind = _qualified(PARAMETERS.get(name, "Boolean"))
    SubElement(element, "Parameter", {"Name": name, "Type": kind})


def _response(element: Element, name: str) -> None:
    if name in RESPONSES:
        SubElement(element, "ReturnType", {"Type": f"mscrm.{name}Response", "Nullable": "false"})


def declare_imports(container: Element) -> None:
    """Put in where the actions and functions are called."""
    for operation in OPERATIONS.values():
        kind = _kind(operation)
        called = {"Name": operation.name, kind: f"{CRM}{operation.name}"}
        SubElement(container, f"{kind}Import", called)


def _kind(operation: Operation) -> str:
    return "Function" if operation.is_function else "Action"


def _qualified(kind: str) -> str:
    return kind if "." in kind else f"Edm.{kind}"

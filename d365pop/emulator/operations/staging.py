"""StageSolution: looks at a package without importing it, and keeps it for the import."""

from d365pop.emulator.component_types import TABLE
from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import Fault, signed_code
from d365pop.emulator.importing.dependencies import missing_dependencies
from d365pop.emulator.importing.validate import (
    Installed,
    MissingDependenciesFault,
    check_package,
    installed,
)
from d365pop.emulator.metadata import Row
from d365pop.emulator.numerals import natural_or
from d365pop.emulator.operations.base import Call, Operation
from d365pop.emulator.operations.importing import decode_file
from d365pop.emulator.package.contents import Package, read_package
from d365pop.emulator.package.manifest import Dependency
from d365pop.emulator.package.variables import VariablePart
from d365pop.emulator.patches import NAME
from d365pop.emulator.protocol import Json, JsonObject
from d365pop.emulator.solutions import known_component
from d365pop.emulator.store import Layer

UNREADABLE: JsonObject = {}


def _stage(call: Call) -> JsonObject:
    environment, content = call.environment, decode_file(call.text("CustomizationFile"))
    package, fault = None, None
    try:
        package = read_package(content)
        check_package(environment, package)
    except Fault as caught:
        fault = caught
    upload_id = environment.new_id()
    if fault is None:
        environment.store.put_upload(upload_id, content)
    missing = missing_dependencies(environment, package) if package else []
    # ASSUMED: missing dependencies alone are listed and make the stage fail.
    return {
        "StageSolutionResults": {
            "StageSolutionUploadId": upload_id if fault is None else None,
            "StageSolutionStatus": "Failed" if fault else "Passed",
            "SolutionComponentsDetails": _components(environment, package) if package else [],
            "SolutionDetails": _details(environment, package) if package else UNREADABLE,
            "MissingDependencies": [_dependency(item) for item in missing],
            "SolutionValidationResults": _validation(fault),
        }
    }


def _validation(fault: Fault | None) -> list[Json]:
    if fault is None or isinstance(fault, MissingDependenciesFault):
        return []
    return [
        {
            "SolutionValidationResultType": "Error",
            "ErrorCode": signed_code(fault.code),
            "Message": fault.message,
            "AdditionalInfo": None,
        }
    ]


def _details(environment: Environment, package: Package) -> JsonObject:
    manifest = package.manifest
    present = installed(environment, manifest)
    before = _before(environment, present)
    return {
        "SolutionUniqueName": manifest.unique_name,
        "SolutionFriendlyName": manifest.friendly_name,
        "SolutionDescription": manifest.description,
        "PublisherUniqueName": manifest.publisher.unique_name,
        "PublisherFriendlyName": manifest.publisher.friendly_name,
        "PreviousSolutionUniqueName": before.get("uniquename"),
        "PreviousSolutionFriendlyName": before.get("friendlyname"),
        "PreviousPublisherUniqueName": before.get("publisher_unique_name"),
        "PreviousPublisherFriendlyName": before.get("publisher_friendly_name"),
        "IsPatchSolution": NAME.fullmatch(manifest.unique_name) is not None,
        "IsManaged": manifest.managed,
        "PreviousIsManaged": bool(before.get("ismanaged")),
        "SolutionVersion": manifest.version,
        "PreviousSolutionVersion": before.get("version"),
        "PreviousPatchSolutionsNames": [],
        "IsPrerequisitesExport": False,
        "HasPendingUpgrade": False,
    }


def _before(environment: Environment, present: Installed) -> Row:
    if present.solution is None:
        return {}
    publisher = environment.store.get(
        environment.table("publisher"), str(present.solution["publisherid"])
    )
    names: Row = {}
    if publisher is not None:
        names["publisher_unique_name"] = publisher["uniquename"]
        names["publisher_friendly_name"] = publisher["friendlyname"]
    return present.solution | names


def _components(environment: Environment, package: Package) -> list[Json]:
    manifest = package.manifest
    names = {"localizedname": manifest.friendly_name, "description": manifest.description}
    found: list[Json] = [_component(manifest.friendly_name, "solution", "Unknown", names)]
    for other in package.others:
        if other.component_type == TABLE:
            present = known_component(environment, TABLE, "componentname", other.name) or (
                other.name in environment.catalog.by_name
            )
            found.append(_component(other.name, "entity", str(present), {"name": other.name}))
    for part in package.web_resources:
        known = _is_there(environment, "webresource", "name", part.name)
        attributes = {"name": part.name, "displayname": part.display_name}
        found.append(_component(part.name, "webresource", known, attributes))
    for variable in package.variables:
        found += _variable(environment, variable)
    return found


def _variable(environment: Environment, variable: VariablePart) -> list[Json]:
    schema_name = variable.schema_name
    attributes = {
        "schemaname": schema_name,
        "displayname": variable.display_name,
        "description": variable.description,
        "type": str(variable.kind),
        "defaultvalue": variable.default_value or "",
        "isrequired": str(variable.required).lower(),
        "parameterkey": variable.parameter_key,
        "parentdefinitionid": "",
        "apiid": variable.api_id,
    }
    known = _is_there(environment, "environmentvariabledefinition", "schemaname", schema_name)
    name = variable.display_name or schema_name
    definition = _component(name, "EnvironmentVariableDefinition", known, attributes)
    if variable.value is None:
        return [definition]
    value = {
        "schemaname": schema_name,
        "environmentvariablevalueid": variable.value_id,
        "value": variable.value,
    }
    known = _is_there(environment, "environmentvariablevalue", "schemaname", schema_name)
    return [definition, _component(schema_name, "EnvironmentVariableValue", known, value)]


def _is_there(environment: Environment, table: str, column: str, name: str) -> str:
    rows = environment.store.find(environment.table(table), column, name, Layer.DRAFT)
    return str(bool(rows))


def _component(name: str, kind: str, present: str, attributes: dict[str, str]) -> JsonObject:
    return {
        "ComponentName": name,
        "ComponentTypeName": kind,
        "IsPresentInOrg": present,
        "Attributes": {
            "Count": len(attributes),
            "Keys": list[Json](attributes),
            "Values": list[Json](attributes.values()),
        },
    }


def _dependency(dependency: Dependency) -> JsonObject:
    required, dependent = dependency.required, dependency.dependent
    return {
        "RequiredComponentSchemaName": required.get("schemaName"),
        "RequiredComponentDisplayName": required.get("displayName"),
        "RequiredComponentId": required.get("id"),
        "RequiredComponentType": dependency.component_type,
        "RequiredComponentParentSchemaName": required.get("parentSchemaName"),
        "RequiredComponentParentDisplayName": required.get("parentDisplayName"),
        "RequiredSolutionName": required.get("solution"),
        "DependentComponentSchemaName": dependent.get("schemaName"),
        "DependentComponentDisplayName": dependent.get("displayName"),
        "DependentComponentId": dependent.get("id"),
        "DependentComponentType": natural_or(dependent.get("type", ""), 0),
        "DependentComponentParentSchemaName": dependent.get("parentSchemaName"),
        "DependentComponentParentDisplayName": dependent.get("parentDisplayName"),
    }


OPERATIONS = (Operation("StageSolution", _stage, frozenset({"CustomizationFile"})),)

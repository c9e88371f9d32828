"""Writes what a checked package brings; the caller holds the transaction."""

import base64
from collections.abc import Mapping

from d365pop.emulator.component_types import FORM, TABLE, VARIABLE, VARIABLE_VALUE, WEB_RESOURCE
from d365pop.emulator.customizing.catalog import keep_definitions
from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.importing.apps_and_views import apps_of, put_app, put_view, views_of
from d365pop.emulator.importing.ribbons import Owner, put_ribbons
from d365pop.emulator.importing.source import keep_source
from d365pop.emulator.importing.target import Target
from d365pop.emulator.importing.validate import installed
from d365pop.emulator.metadata import Row
from d365pop.emulator.package.components import OtherComponent
from d365pop.emulator.package.contents import DIALOG, FormPart, Package, WebResourcePart
from d365pop.emulator.package.variables import VariablePart
from d365pop.emulator.patches import parent_of_package
from d365pop.emulator.publication import publish_rows
from d365pop.emulator.rules.forms import check_form
from d365pop.emulator.security.guard import check_rows
from d365pop.emulator.solutions import named_component_id
from d365pop.emulator.store import Layer
from d365pop.emulator.writing import new_row


def apply_package(
    environment: Environment,
    caller: Caller,
    package: Package,
    values: Mapping[str, str],
    *,
    overwrite: bool,
    suffix: str = "",
) -> Row:
    """Write a package and return its solution's row; ``values`` are variable values by name.

    With a ``suffix`` it becomes a solution of its own beside the one that is installed.

    What an unmanaged package brings stays a draft; a managed one publishes. ``overwrite`` lets a
    managed one replace unmanaged edits of its web resources.

    Raises:
        Fault: a form of the package does not conform, or a text is too long.
    """
    solution = _put_solution(environment, caller, package, suffix)
    managed = package.manifest.managed
    target = Target(environment, caller, solution, managed, overwrite)
    owner = str(solution["solutionid"]) if managed else ""
    keep_definitions(environment, package.customizations, owner)
    placed = [_put_web_resource(target, part) for part in package.web_resources]
    form_ids = [_put_form(target, part) for part in package.forms]
    view_ids = [put_view(target, element, table) for element, table in views_of(package)]
    app_ids = [put_app(target, element) for element in apps_of(package)]
    ribbons = put_ribbons(
        Owner(environment, caller, str(solution["solutionid"]), managed), package.customizations
    )
    for variable in package.variables:
        _put_variable(target, variable)
    for name, value in values.items():
        _put_value(target, name, value, "")
    for other in package.others:
        target.include(other.component_type, _identity(environment, other), other.name)
    _include_root_components(target, package)
    keep_source(environment, str(solution["solutionid"]), package)
    if managed:
        shown = {
            "systemform": form_ids,
            "webresource": placed,
            "savedquery": view_ids,
            "appmodule": app_ids,
            **ribbons,
        }
        publish_rows(environment, {name: [*filter(None, ids)] for name, ids in shown.items()})
    return solution


def _identity(environment: Environment, component: OtherComponent) -> str:
    kind, name = component.component_type, component.name
    table = environment.catalog.by_name.get(name) if kind == TABLE else None
    return table.metadata_id if table else component.component_id or named_component_id(kind, name)


def _put_solution(environment: Environment, caller: Caller, package: Package, suffix: str) -> Row:
    manifest = package.manifest
    present = installed(environment, manifest)
    publisher_id = _put_publisher(environment, caller, package, present.publisher)
    table, now = environment.table("solution"), environment.timestamp()
    unique_name = manifest.unique_name + suffix
    parent = parent_of_package(
        environment, manifest.unique_name, manifest.version, managed=manifest.managed
    )
    values: Row = {
        "uniquename": unique_name,
        "friendlyname": manifest.friendly_name,
        "description": manifest.description or None,
        "version": manifest.version,
        "solutionpackageversion": manifest.package_version,
        "ismanaged": int(manifest.managed),
        "publisherid": publisher_id,
        "publisherid__type": "publisher",
    }
    if parent is not None:
        values |= {"parentsolutionid": parent["solutionid"], "parentsolutionid__type": "solution"}
    before = environment.store.find_one(table, "uniquename", unique_name)
    if before is None:
        solution_id = environment.new_id()
        base = new_row(environment, caller, table)
        own: Row = {"solutionid": solution_id, "installedon": now}
        environment.store.insert(table, base | values | own)
    else:
        solution_id = str(before["solutionid"])
        environment.store.update(table, solution_id, values | {"updatedon": now, "modifiedon": now})
    return environment.store.get(table, solution_id) or {}


def _put_publisher(
    environment: Environment, caller: Caller, package: Package, present: Row | None
) -> str:
    if present is not None:
        return str(present["publisherid"])
    table, part = environment.table("publisher"), package.manifest.publisher
    check_rows(environment, caller, table, "POST")
    row: Row = {
        "publisherid": environment.new_id(),
        "uniquename": part.unique_name,
        "friendlyname": part.friendly_name,
        "description": part.description or None,
        "customizationprefix": part.prefix,
        "customizationoptionvalueprefix": part.option_prefix,
        "emailaddress": part.email or None,
        "supportingwebsiteurl": part.website or None,
    }
    environment.store.insert(table, new_row(environment, caller, table) | row)
    return str(row["publisherid"])


def _put_web_resource(target: Target, part: WebResourcePart) -> str:
    """Write a web resource and return its id, empty where an unmanaged layer stays above it.

    ASSUMED: the layer covers the whole web resource, and one without a base counts as a layer.
    """
    table = target.environment.table("webresource")
    present = target.environment.store.find(table, "name", part.name, Layer.DRAFT)
    # ASSUMED: a web resource of the same name keeps the id that it has.
    row_id = str(present[0]["webresourceid"]) if present else part.web_resource_id
    row_id = row_id or target.environment.new_id()
    target.include(WEB_RESOURCE, row_id, part.name)
    values: Row = {
        "name": part.name,
        "displayname": part.display_name,
        "description": part.description or None,
        "webresourcetype": part.kind,
        "dependencyxml": part.dependency_xml or None,
        "introducedversion": part.introduced_version,
        "iscustomizable": int(part.customizable),
        "content": base64.b64encode(part.content).decode(),
    }
    return row_id if target.place(table, row_id, values) else ""


def _put_form(target: Target, part: FormPart) -> str:
    """Write a whole form, or merge a diff; return its id where it is to be published.

    ASSUMED: a diff of a form that is not there waits for it, unseen.
    """
    table = target.environment.table("systemform")
    target.include(FORM, part.form_id, part.name)
    if part.is_diff:
        return part.form_id if target.merge_form(table, part.form_id, part.form_xml) else ""
    if part.kind != DIALOG:
        check_form(target.environment, part.form_id, part.form_xml)
    values: Row = {
        "name": part.name,
        "description": part.description or None,
        "objecttypecode": part.table,
        "type": part.kind,
        "formactivationstate": int(part.active),
        "formpresentation": part.presentation,
        "iscustomizable": int(part.customizable),
        "formxml": part.form_xml,
    }
    return part.form_id if target.place(table, part.form_id, values) else ""


def _put_variable(target: Target, part: VariablePart) -> None:
    table = target.environment.table("environmentvariabledefinition")
    present = target.environment.store.find(table, "schemaname", part.schema_name, Layer.DRAFT)
    row_id = (
        str(present[0]["environmentvariabledefinitionid"])
        if present
        else target.environment.new_id()
    )
    values: Row = {
        "schemaname": part.schema_name,
        "displayname": part.display_name,
        "description": part.description or None,
        "type": part.kind,
        "defaultvalue": part.default_value,
        "isrequired": int(part.required),
        "apiid": part.api_id or None,
        "parameterkey": part.parameter_key or None,
    }
    target.place(table, row_id, values)
    target.include(VARIABLE, row_id, part.schema_name)
    if part.value is not None:
        _put_value(target, part.schema_name, part.value, part.value_id)


def _put_value(target: Target, schema_name: str, value: str, value_id: str) -> None:
    environment = target.environment
    definitions = environment.table("environmentvariabledefinition")
    found = environment.store.find(definitions, "schemaname", schema_name, Layer.DRAFT)
    if not found:
        return
    values, link = environment.table("environmentvariablevalue"), "environmentvariabledefinitionid"
    present = environment.store.find(values, link, found[0][link], Layer.DRAFT)
    row_id = str(present[0]["environmentvariablevalueid"]) if present else value_id
    row: Row = {"schemaname": schema_name, "value": value, link: found[0][link]}
    row[f"{link}__type"] = "environmentvariabledefinition"
    row_id = row_id or environment.new_id()
    target.put(values, row_id, row)
    target.include(VARIABLE_VALUE, row_id, schema_name)


def _include_root_components(target: Target, package: Package) -> None:
    catalog = target.environment.catalog
    for component in package.manifest.root_components:
        if component.component_type in {FORM, WEB_RESOURCE, VARIABLE, VARIABLE_VALUE}:
            # They came in by themselves, under the ids that they have here.
            continue
        name = component.schema_name or component.component_id
        table = catalog.by_name.get(name.lower()) if component.component_type == 1 else None
        identity = table.metadata_id if table else component.component_id
        identity = identity or named_component_id(component.component_type, name)
        target.include(component.component_type, identity, name)

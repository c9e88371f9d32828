"""Pieces of packages with forms, for the tests of what lies over what."""

import json
from typing import Any
from xml.etree import ElementTree as ET

from tests.unit.emulator.harness import LocalEnvironment, PackageSource

ACCOUNT_FORM = "8448b78f-8f42-454e-8e2a-f8196b0419af"
SCRIPT = "smp_/a.js"


def handlers(function: str, script: str = SCRIPT) -> str:
    """Return what a managed solution adds to a form."""
    return (
        f'<formLibraries solutionaction="Added"><Library name="{script}" '
        f'libraryUniqueId="{{{function}}}"/></formLibraries><events><event name="onload" '
        'application="false" active="false"><Handlers solutionaction="Added"><Handler '
        f'functionName="{function}" libraryName="{script}" handlerUniqueId="{{{function}}}" '
        'ordinalvalue="0"/></Handlers></event></events>'
    )


def form_change(changes: str, form_id: str = ACCOUNT_FORM) -> str:
    """Return the part of a managed package that changes a form of the account table."""
    return (
        '<Entities><Entity><Name LocalizedName="Account" OriginalName="">Account</Name><FormXml>'
        f'<forms type="main"><systemform><formid>{{{form_id}}}</formid><form>{changes}</form>'
        "</systemform></forms></FormXml></Entity></Entities>"
    )


def with_handler(
    name: str, function: str, version: str = "1.0.0.0", first_id: int = 0
) -> PackageSource:
    """Return a managed package with one script and one handler on the account form."""
    script = f"smp_/{name}.js"
    return PackageSource(
        unique_name=name,
        managed=True,
        version=version,
        first_id=first_id,
        web_resources={script: function.encode()},
        customizations=form_change(handlers(function, script)),
    )


def functions(local: LocalEnvironment, form_id: str = ACCOUNT_FORM) -> list[str]:
    """Return the handlers of a published form, in their order."""
    root = ET.fromstring(local.get(f"systemforms({form_id})")["formxml"])
    return [
        handler.get("functionName", "")
        for handlers in root.iter("Handlers")
        for handler in handlers.findall("Handler")
    ]


def install(local: LocalEnvironment, source: PackageSource, **parameters: object) -> None:
    """Import a package, which must go well."""
    row = local.import_package(source.zip(), **parameters)
    assert row["statuscode"] == 30, row["message"]


def started(local: LocalEnvironment, name: str, body: dict[str, object]) -> dict[str, Any]:
    """Start a background operation, let it run, and return its row."""
    keys = local.expect(200, "POST", name, body)
    local.run_waiting()
    row: dict[str, Any] = local.get(f"asyncoperations({keys['AsyncOperationId']})")
    return row


def layers(local: LocalEnvironment, component_id: str, name: str) -> list[tuple[str, list[str]]]:
    """Return the layers of a component, highest first, each with the columns it changes."""
    query = (
        f"$filter=msdyn_componentid eq '{component_id}' and "
        f"msdyn_solutioncomponentname eq '{name}'&$orderby=msdyn_order desc"
    )
    rows = local.get(f"msdyn_componentlayers?{query}")["value"]
    return [
        (
            row["msdyn_solutionname"],
            sorted(item["Key"] for item in json.loads(row["msdyn_changes"])["Attributes"]),
        )
        for row in rows
    ]

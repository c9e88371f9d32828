"""What ``pac solution import`` and ``export`` ask of the Web API, asked of the local Dataverse.

The Power Platform CLI itself was not at hand. Its options, and the requests behind them, are those
of its documentation: ImportSolutionAsync with ComponentParameters, PublishAllXml, ExportSolution.
"""

import base64
import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import uuid4

from d365pop.emulator.server import EmulatorOptions, start
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace

VALUE = "Microsoft.Dynamics.CRM.environmentvariablevalue"


def solution(arguments: list[str], workspace: Workspace) -> None:
    """Run ``pac solution ARGUMENTS`` in the workspace's folder; fail where pac would."""
    parser = ArgumentParser("pac solution")
    verbs = parser.add_subparsers(required=True, dest="verb")
    importing, exporting = verbs.add_parser("import"), verbs.add_parser("export")
    importing.add_argument("--settings-file", type=Path)
    importing.add_argument("--publish-changes", action="store_true")
    exporting.add_argument("--name", required=True)
    exporting.add_argument("--managed", action="store_true")
    for verb in (importing, exporting):
        verb.add_argument("--path", type=Path, required=True)
    asked = parser.parse_args(arguments)
    state = workspace.folder / ".d365pop" / "dataverse.sqlite"
    with start(EmulatorOptions(state=state, port=workspace.port)):
        dataverse = LocalDataverse(workspace.url)
        if asked.verb == "import":
            settings = asked.settings_file and workspace.folder / asked.settings_file
            import_package(dataverse, workspace.folder / asked.path, settings)
            if asked.publish_changes:
                dataverse.call("POST", "PublishAllXml", {})
        else:
            body = {"SolutionName": asked.name, "Managed": asked.managed}
            answer = dataverse.call("POST", "ExportSolution", body)
            exported = base64.b64decode(answer["ExportSolutionFile"])
            (workspace.folder / asked.path).write_bytes(exported)


def import_package(dataverse: LocalDataverse, package: Path, settings: Path | None) -> None:
    """Import ``package`` with the values of a settings file; wait until it is done."""
    started = dataverse.call(
        "POST",
        "ImportSolutionAsync",
        {
            "OverwriteUnmanagedCustomizations": False,
            "PublishWorkflows": False,
            "CustomizationFile": base64.b64encode(package.read_bytes()).decode(),
            "ImportJobId": str(uuid4()),
            "ComponentParameters": [*parameters(settings)] if settings else [],
        },
    )
    for _ in range(600):
        row = dataverse.call("GET", f"asyncoperations({started['AsyncOperationId']})")
        if row["statecode"] == 3:
            assert row["statuscode"] == 30, row["message"]
            return
        time.sleep(0.1)
    raise AssertionError("the import does not end")


def parameters(settings: Path) -> list[dict[str, Any]]:
    """Return what pac makes of a settings file; an empty value leaves a variable alone."""
    variables = json.loads(settings.read_text("utf-8"))["EnvironmentVariables"]
    return [
        {"@odata.type": VALUE, "schemaname": each["SchemaName"], "value": each["Value"]}
        for each in variables
        if each["Value"]
    ]

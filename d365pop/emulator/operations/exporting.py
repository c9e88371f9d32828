"""ExportSolution, ExportSolutionAsync and DownloadSolutionExportData."""

import base64

from d365pop.emulator.environment import Environment
from d365pop.emulator.exporting.package import export_package
from d365pop.emulator.faults import Fault, bad_request, does_not_exist
from d365pop.emulator.histories import Deed, described, entry
from d365pop.emulator.jobs import start_in_background
from d365pop.emulator.metadata import Row
from d365pop.emulator.operations.base import Call, Operation
from d365pop.emulator.patches import check_unlocked
from d365pop.emulator.protocol import JsonObject
from d365pop.emulator.solutions import solution_named

SETTINGS = (
    "TargetVersion",
    *(
        f"Export{name}"
        for name in (
            "AutoNumberingSettings",
            "CalendarSettings",
            "CustomizationSettings",
            "EmailTrackingSettings",
            "GeneralSettings",
            "MarketingSettings",
            "OutlookSynchronizationSettings",
            "RelationshipRoles",
            "IsvConfig",
            "Sales",
            "ExternalApplications",
            "ComponentsParams",
        )
    ),
)
PARAMETERS = frozenset({"SolutionName", "Managed", *SETTINGS})
# ASSUMED: the codes, from their place in the list of errors; the texts are the platform's.
MANAGED, MISSING = "0x80048036", "0x80048037"


def _solution(call: Call) -> Row:
    try:
        solution = solution_named(call.environment, call.text("SolutionName"))
    except Fault as fault:
        raise bad_request(
            "An error occurred while exporting a solution. The solution does not exist in this "
            "system.",
            MISSING,
        ) from fault
    if solution["ismanaged"]:
        raise bad_request(
            "An error occurred while exporting a solution. Managed solutions cannot be exported.",
            MANAGED,
        )
    check_unlocked(call.environment, solution)
    return solution


def _export(call: Call) -> JsonObject:
    solution, managed = _solution(call), call.flag("Managed")
    with call.environment.lock.held_for("Export"):
        content = _run(call.environment, solution, managed=managed)
    return {"ExportSolutionFile": base64.b64encode(content).decode()}


def _export_async(call: Call) -> JsonObject:
    environment, solution, managed = call.environment, _solution(call), call.flag("Managed")
    export_id = environment.new_id()

    def work() -> None:
        environment.store.put_upload(export_id, _run(environment, solution, managed=managed))

    environment.lock.acquire("Export")
    job_id = start_in_background(environment, call.caller, "ExportSolution", work)
    return {"AsyncOperationId": job_id, "ExportJobId": export_id}


def _run(environment: Environment, solution: Row, *, managed: bool) -> bytes:
    with entry(environment, Deed.EXPORT, **described(solution)):
        environment.sleep(environment.export_seconds)
        return export_package(environment, solution, managed=managed)


def _download(call: Call) -> JsonObject:
    export_id = call.text("ExportJobId").strip("{}").lower()
    content = call.environment.store.upload(export_id)
    if content is None:
        raise does_not_exist("exportsolutionupload", export_id)
    return {"ExportSolutionFile": base64.b64encode(content).decode()}


OPERATIONS = (
    Operation("ExportSolution", _export, PARAMETERS),
    Operation("ExportSolutionAsync", _export_async, PARAMETERS),
    Operation("DownloadSolutionExportData", _download, frozenset({"ExportJobId"})),
)

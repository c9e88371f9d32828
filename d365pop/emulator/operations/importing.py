"""ImportSolution, ImportSolutionAsync and what tells of their outcome."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace

from d365pop.emulator.faults import (
    DUPLICATE,
    INVALID_ARGUMENT,
    Fault,
    bad_request,
    does_not_exist,
    not_implemented,
)
from d365pop.emulator.importing.job import (
    ImportOrder,
    Mode,
    begin_import,
    run_import,
)
from d365pop.emulator.importing.job_data import formatted_results, messages
from d365pop.emulator.jobs import start_in_background
from d365pop.emulator.metadata import Row
from d365pop.emulator.odata.values import is_guid
from d365pop.emulator.operations.base import Call, Operation
from d365pop.emulator.protocol import Json, JsonObject

PARAMETERS = frozenset(
    {
        "OverwriteUnmanagedCustomizations",
        "PublishWorkflows",
        "CustomizationFile",
        "ImportJobId",
        "ConvertToManaged",
        "SkipProductUpdateDependencies",
        "SkipQueueRibbonJob",
        "AsyncRibbonProcessing",
        "LayerDesiredOrder",
        "HoldingSolution",
        "ComponentParameters",
        "SolutionParameters",
    }
)
# What would change the outcome, were it not ignored.
UNSUPPORTED = ("ConvertToManaged",)
VARIABLE_VALUE = "Microsoft.Dynamics.CRM.environmentvariablevalue"
STAGE_ID = "StageSolutionUploadId"


def _import(call: Call) -> None:
    order = _order(call)
    with call.environment.lock.held_for("Import"):
        run_import(call.environment, begin_import(call.environment, order))


def _import_async(call: Call) -> JsonObject:
    return _start(call, _order(call), "ImportSolution")


def _stage_and_upgrade(call: Call) -> None:
    order = replace(_order(call), mode=Mode.UPGRADE)
    with call.environment.lock.held_for("Import"):
        run_import(call.environment, begin_import(call.environment, order))


def _stage_and_upgrade_async(call: Call) -> JsonObject:
    return _start(call, replace(_order(call), mode=Mode.UPGRADE), "StageAndUpgrade")


def _start(call: Call, order: ImportOrder, name: str) -> JsonObject:
    environment = call.environment
    environment.lock.acquire("Import")
    try:
        begun = begin_import(environment, order)
    except BaseException:
        environment.lock.release()
        raise
    job_id = start_in_background(
        environment, call.caller, name, lambda: run_import(environment, begun)
    )
    return {"ImportJobKey": order.import_job_id, "AsyncOperationId": job_id}


def _order(call: Call) -> ImportOrder:
    overwrite = call.flag("OverwriteUnmanagedCustomizations")
    call.flag("PublishWorkflows")
    for name in UNSUPPORTED:
        if call.flag(name, default=False):
            raise not_implemented(f"The parameter '{name}'")
    import_job_id = call.text("ImportJobId", call.environment.new_id()).strip("{}").lower()
    if not is_guid(import_job_id):
        raise bad_request(f"'{import_job_id}' is no GUID (parameter 'ImportJobId').")
    table = call.environment.table("importjob")
    if call.environment.store.get(table, import_job_id) is not None:
        raise Fault(412, DUPLICATE, f"An import job with Id = {import_job_id} exists.")
    upload_id, content = _content(call)
    return ImportOrder(
        call.caller,
        import_job_id,
        content,
        _variable_values(call.parameters.get("ComponentParameters")),
        overwrite=overwrite,
        upload_id=upload_id,
        mode=Mode.HOLD if call.flag("HoldingSolution", default=False) else Mode.UPDATE,
    )


def _content(call: Call) -> tuple[str, bytes]:
    """Return the package and, where it was staged, its upload's id."""
    given = call.parameters.get("SolutionParameters")
    upload_id = given.get(STAGE_ID) if isinstance(given, dict) else None
    if not isinstance(upload_id, str):
        return "", decode_file(call.text("CustomizationFile"))
    bare = upload_id.strip("{}").lower()
    staged = call.environment.store.upload(bare)
    if staged is None:
        raise does_not_exist("stagesolutionupload", upload_id)
    return bare, staged


def decode_file(text: str) -> bytes:
    """Return the bytes of a ``CustomizationFile``.

    Raises:
        Fault: the text is no Base64.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise bad_request(
            "Cannot convert the value of 'CustomizationFile' to the expected type 'Edm.Binary'."
        ) from exc


def _variable_values(given: Json) -> Mapping[str, str]:
    if given is None:
        return {}
    if not isinstance(given, list):
        raise bad_request("'ComponentParameters' must be an array.", INVALID_ARGUMENT)
    values: dict[str, str] = {}
    for item in given:
        kind = item.get("@odata.type") if isinstance(item, dict) else None
        if not isinstance(item, dict) or str(kind).lstrip("#") != VARIABLE_VALUE:
            raise not_implemented(f"The component parameter of type '{kind}'")
        name, value = item.get("schemaname"), item.get("value")
        if not isinstance(name, str) or not isinstance(value, str):
            raise bad_request(
                "A component parameter needs 'schemaname' and 'value'.", INVALID_ARGUMENT
            )
        values[name] = value
    return values


def _import_result(call: Call) -> JsonObject:
    row = _job(call)
    data = str(row["data"] or "")
    failures = messages(data, "failure")
    # ASSUMED: the word for an import that still runs.
    status = "Failed" if failures else "Passed" if row["completedon"] else "InProgress"
    warnings: list[Json] = list[Json](messages(data, "warning"))
    return {
        "SolutionOperationResult": {
            "FormattedResults": formatted_results(data),
            "Type": "Import",
            "Status": status,
            "WarningMessages": warnings,
            "ErrorMessages": list[Json](failures),
            "ActionLink": {"Label": None, "Target": None},
        }
    }


def _formatted_results(call: Call) -> JsonObject:
    return {"FormattedResults": formatted_results(str(_job(call)["data"] or ""))}


def _job(call: Call) -> Row:
    job_id = call.text("ImportJobId").strip("{}").lower()
    row = call.environment.store.get(call.environment.table("importjob"), job_id)
    if row is None:
        raise does_not_exist("importjob", job_id)
    return row


JOB = frozenset({"ImportJobId"})
OPERATIONS = (
    Operation("ImportSolution", _import, PARAMETERS),
    Operation("ImportSolutionAsync", _import_async, PARAMETERS),
    Operation("StageAndUpgrade", _stage_and_upgrade, PARAMETERS),
    Operation("StageAndUpgradeAsync", _stage_and_upgrade_async, PARAMETERS),
    Operation("RetrieveSolutionImportResult", _import_result, JOB, is_function=True),
    Operation("RetrieveFormattedImportJobResults", _formatted_results, JOB, is_function=True),
)

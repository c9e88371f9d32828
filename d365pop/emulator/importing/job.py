"""One import from its start to its end: rows of the job, progress, outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from http import HTTPStatus

from d365pop.emulator.customizing.catalog import customizing
from d365pop.emulator.disturbances import Kind
from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.faults import UNEXPECTED, Fault, bad_request
from d365pop.emulator.histories import Deed, Way, begin, end, end_interrupted, note
from d365pop.emulator.importing.apply import apply_package
from d365pop.emulator.importing.job_data import JobTimes, failure_data, success_data
from d365pop.emulator.importing.upgrade import HOLDING_SUFFIX, check_upgrade, promote
from d365pop.emulator.importing.validate import check_package, installed
from d365pop.emulator.jobs import finish_job, unfinished_jobs
from d365pop.emulator.metadata import Row
from d365pop.emulator.package.contents import Package, read_package
from d365pop.emulator.patches import NAME
from d365pop.emulator.protocol import Request
from d365pop.emulator.store import Selection
from d365pop.emulator.writing import new_row

STEPS = 10
IMPORT_FAILED = "0x80048033"
INTERRUPTED = "The local Dataverse was stopped while the operation ran."


class Mode(Enum):
    """What becomes of the solution that is already there."""

    UPDATE = "update"
    HOLD = "hold"
    UPGRADE = "upgrade"


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What to import, as whom."""

    caller: Caller
    import_job_id: str
    content: bytes = field(repr=False)
    variable_values: Mapping[str, str] = field(default_factory=dict)
    """Value by schema name, given with the request and not in the package."""
    overwrite: bool = field(kw_only=True)
    """Whether a managed package replaces unmanaged edits."""
    upload_id: str = field(kw_only=True)
    """Of the staged package that this is, empty where the file came with the request."""
    mode: Mode = field(default=Mode.UPDATE, kw_only=True)
    history_id: str = field(default="", kw_only=True)


def begin_import(environment: Environment, order: ImportOrder) -> ImportOrder:
    """Write the rows that tell of the import's progress; return the order that knows them."""
    table, now = environment.table("importjob"), environment.timestamp()
    row: Row = {
        "importjobid": order.import_job_id,
        "name": "Customizations",
        "progress": 0.0,
        "startedon": now,
        "importcontext": "ImportInstall",
        "operationcontext": "Import",
    }
    environment.store.insert(table, new_row(environment, order.caller, table) | row)
    overwrite = int(order.overwrite)
    history_id = begin(environment, Deed.IMPORT, isoverwritecustomizations=overwrite)
    return replace(order, history_id=history_id)


def run_import(environment: Environment, order: ImportOrder) -> None:
    """Run an import in place.

    Raises:
        Fault: the package was refused; the import job tells the same.
    """
    started, package, progress = environment.now(), None, 0.0
    try:
        package = read_package(order.content)
        progress = 5.0
        _note_package(environment, order, package)
        check_package(environment, package)
        if order.mode is not Mode.UPDATE:
            check_upgrade(package, installed(environment, package.manifest).solution)
        _simulate_work(environment, order.import_job_id, package.manifest.unique_name)
        with customizing(environment):
            solution = _write(environment, order, package)
            environment.store.drop_upload(order.upload_id)
    except Fault as fault:
        times = JobTimes(started, environment.now())
        data = failure_data(package, fault, times, progress)
        _end(environment, order.import_job_id, package, {"progress": progress, "data": data})
        end(environment, order.history_id, fault)
        raise
    times = JobTimes(started, environment.now())
    done: Row = {
        "progress": 100.0,
        "data": success_data(package, times),
        "solutionid": solution["solutionid"],
    }
    _end(environment, order.import_job_id, package, done)
    note(environment, order.history_id, solutionid=str(solution["solutionid"]))
    end(environment, order.history_id)


def _write(environment: Environment, order: ImportOrder, package: Package) -> Row:
    suffix = "" if order.mode is Mode.UPDATE else HOLDING_SUFFIX
    solution = apply_package(
        environment,
        order.caller,
        package,
        order.variable_values,
        overwrite=order.overwrite,
        suffix=suffix,
    )
    if order.mode is not Mode.UPGRADE:
        return solution
    return promote(environment, package.manifest.unique_name)


def _note_package(environment: Environment, order: ImportOrder, package: Package) -> None:
    manifest = package.manifest
    present = installed(environment, manifest).solution
    way = Way.NEW if present is None else Way.UPDATE
    note(
        environment,
        order.history_id,
        name=manifest.unique_name,
        solutionversion=manifest.version,
        publishername=manifest.publisher.unique_name,
        ismanaged=int(manifest.managed),
        ispatch=int(NAME.fullmatch(manifest.unique_name) is not None),
        suboperation=way if order.mode is Mode.UPDATE else Way.UPGRADE,
    )


def end_interrupted_imports(environment: Environment) -> None:
    """Mark what a stopped server left unfinished as failed."""
    fault = Fault(HTTPStatus.INTERNAL_SERVER_ERROR, UNEXPECTED, INTERRUPTED)
    table = environment.table("importjob")
    with environment.store.transaction():
        for job_id in unfinished_jobs(environment):
            finish_job(environment, job_id, fault, 0.0)
        for row in environment.store.select(table, Selection('t."completedon" IS NULL')):
            times = JobTimes(datetime.fromisoformat(str(row["startedon"])), environment.now())
            data = failure_data(None, fault, times, float(row["progress"] or 0))
            _end(environment, str(row["importjobid"]), None, {"data": data})
        end_interrupted(environment, fault)


def _simulate_work(environment: Environment, import_job_id: str, unique_name: str) -> None:
    told = Request("POST", f"/import/{unique_name}")
    slow = environment.disturbances.drawn(told, frozenset({Kind.SLOW_IMPORT}))
    seconds = environment.import_seconds + sum(rule.seconds for rule in slow)
    failing = environment.disturbances.drawn(told, frozenset({Kind.FAILED_IMPORT}))
    _let_pass(environment, import_job_id, seconds)
    if failing:
        raise bad_request("An error occurred while importing a Solution.", IMPORT_FAILED)


def _let_pass(environment: Environment, import_job_id: str, seconds: float) -> None:
    if seconds <= 0:
        return
    table = environment.table("importjob")
    for step in range(STEPS):
        environment.store.update(table, import_job_id, {"progress": 100.0 * step / STEPS})
        environment.sleep(seconds / STEPS)


def _end(
    environment: Environment, import_job_id: str, package: Package | None, values: Row
) -> None:
    own: Row = {
        "completedon": environment.timestamp(),
        "modifiedon": environment.timestamp(),
        "solutionname": package.manifest.unique_name if package else None,
    }
    environment.store.update(environment.table("importjob"), import_job_id, own | values)

"""One import from its start to its end: rows of the job, progress, outcome."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.faults import Fault
from d365pop.emulator.importing.apply import apply_package
from d365pop.emulator.importing.job_data import JobTimes, failure_data, success_data
from d365pop.emulator.importing.validate import check_package
from d365pop.emulator.jobs import READY, WAITING, finish_job, start_job, unfinished_jobs
from d365pop.emulator.metadata import Row
from d365pop.emulator.package.contents import Package, read_package
from d365pop.emulator.store import Selection
from d365pop.emulator.writing import new_row

SOLUTION_OPERATION = 54
STEPS = 10
DEFECT = "0x80040216"
INTERRUPTED = "The local Dataverse was stopped while the operation ran."
LOGGER = logging.getLogger(__name__)


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


def begin_import(environment: Environment, order: ImportOrder) -> None:
    """Write the row that tells of the import's progress."""
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


def queue_import(environment: Environment, order: ImportOrder) -> str:
    """Write the row of the background operation and return its id."""
    table, now = environment.table("asyncoperation"), environment.timestamp()
    job_id = environment.new_id()
    row: Row = {
        "asyncoperationid": job_id,
        "name": "ImportSolution",
        "messagename": "ImportSolutionAsync",
        "operationtype": SOLUTION_OPERATION,
        "statecode": READY,
        "statuscode": WAITING,
        "depth": 1,
        "subtype": 1,
        "sequence": 1,
        "retrycount": 0,
        "timezoneruleversionnumber": 0,
        "executiontimespan": 0.0,
        "hostid": "d365pop-emulator",
        "correlationid": environment.new_id(),
        "correlationupdatedtime": now,
        "expanderstarttime": now,
        "parentpluginexecutionid": "00000000-0000-0000-0000-000000000000",
        "dependencytoken": (
            f"SolutionOperation_{{{environment.store.setting('organization_id')}}}"
        ),
    }
    environment.store.insert(table, new_row(environment, order.caller, table) | row)
    return job_id


def run_queued_import(environment: Environment, order: ImportOrder, job_id: str) -> None:
    """Run an import in the background; its outcome stands in the rows, nothing is raised."""
    started, failure = environment.now(), None
    try:
        start_job(environment, job_id)
        run_import(environment, order)
    except Fault as fault:
        failure = fault
    except Exception as exc:
        LOGGER.exception("The import %s broke", order.import_job_id)
        failure = Fault(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            DEFECT,
            f"An unexpected error occurred in the emulator. {exc!r}",
        )
    finally:
        # Before the row says so: who reads that it ended may start the next operation.
        environment.lock.release()
    finish_job(environment, job_id, failure, (environment.now() - started).total_seconds())


def run_import(environment: Environment, order: ImportOrder) -> None:
    """Run an import in place.

    Raises:
        Fault: the package was refused; the import job tells the same.
    """
    started, package, progress = environment.now(), None, 0.0
    try:
        package = read_package(order.content)
        progress = 5.0
        check_package(environment, package)
        _simulate_work(environment, order.import_job_id)
        with environment.store.transaction():
            solution = apply_package(
                environment,
                order.caller,
                package,
                order.variable_values,
                overwrite=order.overwrite,
            )
            environment.store.drop_upload(order.upload_id)
    except Fault as fault:
        times = JobTimes(started, environment.now())
        data = failure_data(package, fault, times, progress)
        _end(environment, order.import_job_id, package, {"progress": progress, "data": data})
        raise
    times = JobTimes(started, environment.now())
    done: Row = {
        "progress": 100.0,
        "data": success_data(package, times),
        "solutionid": solution["solutionid"],
    }
    _end(environment, order.import_job_id, package, done)


def end_interrupted_imports(environment: Environment) -> None:
    """Mark what a stopped server left unfinished as failed."""
    fault = Fault(HTTPStatus.INTERNAL_SERVER_ERROR, DEFECT, INTERRUPTED)
    table = environment.table("importjob")
    with environment.store.transaction():
        for job_id in unfinished_jobs(environment):
            finish_job(environment, job_id, fault, 0.0)
        for row in environment.store.select(table, Selection('t."completedon" IS NULL')):
            times = JobTimes(datetime.fromisoformat(str(row["startedon"])), environment.now())
            data = failure_data(None, fault, times, float(row["progress"] or 0))
            _end(environment, str(row["importjobid"]), None, {"data": data})


def _simulate_work(environment: Environment, import_job_id: str) -> None:
    if environment.import_seconds <= 0:
        return
    table = environment.table("importjob")
    for step in range(STEPS):
        environment.store.update(table, import_job_id, {"progress": 100.0 * step / STEPS})
        environment.sleep(environment.import_seconds / STEPS)


def _end(
    environment: Environment, import_job_id: str, package: Package | None, values: Row
) -> None:
    own: Row = {
        "completedon": environment.timestamp(),
        "modifiedon": environment.timestamp(),
        "solutionname": package.manifest.unique_name if package else None,
    }
    environment.store.update(environment.table("importjob"), import_job_id, own | values)

"""Rows of background work: their states over time; knows no particular work."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.faults import UNEXPECTED, Fault, signed_code
from d365pop.emulator.histories import STARTED
from d365pop.emulator.store import Selection
from d365pop.emulator.writing import new_row

READY, COMPLETED = 0, 3
WAITING, IN_PROGRESS, SUCCEEDED, FAILED = 0, 20, 30, 31
SOLUTION_OPERATION = 54
KEPT = 500
FINISHED = {
    "asyncoperation": 't."statecode" = 3',
    "importjob": 't."completedon" IS NOT NULL',
    "msdyn_solutionhistory": 't."msdyn_status" = 1',
}
LOGGER = logging.getLogger(__name__)


def unfinished_jobs(environment: Environment) -> list[str]:
    """Return the ids of the jobs that have no outcome yet."""
    table = environment.table("asyncoperation")
    rows = environment.store.select(table, Selection('t."statecode" <> ?', (COMPLETED,)))
    return [str(row["asyncoperationid"]) for row in rows]


def is_anything_unfinished(environment: Environment) -> bool:
    """Return whether a job, an import or an entry of the history has no outcome yet."""
    return any(
        environment.store.count(environment.table(name), Selection(condition))
        for name, condition in (
            ("asyncoperation", f't."statecode" <> {COMPLETED}'),
            ("importjob", 't."completedon" IS NULL'),
            ("msdyn_solutionhistory", f't."msdyn_status" = {STARTED}'),
        )
    )


def start_job(environment: Environment, job_id: str) -> None:
    """Let a waiting job run."""
    environment.store.update(
        environment.table("asyncoperation"),
        job_id,
        {"statuscode": IN_PROGRESS, "startedon": environment.timestamp()},
    )


def finish_job(
    environment: Environment, job_id: str, failure: Fault | None, seconds: float
) -> None:
    """End a job that ran so long, well or with a failure."""
    now = environment.timestamp()
    message = failure.message if failure else None
    environment.store.update(
        environment.table("asyncoperation"),
        job_id,
        {
            "statecode": COMPLETED,
            "statuscode": FAILED if failure else SUCCEEDED,
            "completedon": now,
            "modifiedon": now,
            "executiontimespan": seconds,
            "message": message,
            "friendlymessage": message,
            "errorcode": signed_code(failure.code) if failure else None,
        },
    )
    _forget_old(environment)


def _forget_old(environment: Environment) -> None:
    """Keep the newest finished rows only: a server that runs for weeks must not grow by them."""
    for name, finished in FINISHED.items():
        table = environment.table(name)
        old = Selection(finished, order_by='t."versionnumber" DESC', offset=KEPT)
        for row in environment.store.select(table, old):
            environment.store.delete(table, str(row[table.primary_id]))


def queue_job(environment: Environment, caller: Caller, name: str) -> str:
    """Write the row of a background operation and return its id."""
    table, now = environment.table("asyncoperation"), environment.timestamp()
    job_id = environment.new_id()
    row = new_row(environment, caller, table) | {
        "asyncoperationid": job_id,
        "name": name,
        "messagename": f"{name}Async",
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
    environment.store.insert(table, row)
    return job_id


def run_job(environment: Environment, job_id: str, work: Callable[[], object]) -> None:
    """Do work that holds the lock; its outcome stands in the job's row, nothing is raised."""
    started, failure = environment.now(), None
    try:
        start_job(environment, job_id)
        work()
    except Fault as fault:
        failure = fault
    except Exception as exc:
        LOGGER.exception("The job %s broke", job_id)
        failure = Fault(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            UNEXPECTED,
            f"An unexpected error occurred in the emulator. {exc!r}",
        )
    finally:
        # Before the row says so: who reads that it ended may start the next operation.
        environment.lock.release()
    finish_job(environment, job_id, failure, (environment.now() - started).total_seconds())


def start_in_background(
    environment: Environment, caller: Caller, name: str, work: Callable[[], object]
) -> str:
    """Queue work for which the caller just took the lock; return the job's id."""
    try:
        job_id = queue_job(environment, caller, name)
    except BaseException:
        environment.lock.release()
        raise
    environment.run(lambda: run_job(environment, job_id, work))
    return job_id

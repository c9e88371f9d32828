"""Rows of background work: their states over time; knows no particular work."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import Fault, signed_code
from d365pop.emulator.store import Selection

READY, COMPLETED = 0, 3
WAITING, IN_PROGRESS, SUCCEEDED, FAILED = 0, 20, 30, 31


def unfinished_jobs(environment: Environment) -> list[str]:
    """Return the ids of the jobs that have no outcome yet."""
    table = environment.table("asyncoperation")
    rows = environment.store.select(table, Selection('t."statecode" <> ?', (COMPLETED,)))
    return [str(row["asyncoperationid"]) for row in rows]


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

"""Rows of background work: their states over time; knows no particular work."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.store import Selection

READY, COMPLETED = 0, 3
WAITING, IN_PROGRESS, SUCCEEDED, FAILED = 0, 20, 30, 31
INTERRUPTED = "The local Dataverse was stopped while the operation ran."


def end_interrupted_jobs(environment: Environment) -> None:
    """Mark what a stopped server left unfinished as failed."""
    table = environment.table("asyncoperation")
    for row in environment.store.select(table, Selection('t."statecode" <> ?', (COMPLETED,))):
        finish_job(environment, str(row["asyncoperationid"]), error=INTERRUPTED, code=-1)


def start_job(environment: Environment, job_id: str) -> None:
    """Let a waiting job run."""
    environment.store.update(
        environment.table("asyncoperation"),
        job_id,
        {"statuscode": IN_PROGRESS, "startedon": environment.timestamp()},
    )


def finish_job(
    environment: Environment, job_id: str, *, error: str = "", code: int | None = None
) -> None:
    """End a job, well or with an error."""
    table = environment.table("asyncoperation")
    row = environment.store.get(table, job_id)
    if row is None:
        return
    now = environment.timestamp()
    environment.store.update(
        table,
        job_id,
        {
            "statecode": COMPLETED,
            "statuscode": FAILED if error else SUCCEEDED,
            "completedon": now,
            "modifiedon": now,
            "message": error or None,
            "friendlymessage": error or None,
            "errorcode": code if error else None,
        },
    )

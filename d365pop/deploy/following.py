"""Finds an import that was asked for and waits for it; waiting never holds a request open."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.solutions import (
    AsyncOperation,
    ImportJob,
    retrieve_async_operation,
    retrieve_import_job,
)
from d365pop.deploy.clock import Clock
from d365pop.deploy.polling import poll_interval
from d365pop.errors import StillRunningError
from d365pop.parallel import Pool, both

LONGEST_ABSENCE: Final = 30.0
"""Seconds for which the row of a new import job may not be there yet."""


@dataclass(frozen=True, slots=True)
class ImportWatch:
    """Who hears of an import, and for how long we wait for it."""

    advanced: Callable[[float], None]
    """0 to 1."""
    announced: Callable[["ImportHandles"], None]
    """The import job, before the import is asked for: what a killed run left can be found."""
    started: Callable[[str], None]
    """The async operation's id."""
    warned: Callable[[str], None]
    """What the environment has to say of a component that it took."""
    timeout: float


@dataclass(frozen=True, slots=True)
class ImportHandles:
    """Where an import that was asked for before can be found; empty where none was."""

    import_job_id: str = ""
    async_operation_id: str = ""
    earlier_jobs: tuple[str, ...] | None = None
    """Of the imports of the solution before it; None where they were not asked for."""


NO_HANDLES: Final = ImportHandles()


def is_known(dataverse: Dataverse, handles: ImportHandles, clock: Clock) -> bool:
    """Return whether the environment has the import's job; its row may come a little late.

    Jobs can be deleted, too: an operation that is there tells as much.
    """
    begin = clock.now()
    while not _is_there(dataverse, handles):
        waited = clock.now() - begin
        if waited > LONGEST_ABSENCE:
            return False
        clock.sleep(poll_interval(waited))
    return True


def _is_there(dataverse: Dataverse, handles: ImportHandles) -> bool:
    job = retrieve_import_job(dataverse, handles.import_job_id)
    return job is not None or _operation(dataverse, handles) is not None


def _operation(dataverse: Dataverse, handles: ImportHandles) -> AsyncOperation | None:
    if not handles.async_operation_id:
        return None
    return retrieve_async_operation(dataverse, handles.async_operation_id)


def wait_for_import(
    dataverse: Dataverse, handles: ImportHandles, watch: ImportWatch, clock: Clock, pool: Pool
) -> AsyncOperation | None:
    """Return the operation when it has finished; None where only the job could be watched.

    The operation's row can be gone: environments delete those of completed operations after a
    while, and a run may be gone on with much later. Then the job tells.
    """
    begin = clock.now()
    while True:
        operation, job = _state(dataverse, handles, pool)
        if operation is not None and operation.finished:
            return operation
        waited = clock.now() - begin
        awaited = handles.async_operation_id and waited <= LONGEST_ABSENCE
        if operation is None and job is not None and job.completed and not awaited:
            return None
        if waited > watch.timeout:
            raise StillRunningError(
                "import-still-running",
                f"The import still runs after {waited:.0f} s; we have stopped waiting.",
                context=f"import job {handles.import_job_id}, async operation "
                f"{handles.async_operation_id or 'unknown'}. It may well succeed.",
            )
        watch.advanced(job.progress / 100 if job is not None else 0.0)
        clock.sleep(poll_interval(waited))


def _state(
    dataverse: Dataverse, handles: ImportHandles, pool: Pool
) -> tuple[AsyncOperation | None, ImportJob | None]:
    """Return the operation and the job; the rows of both may be absent in the first moments."""
    return both(
        pool,
        partial(_operation, dataverse, handles),
        partial(retrieve_import_job, dataverse, handles.import_job_id),
    )


def settle_import(
    dataverse: Dataverse, handles: ImportHandles, timeout: float, clock: Clock, pool: Pool
) -> None:
    """Return when an import that was asked for has ended, or turns out never to have begun.

    Raises:
        StillRunningError: it runs longer than we wait.
    """
    if is_known(dataverse, handles, clock):
        wait_for_import(dataverse, handles, _unheard(timeout), clock, pool)


def _unheard(timeout: float) -> ImportWatch:
    def nothing(_: object) -> None:
        return None

    return ImportWatch(nothing, nothing, nothing, nothing, timeout)

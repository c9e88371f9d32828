"""One package import: staged, started, watched to its end; waiting never holds a request open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.import_results import (
    ComponentResult,
    MissingDependency,
    failures,
    import_results,
)
from d365pop.dataverse.solutions import (
    AsyncOperation,
    StagedSolution,
    import_solution_async,
    retrieve_async_operation,
    retrieve_import_job,
    stage_solution,
)
from d365pop.deploy.clock import Clock
from d365pop.deploy.plan import ImportPackage
from d365pop.errors import DataverseError, StillRunningError

SHORTEST_POLL: Final = 0.1
LONGEST_EARLY_POLL: Final = 1.0
POLL_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class ImportWatch:
    """Who hears of an import, and for how long we wait for it."""

    advanced: Callable[[float], None]
    """0 to 1."""
    started: Callable[[str, str], None]
    """The ids of import job and async operation, as soon as there are any."""
    timeout: float


def import_package(
    dataverse: Dataverse, step: ImportPackage, watch: ImportWatch, clock: Clock
) -> None:
    """Stage, import and wait.

    Raises:
        DataverseError: the package is refused or the import failed, with each component's reason.
        StillRunningError: it runs longer than we wait; the import goes on without us.
    """
    staged = stage_solution(dataverse, step.package)
    if not staged.passed:
        raise DataverseError(
            "package-refused",
            f"Dataverse refuses the package of {step.solution} {step.version}.",
            status=200,
            context="\n".join(_problems(staged)),
            hint="Mend what is listed; nothing was imported.",
        )
    started = import_solution_async(
        dataverse,
        upload_id=staged.upload_id,
        import_job_id=str(uuid4()),
        overwrite_unmanaged=False,
    )
    watch.started(started.import_job_id, started.async_operation_id)
    operation = _wait(dataverse, started.import_job_id, started.async_operation_id, watch, clock)
    if not operation.succeeded:
        raise _failure(dataverse, step, started.import_job_id, operation)
    watch.advanced(1.0)


def poll_interval(waited: float) -> float:
    """Return how long to wait before the next look, all in seconds.

    A quick import is seen at once, a long one costs few requests and at most a twentieth more.
    """
    early = min(max(SHORTEST_POLL, waited / 4), LONGEST_EARLY_POLL)
    return max(early, waited * POLL_SHARE)


def _wait(
    dataverse: Dataverse, job_id: str, operation_id: str, watch: ImportWatch, clock: Clock
) -> AsyncOperation:
    begin = clock.now()
    while True:
        operation = retrieve_async_operation(dataverse, operation_id)
        if operation is not None and operation.finished:
            return operation
        waited = clock.now() - begin
        if waited > watch.timeout:
            raise StillRunningError(
                "import-still-running",
                f"The import still runs after {waited:.0f} s; we have stopped waiting.",
                context=f"import job {job_id}, async operation {operation_id}",
                hint="It may well succeed. Run the same deploy again later: it starts from what "
                "it finds then.",
            )
        # The import job's row may be absent in the first moments; it is for show only.
        job = retrieve_import_job(dataverse, job_id)
        watch.advanced(job.progress / 100 if job else 0.0)
        clock.sleep(poll_interval(waited))


def _failure(
    dataverse: Dataverse, step: ImportPackage, job_id: str, operation: AsyncOperation
) -> DataverseError:
    job = retrieve_import_job(dataverse, job_id)
    failed = failures(import_results(job.data)) if job and job.data else ()
    # The platform repeats its message on every component that it stopped.
    lines = dict.fromkeys([operation.message, *(line for each in failed for line in _lines(each))])
    return DataverseError(
        "import-failed",
        f"The import of {step.solution} {step.version} failed.",
        status=200,
        code=operation.error_code,
        context="\n".join(filter(None, lines)),
        hint="Nothing of the package was kept; mend what is listed and deploy again.",
    )


def _problems(staged: StagedSolution) -> list[str]:
    findings = [
        " ".join(filter(None, (each.code, each.message, each.additional_info)))
        for each in staged.validation
    ]
    return findings + [_missing(each) for each in staged.missing_dependencies]


def _lines(result: ComponentResult) -> list[str]:
    failed = f"{result.kind} {result.name}: {result.error_code} {result.error_text}"
    return [failed, *(f"  {_missing(each)}" for each in result.missing_dependencies)]


def _missing(dependency: MissingDependency) -> str:
    return (
        f"missing {dependency.required_type} {dependency.required_name}"
        f" of solution {dependency.required_solution},"
        f" needed by {dependency.dependent_type} {dependency.dependent_name}"
    )

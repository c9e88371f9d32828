"""One package import: staged, started, watched to its end; waiting never holds a request open."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from uuid import uuid4

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.codes import meaning
from d365pop.dataverse.import_results import (
    ComponentResult,
    MissingDependency,
    Outcome,
    failures,
    import_results,
)
from d365pop.dataverse.solutions import (
    AsyncOperation,
    StagedSolution,
    import_solution_async,
    retrieve_async_operation,
    retrieve_import_data,
    retrieve_import_progress,
    stage_solution,
)
from d365pop.deploy.clock import Clock
from d365pop.deploy.plan import ImportPackage
from d365pop.errors import DataverseError, NetworkError, StillRunningError

SHORTEST_POLL: Final = 0.1
LONGEST_EARLY_POLL: Final = 1.0
POLL_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class ImportWatch:
    """Who hears of an import, and for how long we wait for it."""

    advanced: Callable[[float], None]
    """0 to 1."""
    announced: Callable[[str], None]
    """The import job's id, before the import is asked for: what a killed run left can be found."""
    started: Callable[[str], None]
    """The async operation's id."""
    warned: Callable[[str], None]
    """What the environment has to say of a component that it took."""
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
    job_id = str(uuid4())
    watch.announced(job_id)
    operation_id = _start(dataverse, step, staged, job_id)
    watch.started(operation_id)
    operation = _wait(dataverse, job_id, operation_id, watch, clock)
    results, unreadable = _results(dataverse, job_id)
    failed = failures(results)
    # The operation's word alone is no proof: a component can fail inside a job that ended well.
    if failed or not operation.succeeded:
        reasons = [line for each in failed for line in _lines(each)]
        raise _failure(step, operation, reasons + unreadable)
    for each in results:
        if each.outcome is Outcome.WARNING:
            watch.warned("; ".join(_lines(each)))
    watch.advanced(1.0)


def _start(dataverse: Dataverse, step: ImportPackage, staged: StagedSolution, job_id: str) -> str:
    """Ask for the import once and return the async operation's id."""
    try:
        started = import_solution_async(
            dataverse,
            upload_id=staged.upload_id,
            import_job_id=job_id,
            overwrite_unmanaged=step.overwrite_unmanaged,
        )
    except (NetworkError, DataverseError) as error:
        # No answer is no answer: the import may run. Its job has our id, so look, never resend.
        if _may_have_acted(error) and retrieve_import_progress(dataverse, job_id) is not None:
            raise StillRunningError(
                "import-unconfirmed",
                "The connection broke when the import was asked for, but the import runs.",
                context=f"import job {job_id}",
                hint="Run the same deploy again later: it starts from what it finds then.",
            ) from error
        raise
    return started.async_operation_id


def _may_have_acted(error: NetworkError | DataverseError) -> bool:
    return not isinstance(error, DataverseError) or error.status >= HTTPStatus.BAD_GATEWAY


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
        watch.advanced((retrieve_import_progress(dataverse, job_id) or 0.0) / 100)
        clock.sleep(poll_interval(waited))


def _results(dataverse: Dataverse, job_id: str) -> tuple[tuple[ComponentResult, ...], list[str]]:
    """Return what became of each component, and why that cannot be told where it cannot."""
    try:
        return import_results(retrieve_import_data(dataverse, job_id)), []
    except DataverseError as error:
        return (), [f"The components' results cannot be read: {error.message}"]


def _failure(step: ImportPackage, operation: AsyncOperation, reasons: list[str]) -> DataverseError:
    # The platform repeats its message on every component that it stopped.
    lines = dict.fromkeys([operation.message, *reasons])
    return DataverseError(
        "import-failed",
        f"The import of {step.solution} {step.version} failed.",
        status=HTTPStatus.OK,
        code=operation.error_code,
        context="\n".join(filter(None, lines)),
        # ASSUMED: the platform rolls a failed import back as a whole.
        hint=meaning(operation.error_code, HTTPStatus.OK).hint
        or "Nothing of the package was kept; mend what is listed and deploy again.",
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

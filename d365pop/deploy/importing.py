"""One package import: staged, started, watched to its end; waiting never holds a request open."""

from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
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
    ValidationMessage,
    import_solution_async,
    retrieve_import_data,
    stage_solution,
)
from d365pop.deploy.clock import Clock
from d365pop.deploy.following import (
    NO_HANDLES,
    ImportHandles,
    ImportWatch,
    is_known,
    wait_for_import,
)
from d365pop.deploy.meanwhile import (
    earlier_jobs,
    is_installed,
    refuse_installed,
    refuse_overtaken,
    refuse_running,
)
from d365pop.deploy.plan import ImportKind, ImportPackage
from d365pop.deploy.steps import is_unsure
from d365pop.errors import (
    DataverseError,
    NetworkError,
)
from d365pop.parallel import Pool, one_by_one


@dataclass(frozen=True, slots=True)
class _Ended:
    """How an import ended; without an operation only the job's data tells."""

    operation: AsyncOperation | None
    results: tuple[ComponentResult, ...]
    unreadable: list[str]

    @property
    def succeeded(self) -> bool:
        # The operation's word alone is no proof: a component can fail in a job that ended well.
        ended_well = self.operation is None or self.operation.succeeded
        return ended_well and not failures(self.results)


def import_package(
    dataverse: Dataverse,
    step: ImportPackage,
    watch: ImportWatch,
    clock: Clock,
    earlier: ImportHandles = NO_HANDLES,
    pool: Pool = one_by_one,
) -> None:
    """Stage, import and wait; an ``earlier`` import of the same run is found and followed first.

    Raises:
        DataverseError: the package is refused or the import failed, with each component's reason.
        StillRunningError: it runs longer than we wait; the import goes on without us.
        PlanRefusedError: others were at work on the solution.
    """
    if earlier.import_job_id:
        if is_known(dataverse, earlier, clock):
            ended = _follow(dataverse, earlier, watch, clock, pool)
            if ended.succeeded:
                refuse_overtaken(dataverse, step, earlier.import_job_id, earlier.earlier_jobs)
                return _warn(ended, watch)
        elif is_installed(dataverse, step):
            return watch.advanced(1.0)  # the rows that told of it are deleted meanwhile
    before = earlier_jobs(dataverse, step.solution)
    staged = stage_solution(dataverse, step.package)
    if not staged.passed:
        raise DataverseError(
            "package-refused",
            f"Dataverse refuses the package of {step.solution} {step.version}.",
            status=200,
            context="\n".join(_problems(staged)),
            hint="Mend what is listed; nothing was imported.",
        )
    for finding in staged.validation:
        watch.warned(_finding(finding))
    # As late as can be: Dataverse takes a package over whatever others import until then.
    pool([partial(refuse_running, dataverse), partial(refuse_installed, dataverse, step)])
    handles = _start(dataverse, step, staged, before, watch, clock)
    ended = _follow(dataverse, handles, watch, clock, pool)
    if not ended.succeeded:
        raise _failure(step, ended, handles)
    refuse_overtaken(dataverse, step, handles.import_job_id, before)
    return _warn(ended, watch)


def _warn(ended: _Ended, watch: ImportWatch) -> None:
    for each in ended.results:
        if each.outcome is Outcome.WARNING:
            watch.warned("; ".join(_lines(each)))
    watch.advanced(1.0)


def _start(
    dataverse: Dataverse,
    step: ImportPackage,
    staged: StagedSolution,
    before: tuple[str, ...],
    watch: ImportWatch,
    clock: Clock,
) -> ImportHandles:
    """Ask for the import; where no answer comes, look for its job before asking once more.

    The job's id is ours: asked for twice, the second would be refused as a duplicate.
    """
    handles = ImportHandles(str(uuid4()), earlier_jobs=before)
    watch.announced(handles)
    for attempts_left in (1, 0):
        try:
            started = import_solution_async(
                dataverse,
                upload_id=staged.upload_id,
                import_job_id=handles.import_job_id,
                overwrite_unmanaged=step.overwrite_unmanaged,
                upgrade=step.kind is ImportKind.UPGRADE,
            )
        except (NetworkError, DataverseError) as error:
            if not is_unsure(error):
                raise
            if is_known(dataverse, handles, clock):
                return handles
            if not attempts_left:
                raise
        else:
            watch.started(started.async_operation_id)
            return replace(handles, async_operation_id=started.async_operation_id)
    raise AssertionError("unreachable")


def _follow(
    dataverse: Dataverse, handles: ImportHandles, watch: ImportWatch, clock: Clock, pool: Pool
) -> _Ended:
    operation = wait_for_import(dataverse, handles, watch, clock, pool)
    return _Ended(operation, *_results(dataverse, handles.import_job_id))


def _results(dataverse: Dataverse, job_id: str) -> tuple[tuple[ComponentResult, ...], list[str]]:
    """Return what became of each component, and why that cannot be told where it cannot."""
    try:
        return import_results(retrieve_import_data(dataverse, job_id)), []
    except DataverseError as error:
        return (), [f"The components' results cannot be read: {error.message}"]


def _failure(step: ImportPackage, ended: _Ended, handles: ImportHandles) -> DataverseError:
    message = ended.operation.message if ended.operation else ""
    code = ended.operation.error_code if ended.operation else ""
    reasons = [line for each in failures(ended.results) for line in _lines(each)]
    # The platform repeats its message on every component that it stopped.
    lines = dict.fromkeys([message, *reasons, *ended.unreadable, _for_support(handles)])
    return DataverseError(
        "import-failed",
        f"The import of {step.solution} {step.version} failed.",
        status=HTTPStatus.OK,
        code=code,
        context="\n".join(filter(None, lines)),
        # ASSUMED: the platform rolls a failed import back as a whole.
        hint=meaning(code, HTTPStatus.OK).hint
        or "Nothing of the package was kept; mend what is listed and deploy again.",
    )


def _for_support(handles: ImportHandles) -> str:
    operation = handles.async_operation_id
    known = f", async operation {operation}" if operation else ""
    return f"import job {handles.import_job_id}{known}, for Microsoft's support"


def _problems(staged: StagedSolution) -> list[str]:
    findings = [_finding(each) for each in staged.validation]
    return findings + [_missing(each) for each in staged.missing_dependencies]


def _finding(message: ValidationMessage) -> str:
    return " ".join(filter(None, (message.code, message.message, message.additional_info)))


def _lines(result: ComponentResult) -> list[str]:
    failed = f"{result.kind} {result.name}: {result.error_code} {result.error_text}"
    return [failed, *(f"  {_missing(each)}" for each in result.missing_dependencies)]


def _missing(dependency: MissingDependency) -> str:
    return (
        f"missing {dependency.required_type} {dependency.required_name}"
        f" of solution {dependency.required_solution},"
        f" needed by {dependency.dependent_type} {dependency.dependent_name}"
    )

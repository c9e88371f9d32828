"""One solution taken out of an environment, and watched until it is gone."""

from http import HTTPStatus
from typing import Final

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.codes import meaning
from d365pop.dataverse.lifecycle import delete_solution, uninstall_solution_async
from d365pop.dataverse.solutions import retrieve_async_operation, retrieve_solution
from d365pop.deploy.clock import Clock
from d365pop.deploy.looking import changed_meanwhile
from d365pop.deploy.plan import UninstallSolution
from d365pop.deploy.polling import poll_interval
from d365pop.deploy.steps import is_unsure
from d365pop.errors import DataverseError, NetworkError, StillRunningError

_NOT_FOUND: Final = "dataverse-not-found"


def uninstall(dataverse: Dataverse, step: UninstallSolution, timeout: float, clock: Clock) -> None:
    """Take the solution out; one that is gone already is no error.

    Raises:
        DataverseError: the environment refuses, or the operation failed.
        StillRunningError: it runs longer than we wait.
        PlanRefusedError: somebody imported another version or build since it was read.
    """
    begin = clock.now()
    while (there := retrieve_solution(dataverse, step.solution)) is not None:
        if there.version != step.version or step.description not in {None, there.description}:
            raise changed_meanwhile(f"solution {step.solution}")
        try:
            operation_id = _start(dataverse, step)
        except (NetworkError, DataverseError) as error:
            # Whether it was asked for shows in the solution itself; while it runs, asking again
            # meets the customization lock and waits there.
            if not is_unsure(error) or clock.now() - begin > timeout:
                raise
            clock.sleep(poll_interval(clock.now() - begin))
            continue
        if operation_id:
            _wait(dataverse, operation_id, step, timeout, clock)
        return


def _start(dataverse: Dataverse, step: UninstallSolution) -> str:
    """Ask for it; return the operation to watch, empty where there is none."""
    if not step.managed:
        delete_solution(dataverse, step.solution_id)
        return ""
    try:
        return uninstall_solution_async(dataverse, step.solution)
    except DataverseError as error:
        if error.reference == _NOT_FOUND:
            return ""
        raise


def _wait(
    dataverse: Dataverse, operation_id: str, step: UninstallSolution, timeout: float, clock: Clock
) -> None:
    begin = clock.now()
    while True:
        operation = retrieve_async_operation(dataverse, operation_id)
        if operation is not None and operation.finished:
            break
        waited = clock.now() - begin
        if waited > timeout:
            raise StillRunningError(
                "uninstall-still-running",
                f"{step.solution} is still being uninstalled after {waited:.0f} s.",
                context=f"async operation {operation_id}",
                hint="Run the same line again later.",
            )
        clock.sleep(poll_interval(waited))
    if not operation.succeeded:
        raise DataverseError(
            "uninstall-failed",
            f"{step.solution} could not be uninstalled: {operation.message}",
            status=HTTPStatus.OK,
            code=operation.error_code,
            hint=meaning(operation.error_code, HTTPStatus.OK).hint,
        )

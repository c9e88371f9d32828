"""Lets a request be answered with the faults that were put in force for it."""

from collections.abc import Callable

from d365pop.emulator.disturbances import Kind, fault_of
from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import does_not_exist
from d365pop.emulator.protocol import HangUp, Request, Response

ON_REQUESTS = frozenset(
    {
        *(Kind.DELAY, Kind.DROP_BEFORE, Kind.DROP_AFTER, Kind.RESET),
        *(Kind.THROTTLE, Kind.SERVER_ERROR, Kind.LOCK),
    }
)
GONE = 499
JOB = "/importjobs("


def disturbed(
    environment: Environment, request: Request, answer: Callable[[], Response]
) -> Response:
    """Return the answer, or what comes in its place.

    Raises:
        Fault: a rule refuses the request.
    """
    rules = environment.disturbances.drawn(request, _kinds(request))
    delay = sum(rule.seconds for rule in rules if rule.kind is Kind.DELAY)
    if delay:
        environment.sleep(delay)
    kinds = {rule.kind for rule in rules}
    if Kind.DROP_BEFORE in kinds:
        return Response(GONE, hang_up=HangUp.DROP)
    if Kind.RESET in kinds:
        return Response(GONE, hang_up=HangUp.RESET)
    if Kind.JOB_RACE in kinds:
        job_id = request.path.partition(JOB)[2].partition(")")[0]
        raise does_not_exist("importjob", job_id)
    for rule in rules:
        fault = fault_of(rule)
        if fault is not None:
            raise fault
    response = answer()
    return Response(GONE, hang_up=HangUp.DROP) if Kind.DROP_AFTER in kinds else response


def _kinds(request: Request) -> frozenset[Kind]:
    reads_job = request.method == "GET" and JOB in request.path
    return ON_REQUESTS | {Kind.JOB_RACE} if reads_job else ON_REQUESTS

"""Proves by what was read back that an environment holds what was wanted; pure."""

from collections.abc import Mapping
from typing import Final, assert_never

from d365pop.deploy.plan import (
    CreateWebResource,
    DeleteVariable,
    DeleteWebResource,
    EditForm,
    ImportPackage,
    Plan,
    PlanKind,
    Publish,
    RemoveRibbon,
    RestoreLabels,
    RestoreSolution,
    SetVariable,
    Step,
    UninstallSolution,
    UpdateWebResource,
    WriteRow,
)
from d365pop.errors import VerificationError

_PAST: Final[Mapping[PlanKind, str]] = {
    PlanKind.DEPLOY: "deployed",
    PlanKind.PUSH: "pushed",
    PlanKind.ROLLBACK: "restored",
    PlanKind.UNDEPLOY: "undeployed",
}


def prove(plan: Plan) -> Plan:
    """Return ``plan``, which was made from what was read back, where nothing is left to do.

    The proof is the planner itself: it compares published hashes and handlers, so a plan that
    still has steps names what is not as it should be.

    Raises:
        VerificationError: something that was written is not there, or not published.
    """
    if plan.is_empty:
        return plan
    raise VerificationError(
        "not-proven",
        f"{plan.environment_url} does not hold what was {_PAST[plan.kind]}.",
        context="\n".join(difference(step) for step in plan.steps),
        hint="Somebody may have changed it meanwhile: run the same line again to see.",
    )


def difference(step: Step) -> str:  # noqa: PLR0911 - one a kind of step
    """Return what a step that is left says of the environment."""
    match step:
        case ImportPackage() | RestoreSolution() | UninstallSolution():
            return f"solution {step.solution}: {step.reason}"
        case UpdateWebResource() | CreateWebResource() | DeleteWebResource():
            return f"web resource {step.name}: {step.reason}"
        case SetVariable() | DeleteVariable():
            return f"environment variable {step.schema_name}: {step.reason}"
        case RestoreLabels():
            return f"{step.component} {step.name}: its title, description or dependencies"
        case EditForm():
            return f"form {step.table} / {step.name}: {step.reason}"
        case WriteRow():
            return f"{step.label}: {step.reason}"
        case RemoveRibbon():
            return f"ribbon {step.table}: {step.reason}"
        case Publish():
            return f"not published: {', '.join((*step.tables, *step.web_resources))}"
        case _:
            assert_never(step)

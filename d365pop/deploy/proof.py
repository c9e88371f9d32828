"""Proves by what was read back that an environment holds what was wanted; pure."""

from typing import assert_never

from d365pop.deploy.plan import (
    EditForm,
    ImportPackage,
    Plan,
    Publish,
    SetVariable,
    Step,
    UpdateWebResource,
)
from d365pop.deploy.planner import plan_changes
from d365pop.errors import VerificationError
from d365pop.models import Desired, RemoteSnapshot


def prove(desired: Desired, remote: RemoteSnapshot, environment_url: str) -> Plan:
    """Return the empty plan of an environment that is as it should be.

    The proof is the planner itself: it compares published hashes and handlers, so a plan that
    still has steps names what is not as it should be.

    Raises:
        VerificationError: something that was deployed is not there, or not published.
    """
    plan = plan_changes(desired, remote, environment_url)
    if plan.is_empty:
        return plan
    raise VerificationError(
        "not-proven",
        f"{environment_url} does not hold what was deployed.",
        context="\n".join(_difference(step) for step in plan.steps),
        hint="Somebody may have changed it meanwhile: run `d365pop deploy` again to see.",
    )


def _difference(step: Step) -> str:
    match step:
        case ImportPackage():
            return f"solution {step.solution}: {step.reason}"
        case UpdateWebResource():
            return f"web resource {step.name}: {step.reason}"
        case SetVariable():
            return f"environment variable {step.schema_name}: {step.reason}"
        case EditForm():
            return f"form {step.table} / {step.name}: no handler"
        case Publish():
            return f"not published: {', '.join((*step.tables, *step.web_resources))}"
        case _:
            assert_never(step)

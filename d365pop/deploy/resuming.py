"""Which steps of a run that is gone on with are not to be looked at again; pure."""

from collections.abc import Collection

from d365pop.deploy.plan import (
    EditForm,
    Plan,
    Publish,
    Step,
    UninstallSolution,
    UpdateWebResource,
    WriteRow,
)


def overwritten(plan: Plan, done: Collection[int]) -> frozenset[int]:
    """Return the steps of ``done`` whose work a later step of the plan goes over.

    A look would take that later work for somebody else's, and a second publish would let go live
    what was written as a draft after the first. A managed solution that goes takes its forms and
    its part of others' along, whatever was written to them before.
    """
    found: set[int] = set()
    later: set[tuple[str, str]] = set()
    goes = False
    for index, step in reversed([*enumerate(plan.steps)]):
        written = _written(step)
        again = goes or (bool(later) if isinstance(step, Publish) else written in later)
        if again and index in done:
            found.add(index)
        goes = goes or (isinstance(step, UninstallSolution) and step.managed)
        if written:
            later.add(written)
    return frozenset(found)


def _written(step: Step) -> tuple[str, str] | None:
    match step:
        case UpdateWebResource():
            return "web resource", step.web_resource_id
        case EditForm():
            return "form", step.form_id
        case WriteRow():
            return step.kind, step.key
        case _:
            return None

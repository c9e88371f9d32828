"""What a run that is gone on with needs: its original's folder, and what is not looked at again."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from d365pop.deploy.journal import EVENTS
from d365pop.deploy.plan import (
    EditForm,
    Plan,
    PlanKind,
    Publish,
    Step,
    UninstallSolution,
    UpdateWebResource,
    WriteRow,
)
from d365pop.deploy.runs import find_run
from d365pop.errors import UsageError


def beside_its_run(folder: Path, name: str, plan: Plan) -> Plan:
    """Return ``plan``, that of the run ``name``, with where the run lies that it takes back.

    That is among all runs, or beside the folder that ``name`` is the path of.

    Raises:
        UsageError: it is not here; a rollback could be neither gone on with nor proven.
    """
    if plan.kind is not PlanKind.ROLLBACK:
        return plan
    for place in (plan.of_run, str(Path(name).parent / plan.of_run)):
        if any((path / EVENTS).is_file() for path in (folder / place, Path(place))):
            return replace(plan, of_run=place)
    raise UsageError(
        "original-run-missing",
        f"{name} takes back the run {plan.of_run}, whose folder is not here.",
        context="What was there before that run stands in its folder alone; nothing was written.",
        hint=f"Put it beside the folder {name}.",
    )


def original_of(folder: Path, plan: Plan) -> Plan:
    """Return the plan of the run that a rollback takes back; any other plan as it is.

    Raises:
        D365PopError: as ``find_run``, for a run that is not in ``folder``.
    """
    return find_run(folder, plan.of_run)[2] if plan.kind is PlanKind.ROLLBACK else plan


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

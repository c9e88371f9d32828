"""One line of words per step of a plan, for tables, logs and questions; pure."""

from dataclasses import dataclass
from typing import assert_never

from d365pop.deploy.plan import (
    CreateWebResource,
    DeleteVariable,
    DeleteWebResource,
    EditForm,
    ImportPackage,
    Plan,
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
from d365pop.own_rows import RowValue
from d365pop.report.changes import change_lines, form_lines
from d365pop.report.plain import one_line
from d365pop.wording import plural


@dataclass(frozen=True, slots=True)
class StepText:
    """What a step does, to what, and why."""

    action: str
    item: str
    reason: str
    details: tuple[str, ...] = ()


def describe(step: Step) -> StepText:  # noqa: C901, PLR0911 - one a kind of step
    """Return ``step`` in words."""
    match step:
        case ImportPackage():
            item = f"solution {step.solution} {step.version}"
            return StepText("import", item, f"{step.kind}: {step.reason}", step.components)
        case UpdateWebResource():
            details = tuple(change_lines(step.before, step.after))
            return StepText("update", f"web resource {step.name}", step.reason, details)
        case CreateWebResource():
            return StepText("create", f"web resource {step.name}", step.reason)
        case SetVariable():
            action = "clear" if step.after is None else "set"
            return StepText(action, f"environment variable {step.schema_name}", step.reason)
        case EditForm():
            details = tuple(form_lines(step.before, step.after))
            item = f"form {step.table} / {one_line(step.name)}"
            return StepText(step.action, item, step.reason, details)
        case WriteRow():
            return _describe_row(step)
        case RemoveRibbon():
            details = tuple(f"-{each.node.node_id}" for each in step.nodes)
            return StepText("remove", f"button of ribbon {step.table}", step.reason, details)
        case Publish():
            return _describe_publish(step)
        case RestoreLabels():
            return StepText("restore", f"title of {step.component} {step.name}", step.reason)
        case DeleteWebResource() | DeleteVariable() | RestoreSolution() | UninstallSolution():
            return _describe_removal(step)
        case _:
            assert_never(step)


def _describe_row(step: WriteRow) -> StepText:
    if step.before is None:
        return StepText("create", step.label, step.reason)
    if step.after is None:
        return StepText("delete", step.label, step.reason)
    details = tuple(
        f"{column}: {_shown(step.before.get(column))} → {_shown(value)}"
        for column, value in step.after.items()
        if step.before.get(column) != value
    )
    return StepText("update", step.label, step.reason, details)


def _shown(value: RowValue) -> str:
    return "nothing" if value is None else str(value)


def _describe_removal(
    step: DeleteWebResource | DeleteVariable | RestoreSolution | UninstallSolution,
) -> StepText:
    match step:
        case DeleteWebResource():
            return StepText("delete", f"web resource {step.name}", step.reason)
        case DeleteVariable():
            return StepText("delete", f"environment variable {step.schema_name}", step.reason)
        case RestoreSolution():
            item = f"solution {step.solution} {step.after.version}"
            return StepText("restore", item, step.reason)
        case UninstallSolution():
            return StepText("uninstall", f"solution {step.solution} {step.version}", step.reason)
        case _:
            assert_never(step)


def summary(plan: Plan) -> str:
    """Return ``plan`` in a few words, such as ``1 import, 3 register, 1 publish``."""
    counts: dict[str, int] = {}
    for step in plan.steps:
        action = describe(step).action
        counts[action] = counts.get(action, 0) + 1
    return ", ".join(f"{count} {action}" for action, count in counts.items())


def _describe_publish(step: Publish) -> StepText:
    parts = [f"table {table}" for table in step.tables]
    if step.web_resources:
        count = len(step.web_resources)
        parts.append(plural(count, "web resource"))
    details = tuple(f"goes along, not ours: {one_line(item)}" for item in step.pending_of_others)
    return StepText("publish", ", ".join(parts), "so that agents get it", details)

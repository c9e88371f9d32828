"""Looks whether a step was written already; writes nothing.

A call whose outcome is unknown is never sent again blindly: whoever asks looks first, and gets
the step as it can be written now, nothing where it is done, or a refusal where others were at it.
"""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import assert_never

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.forms import retrieve_draft_form
from d365pop.dataverse.ribbons import retrieve_ribbons
from d365pop.dataverse.solutions import retrieve_solution
from d365pop.dataverse.variables import retrieve_variables
from d365pop.dataverse.web_resources import retrieve_draft, retrieve_web_resource_ids
from d365pop.deploy.former import Component, SolutionFacts
from d365pop.deploy.own_rows import holds
from d365pop.deploy.plan import (
    CreateWebResource,
    DeleteVariable,
    DeleteWebResource,
    EditForm,
    Publish,
    RemoveRibbon,
    RestoreLabels,
    RestoreSolution,
    SetVariable,
    SimpleStep,
    UpdateWebResource,
    WriteRow,
)
from d365pop.deploy.row_steps import read_row
from d365pop.errors import DataverseError, PlanRefusedError
from d365pop.models import Labels, RemoteVariable


def needs_look(step: SimpleStep) -> bool:
    """Return whether the step does not know the row version that it would change."""
    match step:
        case UpdateWebResource() | EditForm() | DeleteWebResource() | RestoreLabels():
            return not step.row_version
        case WriteRow():
            return step.before is not None and not step.row_version
        case RestoreSolution() | RemoveRibbon():
            return True
        case _:
            return False


def look(  # noqa: C901, PLR0911 - one a kind of step
    dataverse: Dataverse, step: SimpleStep
) -> SimpleStep | None:
    """Return what is left to do of the step as things are now; None where it is done.

    Raises:
        PlanRefusedError: somebody changed what it is about: it is neither as before nor as wanted.
    """
    match step:
        case UpdateWebResource():
            return _look_at_web_resource(dataverse, step)
        case CreateWebResource():
            return _look_for_web_resource(dataverse, step)
        case EditForm():
            return _look_at_form(dataverse, step)
        case WriteRow():
            return _look_at_row(dataverse, step)
        case RemoveRibbon():
            return _look_at_ribbon(dataverse, step)
        case SetVariable():
            return _look_at_variable(dataverse, step)
        case DeleteWebResource():
            return _look_at_former_web_resource(dataverse, step)
        case RestoreLabels():
            return _look_at_labels(dataverse, step)
        case RestoreSolution():
            return _look_at_solution(dataverse, step)
        case DeleteVariable() | Publish():
            # Done twice, it does no more than once; what others began since was asked about.
            return step
        case _:
            assert_never(step)


def _look_at_web_resource(
    dataverse: Dataverse, step: UpdateWebResource
) -> UpdateWebResource | None:
    there = retrieve_draft(dataverse, step.web_resource_id)
    if there is None:
        raise changed_meanwhile(f"web resource {step.name}")
    if there.draft == step.after:
        return None
    if there.draft != step.before:
        raise changed_meanwhile(f"web resource {step.name}")
    return replace(step, row_version=there.row_version)


def _look_at_former_web_resource(
    dataverse: Dataverse, step: DeleteWebResource
) -> DeleteWebResource | None:
    there = retrieve_draft(dataverse, step.web_resource_id)
    if there is None:
        return None
    if step.row_version not in {"", there.row_version}:
        raise changed_meanwhile(f"web resource {step.name}")
    return replace(step, row_version=there.row_version)


def _look_for_web_resource(
    dataverse: Dataverse, step: CreateWebResource
) -> CreateWebResource | None:
    found = retrieve_web_resource_ids(dataverse, [step.name]).get(step.name.lower())
    there = retrieve_draft(dataverse, found) if found else None
    if there is None:
        return step
    if there.draft == step.after:
        return None
    raise changed_meanwhile(f"web resource {step.name}")


def _look_at_form(dataverse: Dataverse, step: EditForm) -> EditForm | None:
    there = retrieve_draft_form(dataverse, step.form_id)
    if there is None:
        raise changed_meanwhile(f"form {step.table} / {step.name}")
    if there.draft_xml == step.after:
        return None
    if there.draft_xml != step.before:
        raise changed_meanwhile(f"form {step.table} / {step.name}")
    return replace(step, row_version=there.row_version)


def _look_at_row(dataverse: Dataverse, step: WriteRow) -> WriteRow | None:
    there = read_row(dataverse, step)
    present = there.values if there else None
    if holds(present, step.after):
        return None
    if not holds(present, step.before):
        raise changed_meanwhile(step.label)
    if there is None:
        return step
    return replace(step, row_id=there.row_id, row_version=there.row_version)


def _look_at_ribbon(dataverse: Dataverse, step: RemoveRibbon) -> RemoveRibbon | None:
    known = {(each.row_id, each.node) for each in step.nodes}
    there = [
        each
        for each in retrieve_ribbons(dataverse, step.search)
        if each.table == step.table and not each.managed
    ]
    if any((each.row_id, each.node) not in known for each in there):
        raise changed_meanwhile(f"ribbon {step.table}")
    return replace(step, nodes=tuple(there)) if there else None


def _look_at_variable(dataverse: Dataverse, step: SetVariable) -> SetVariable | None:
    found = retrieve_variables(dataverse, [step.schema_name])
    if not found and step.after is None:
        return None  # an uninstall has taken the definition, and the value with it
    value = _only(found, step.schema_name).value
    if value == step.after:
        return None
    if value != step.before:
        raise changed_meanwhile(f"environment variable {step.schema_name}")
    return step


def _look_at_labels(dataverse: Dataverse, step: RestoreLabels) -> RestoreLabels | None:
    labels, row_version = _labels(dataverse, step)
    if labels not in {step.before, step.after}:
        raise changed_meanwhile(f"{step.component} {step.name}")
    return None if labels == step.after else replace(step, row_version=row_version)


def _labels(dataverse: Dataverse, step: RestoreLabels) -> tuple[Labels | None, str]:
    if step.component is Component.VARIABLE:
        variable = the_variable(dataverse, step.name)
        return variable.labels, variable.definition_version
    there = retrieve_draft(dataverse, step.row_id)
    return (there.labels, there.row_version) if there else (None, "")


def _look_at_solution(dataverse: Dataverse, step: RestoreSolution) -> RestoreSolution | None:
    there = retrieve_solution(dataverse, step.solution)
    now = there and SolutionFacts(there.version, there.display_name, there.description)
    if now not in {step.before, step.after}:
        raise changed_meanwhile(f"solution {step.solution}")
    return None if now == step.after else step


def changed_meanwhile(item: str) -> PlanRefusedError:
    """Return what to raise where somebody is at work on what a step is about."""
    return PlanRefusedError(
        "changed-meanwhile",
        f"Somebody changed the {item} since it was read.",
        context="It is neither as it was nor as it shall be; it is left to them.",
        hint="Run the deploy or the rollback again: it plans anew from what is there now.",
    )


def the_variable(dataverse: Dataverse, schema_name: str) -> RemoteVariable:
    """Return the environment variable.

    Raises:
        DataverseError: it is not there.
    """
    return _only(retrieve_variables(dataverse, [schema_name]), schema_name)


def _only(found: Sequence[RemoteVariable], schema_name: str) -> RemoteVariable:
    if not found:
        raise DataverseError(
            "variable-missing",
            f"The environment variable {schema_name} is not there.",
            status=HTTPStatus.NOT_FOUND,
            hint="Deploy again: the import brings its definition.",
        )
    return found[0]

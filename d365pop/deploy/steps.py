"""Writes one step, once; knows no order and no journal."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final, assert_never

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.forms import update_form
from d365pop.dataverse.lifecycle import describe_solution
from d365pop.dataverse.publishing import publish
from d365pop.dataverse.ribbons import delete_ribbon_node
from d365pop.dataverse.variables import (
    clear_variable_value,
    delete_variable,
    label_variable,
    retrieve_variables,
    set_variable_value,
)
from d365pop.dataverse.web_resources import (
    create_web_resource,
    delete_web_resource,
    label_web_resource,
    retrieve_web_resource_ids,
    update_web_resource,
)
from d365pop.deploy.former import Component
from d365pop.deploy.looking import changed_meanwhile, the_variable
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
from d365pop.deploy.row_steps import write_row
from d365pop.errors import D365PopError, DataverseError, NetworkError

_UNSURE: Final = frozenset(
    {
        "connection-dropped",
        "connection-refused",
        "dataverse-duplicate",
        "dataverse-row-changed",
        "dataverse-unexpected-answer",
        "host-not-found",
        "invalid-answer",
        "proxy-failed",
        "timeout",
    }
)


def is_unsure(error: D365PopError) -> bool:
    """Return whether the call that failed may have been carried out, or may be another time."""
    if isinstance(error, DataverseError) and error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return not error.code or error.status != HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, NetworkError | DataverseError) and error.reference in _UNSURE


def write(  # noqa: C901, PLR0912 - one a kind of step
    dataverse: Dataverse, step: SimpleStep
) -> None:
    """Carry the step out, once.

    Raises:
        DataverseError: the environment refused it.
        NetworkError: nobody knows what became of it.
        PlanRefusedError: somebody changed a variable since it was read.
    """
    match step:
        case UpdateWebResource():
            update_web_resource(dataverse, step.web_resource_id, step.after, step.row_version)
        case CreateWebResource():
            create_web_resource(dataverse, step.resource, step.solution)
        case DeleteWebResource():
            delete_web_resource(dataverse, step.web_resource_id, step.row_version)
        case SetVariable():
            _set_variable(dataverse, step)
        case DeleteVariable():
            _delete_variable(dataverse, step)
        case EditForm():
            update_form(dataverse, step.form_id, step.after, step.row_version)
        case WriteRow():
            write_row(dataverse, step)
        case RemoveRibbon():
            for node in step.nodes:
                delete_ribbon_node(dataverse, node)
        case Publish():
            _publish(dataverse, step)
        case RestoreLabels():
            _label(dataverse, step)
        case RestoreSolution():
            describe_solution(
                dataverse,
                step.solution_id,
                version=step.after.version,
                display_name=step.after.display_name,
                description=step.after.description,
            )
        case _:
            assert_never(step)


def _set_variable(dataverse: Dataverse, step: SetVariable) -> None:
    variable = the_variable(dataverse, step.schema_name)
    if variable.value == step.after:
        return
    if variable.value != step.before:
        raise changed_meanwhile(f"environment variable {step.schema_name}")
    if step.after is None:
        clear_variable_value(dataverse, variable)
    else:
        set_variable_value(dataverse, variable, step.after)


def _delete_variable(dataverse: Dataverse, step: DeleteVariable) -> None:
    for variable in retrieve_variables(dataverse, [step.schema_name]):
        if variable.value not in {step.before, None}:
            raise changed_meanwhile(f"environment variable {step.schema_name}")
        delete_variable(dataverse, variable)


def _label(dataverse: Dataverse, step: RestoreLabels) -> None:
    if step.component is Component.VARIABLE:
        label_variable(dataverse, step.row_id, step.after, step.row_version)
    else:
        label_web_resource(dataverse, step.row_id, step.after, step.row_version)


def _publish(dataverse: Dataverse, step: Publish) -> None:
    ids: Sequence[str] = step.web_resource_ids
    if step.web_resources and not ids:
        ids = _ids(dataverse, step.web_resources)
    publish(dataverse, tables=step.tables, web_resource_ids=ids)


def _ids(dataverse: Dataverse, names: Sequence[str]) -> list[str]:
    ids = retrieve_web_resource_ids(dataverse, names)
    missing = [name for name in names if name.lower() not in ids]
    if missing:
        raise DataverseError(
            "web-resource-missing",
            f"{', '.join(missing)} is to be published, but is not there.",
            status=HTTPStatus.NOT_FOUND,
            hint="Look at the solution's history in the maker portal.",
        )
    return [ids[name.lower()] for name in names]

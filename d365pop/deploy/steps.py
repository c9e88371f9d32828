"""Writes one step, and looks whether it was written already; knows no order and no journal.

A call whose outcome is unknown is never sent again blindly: whoever asks looks first, and gets
the step as it can be written now, nothing where it is done, or a refusal where others were at it.
"""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Final, TypeAlias, assert_never

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.forms import retrieve_draft_form, update_form
from d365pop.dataverse.lifecycle import describe_solution
from d365pop.dataverse.own_rows import retrieve_row
from d365pop.dataverse.publishing import publish
from d365pop.dataverse.solutions import retrieve_solution
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
    retrieve_draft,
    retrieve_web_resource_ids,
    update_web_resource,
)
from d365pop.deploy.plan import (
    Component,
    CreateWebResource,
    DeleteVariable,
    DeleteWebResource,
    EditForm,
    Publish,
    RestoreLabels,
    RestoreSolution,
    SetVariable,
    SolutionFacts,
    UpdateWebResource,
    WriteRow,
)
from d365pop.deploy.row_steps import write_row
from d365pop.errors import D365PopError, DataverseError, NetworkError, PlanRefusedError
from d365pop.models import Labels, RemoteVariable

SimpleStep: TypeAlias = (
    UpdateWebResource
    | CreateWebResource
    | DeleteWebResource
    | SetVariable
    | DeleteVariable
    | EditForm
    | WriteRow
    | Publish
    | RestoreLabels
    | RestoreSolution
)

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


def needs_look(step: SimpleStep) -> bool:
    """Return whether the step does not know the row version that it would change."""
    return isinstance(step, UpdateWebResource | EditForm) and not step.row_version


def write(  # noqa: C901 - one a kind of step
    dataverse: Dataverse, step: SimpleStep
) -> None:
    """Carry the step out, once.

    Raises:
        DataverseError: the environment refused it.
        NetworkError: nobody knows what became of it.
    """
    match step:
        case UpdateWebResource():
            update_web_resource(dataverse, step.web_resource_id, step.after, step.row_version)
        case CreateWebResource():
            create_web_resource(dataverse, step.resource, step.solution)
        case DeleteWebResource():
            delete_web_resource(dataverse, step.web_resource_id)
        case SetVariable():
            _set_variable(dataverse, step)
        case DeleteVariable():
            for variable in retrieve_variables(dataverse, [step.schema_name]):
                delete_variable(dataverse, variable)
        case EditForm():
            update_form(dataverse, step.form_id, step.after, step.row_version)
        case WriteRow():
            write_row(dataverse, step)
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
        case SetVariable():
            return _look_at_variable(dataverse, step)
        case RestoreLabels():
            labels = _labels(dataverse, step)
            if labels not in {step.before, step.after}:
                raise _changed(f"{step.component} {step.name}")
            return None if labels == step.after else step
        case RestoreSolution():
            there = retrieve_solution(dataverse, step.solution)
            if there is None:
                raise _changed(f"solution {step.solution}")
            now = SolutionFacts(there.version, there.display_name, there.description)
            return None if now == step.after else step
        case DeleteWebResource() | DeleteVariable() | Publish():
            # Done twice, it does no more than once; what others began since was asked about.
            return step
        case _:
            assert_never(step)


def _look_at_web_resource(
    dataverse: Dataverse, step: UpdateWebResource
) -> UpdateWebResource | None:
    there = retrieve_draft(dataverse, step.web_resource_id)
    if there is None:
        raise _changed(f"web resource {step.name}")
    if there.draft == step.after:
        return None
    if there.draft != step.before:
        raise _changed(f"web resource {step.name}")
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
    raise _changed(f"web resource {step.name}")


def _look_at_form(dataverse: Dataverse, step: EditForm) -> EditForm | None:
    there = retrieve_draft_form(dataverse, step.form_id)
    if there is None:
        raise _changed(f"form {step.table} / {step.name}")
    if there.draft_xml == step.after:
        return None
    if there.draft_xml != step.before:
        raise _changed(f"form {step.table} / {step.name}")
    return replace(step, row_version=there.row_version)


def _look_at_row(dataverse: Dataverse, step: WriteRow) -> WriteRow | None:
    there = retrieve_row(dataverse, step.kind, step.key)
    present = there.values if there else None
    if present == step.after:
        return None
    if present != step.before:
        raise _changed(f"{step.kind} {step.key}")
    if there is None:
        return step
    return replace(step, row_id=there.row_id, row_version=there.row_version)


def _look_at_variable(dataverse: Dataverse, step: SetVariable) -> SetVariable | None:
    found = retrieve_variables(dataverse, [step.schema_name])
    if not found and step.after is None:
        return None  # an uninstall has taken the definition, and the value with it
    value = _only(found, step.schema_name).value
    if value == step.after:
        return None
    if value != step.before:
        raise _changed(f"environment variable {step.schema_name}")
    return step


def _label(dataverse: Dataverse, step: RestoreLabels) -> None:
    if step.component is Component.VARIABLE:
        label_variable(dataverse, _variable(dataverse, step.name), step.after)
    else:
        label_web_resource(dataverse, step.row_id, step.after)


def _labels(dataverse: Dataverse, step: RestoreLabels) -> Labels | None:
    if step.component is Component.VARIABLE:
        return _variable(dataverse, step.name).labels
    there = retrieve_draft(dataverse, step.row_id)
    return there.labels if there else None


def _changed(item: str) -> PlanRefusedError:
    return PlanRefusedError(
        "changed-meanwhile",
        f"Somebody changed the {item} since it was read.",
        context="It is neither as it was nor as it shall be.",
        hint="Run the deploy again: it plans anew from what is there now.",
    )


def _variable(dataverse: Dataverse, schema_name: str) -> RemoteVariable:
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


def _set_variable(dataverse: Dataverse, step: SetVariable) -> None:
    variable = _variable(dataverse, step.schema_name)
    if step.after is None:
        clear_variable_value(dataverse, variable)
    else:
        set_variable_value(dataverse, variable, step.after)


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

"""What a plan touches as it is now, and what of it no rollback brings back; pure."""

from collections.abc import Iterator, Sequence

from d365pop.deploy.former import (
    Before,
    Component,
    FormBefore,
    LabelsBefore,
    SolutionFacts,
    VariableBefore,
    WebResourceBefore,
)
from d365pop.deploy.own_rows import moves_softphone, rows_before
from d365pop.deploy.plan import (
    EditForm,
    ImportKind,
    ImportPackage,
    Publish,
    RestoreLabels,
    SetVariable,
    Step,
    UninstallSolution,
)
from d365pop.deploy.ribbons import ribbons_before
from d365pop.models import Desired, RemoteForm, RemoteSnapshot
from d365pop.solution.reading_xml import guid


def before_of(desired: Desired, remote: RemoteSnapshot, steps: Sequence[Step]) -> Before:
    """Return the present state of everything that ``steps`` can change."""
    installed = remote.solution
    return Before(
        solution=SolutionFacts(installed.version, installed.display_name, installed.description)
        if installed
        else None,
        web_resources=tuple(_web_resources(desired, remote)) if steps else (),
        forms=tuple(_form(form) for form in _forms(desired, remote, steps)),
        variables=tuple(_variables(desired, remote, steps)),
        labels=tuple(_labels(desired, remote)) if _writes_labels(steps) else (),
        rows=tuple(rows_before(steps, remote)),
        ribbons=tuple(ribbons_before(desired, remote, steps)),
    )


def irreversible(steps: Sequence[Step]) -> Iterator[str]:
    """Say of what ``steps`` do what no rollback can take back."""
    for step in steps:
        match step:
            case ImportPackage(kind=ImportKind.FIRST_INSTALL):
                yield "The publisher stays, where the import creates it."
            case ImportPackage(managed=True):
                yield (
                    f"Dataverse takes no older managed version over a newer one: the solution "
                    f"stays at {step.version} with its contents; what is restored is forms, "
                    "variables and their published state."
                )
                if moves_softphone(steps):
                    yield (
                        "The softphone stays where the run puts it, as the scripts for that place "
                        "do: deploy the former [host] with a newer version to move it back."
                    )
            case Publish(pending_of_others=others) if others:
                yield f"What goes live with it stays published: {', '.join(others)}."
            case UninstallSolution():
                yield f"The solution {step.solution}: d365pop deploy installs it again."
            case _:
                continue


def _web_resources(desired: Desired, remote: RemoteSnapshot) -> Iterator[WebResourceBefore]:
    for resource in desired.solution.web_resources:
        there = remote.web_resources.get(resource.name.lower())
        if there is None:
            yield WebResourceBefore(resource.name, None, None)
        elif not there.draft == there.published == resource.content:
            yield WebResourceBefore(resource.name, there.draft, there.published)


def _writes_labels(steps: Sequence[Step]) -> bool:
    return any(
        isinstance(step, RestoreLabels) or (isinstance(step, ImportPackage) and not step.managed)
        for step in steps
    )


def _labels(desired: Desired, remote: RemoteSnapshot) -> Iterator[LabelsBefore]:
    """Yield what the package would write over, of each component that is there."""
    for resource in desired.solution.web_resources:
        if there := remote.web_resources.get(resource.name.lower()):
            yield LabelsBefore(Component.WEB_RESOURCE, there.name, there.labels)
    for variable in desired.solution.environment_variables:
        if found := remote.variables.get(variable.schema_name.lower()):
            yield LabelsBefore(Component.VARIABLE, found.schema_name, found.labels)


def _forms(desired: Desired, remote: RemoteSnapshot, steps: Sequence[Step]) -> Iterator[RemoteForm]:
    """Yield the forms that are edited, imported, or published while they hold our handlers."""
    touched = {step.form_id for step in steps if isinstance(step, EditForm)}
    published = {name for step in steps if isinstance(step, Publish) for name in step.tables}
    if any(isinstance(step, ImportPackage) for step in steps):
        touched |= {guid(form.form_id) for form in desired.solution.forms}
    for form in remote.forms:
        pending = form.table in published and form.draft_xml != form.published_xml
        if pending or touched & {form.form_id, guid(form.form_id)}:
            yield form


def _form(form: RemoteForm) -> FormBefore:
    return FormBefore(form.form_id, form.table, form.name, form.draft_xml, form.published_xml)


def _variables(
    desired: Desired, remote: RemoteSnapshot, steps: Sequence[Step]
) -> Iterator[VariableBefore]:
    imported = any(isinstance(step, ImportPackage) for step in steps)
    set_here = {step.schema_name.lower() for step in steps if isinstance(step, SetVariable)}
    for variable in desired.solution.environment_variables:
        name = variable.schema_name
        there = remote.variables.get(name.lower())
        if name.lower() in set_here or (imported and there is None):
            yield VariableBefore(name, there is not None, there.value if there else None)

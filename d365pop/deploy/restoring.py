"""What brings one component back to what it was before a run; pure.

What others changed since is theirs: it is left alone and named in the draft.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from d365pop.deploy.former import (
    Component,
    FormBefore,
    LabelsBefore,
    SolutionFacts,
    VariableBefore,
    WebResourceBefore,
)
from d365pop.deploy.forms import packaged_forms
from d365pop.deploy.plan import (
    DeleteVariable,
    DeleteWebResource,
    EditForm,
    ImportPackage,
    Plan,
    RestoreLabels,
    RestoreSolution,
    SetVariable,
    Step,
    UninstallSolution,
    UpdateWebResource,
)
from d365pop.models import (
    Desired,
    RemoteForm,
    RemoteSnapshot,
    RemoteVariable,
    RemoteWebResource,
)
from d365pop.solution.formxml import unregister

REASON = "as it was before the run"


@dataclass(slots=True)
class Draft:
    """The steps of a rollback as they are found, by when they run."""

    edits: list[Step] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    resources: list[str] = field(default_factory=list)
    drafts: list[Step] = field(default_factory=list)
    """Unpublished edits that were there before: written again after the publish."""
    removals: list[Step] = field(default_factory=list)
    cannot: list[str] = field(default_factory=list)
    edited_since: set[str] = field(default_factory=set)
    """Ids of forms that others have edited: what is pending on them is theirs."""


def restore_web_resource(
    before: WebResourceBefore, desired: Desired, remote: RemoteSnapshot, draft: Draft
) -> None:
    """Bring back a web resource's content, published and newest."""
    there = remote.web_resources.get(before.name.lower())
    if there is None:
        if before.draft is not None:
            draft.cannot.append(f"The web resource {before.name} is gone.")
        return
    ours = {each.content for each in desired.solution.web_resources if each.name == before.name}
    if there.draft not in {before.draft, before.published, *ours}:
        draft.cannot.append(f"The web resource {before.name} was changed since.")
    elif before.draft is None:
        step = DeleteWebResource(
            there.web_resource_id, there.name, "the run brought it", there.row_version
        )
        draft.removals.append(step)
    else:
        _rewrite(before.draft, before.published, there, draft)


def _rewrite(
    newest: bytes, published: bytes | None, there: RemoteWebResource, draft: Draft
) -> None:
    """Bring back the published content, then the newest one where that was another."""
    present = there.draft
    if published is None:
        if there.published is not None:
            draft.cannot.append(f"The web resource {there.name} stays published.")
    elif there.published != published:
        if present != published:
            draft.edits.append(_update(there, present, published, there.row_version))
        draft.resources.append(there.name)
        present = published
    if present != newest:
        version = there.row_version if present == there.draft else ""
        draft.drafts.append(_update(there, present, newest, version))


def _update(
    there: RemoteWebResource, before: bytes, after: bytes, row_version: str
) -> UpdateWebResource:
    return UpdateWebResource(there.web_resource_id, there.name, REASON, before, after, row_version)


def deployed_labels(desired: Desired) -> dict[str, set[tuple[str, str]]]:
    """Return what the run gave as title and description, by name in lower case."""
    labels: dict[str, set[tuple[str, str]]] = {}
    for resource in desired.solution.web_resources:
        labels.setdefault(resource.name.lower(), set()).add(
            (resource.display_name, resource.description)
        )
    for variable in desired.solution.environment_variables:
        labels.setdefault(variable.schema_name.lower(), set()).add(
            (variable.display_name, variable.description)
        )
    return labels


def restore_labels(
    before: LabelsBefore,
    deployed: Mapping[str, set[tuple[str, str]]],
    remote: RemoteSnapshot,
    draft: Draft,
) -> None:
    """Bring back the title, the description and the list of what a web resource asks for."""
    name = before.name.lower()
    web_resource = before.component is Component.WEB_RESOURCE
    there = (remote.web_resources if web_resource else remote.variables).get(name)
    if there is None or there.labels == before.labels:
        return
    ours = {
        *deployed.get(name, ()),
        (before.labels.display_name, before.labels.description),
    }
    if (there.labels.display_name, there.labels.description) not in ours:
        draft.cannot.append(f"The title of {before.component} {before.name} was changed since.")
        return
    row = there.definition_id if isinstance(there, RemoteVariable) else there.web_resource_id
    draft.edits.append(
        RestoreLabels(before.component, row, before.name, REASON, there.labels, before.labels)
    )
    # Only where the content is the same: no draft may go live with its title.
    if isinstance(there, RemoteWebResource) and there.published == there.draft:
        draft.resources.append(there.name)


def restore_form(before: FormBefore, plan: Plan, remote: RemoteSnapshot, draft: Draft) -> None:
    """Bring back a form, or take out what the run put on it where others have edited it since.

    What a managed import adds to a form lies in a layer of its own and goes with the solution: an
    edit that took it out would lie over every import to come.
    """
    there = next((form for form in remote.forms if form.form_id == before.form_id), None)
    label = f"form {before.table} / {before.name}"
    if there is None:
        draft.cannot.append(f"The {label} is gone.")
        return
    edits = [step for step in plan.steps if isinstance(step, EditForm)]
    ours = {step.after for step in edits if step.form_id == before.form_id}
    brought = None if ours else _import_of(before, plan, remote)
    if brought and brought.managed:
        if plan.before.solution and there.draft_xml != before.draft:
            draft.cannot.append(f"The {label} keeps what the managed package has added to it.")
        return
    # What Dataverse makes of a whole form in a package nobody can tell apart from an edit.
    if there.draft_xml not in {before.draft, before.published, *ours} and not brought:
        draft.edited_since.add(there.form_id)
        what = "it is left as it is"
        if ours:
            _take_out(there, before, plan, draft)
            what = "only the handlers that the run brought are taken out"
        draft.cannot.append(f"The {label} was edited since: {what}.")
        return
    present = there.draft_xml
    if before.published and there.published_xml != before.published:
        if present != before.published:
            draft.edits.append(_edit(there, present, before.published, there.row_version))
        draft.tables.add(there.table)
        present = before.published
    if present != before.draft:
        version = there.row_version if present == there.draft_xml else ""
        draft.drafts.append(_edit(there, present, before.draft, version))


def _import_of(form: FormBefore, plan: Plan, remote: RemoteSnapshot) -> ImportPackage | None:
    """Return the import of the run whose package has something of the form."""
    registrations = plan.desired.registrations if plan.desired else ()
    if form.form_id not in packaged_forms(registrations, remote.forms):
        return None
    return next((step for step in plan.steps if isinstance(step, ImportPackage)), None)


def _take_out(there: RemoteForm, before: FormBefore, plan: Plan, draft: Draft) -> None:
    registrations = plan.desired.registrations if plan.desired else ()
    handlers = [handler for each in registrations for handler in each.handlers]
    brought = [each for each in handlers if unregister(before.draft, [each]) == before.draft]
    after = unregister(there.draft_xml, brought)
    if after != there.draft_xml:
        draft.edits.append(_edit(there, there.draft_xml, after, there.row_version))
    published = there.published_xml
    if after != there.draft_xml or (published and unregister(published, brought) != published):
        draft.tables.add(there.table)


def _edit(there: RemoteForm, before: str, after: str, row_version: str) -> EditForm:
    return EditForm(there.form_id, there.table, there.name, REASON, row_version, before, after)


def restore_variable(
    before: VariableBefore,
    desired: Desired,
    remote: RemoteSnapshot,
    draft: Draft,
    *,
    managed: bool,
) -> None:
    """Bring back a variable's value, or what the run brought out again."""
    there = remote.variables.get(before.schema_name.lower())
    if there is None:
        if before.defined:
            draft.cannot.append(f"The environment variable {before.schema_name} is gone.")
        return
    name, value = there.schema_name, there.value
    if before.defined and value == before.value:
        return
    if value not in {before.value, desired.variable_values.get(name)}:
        draft.cannot.append(f"The environment variable {name} was changed since.")
        return
    if not before.defined:
        if not managed:
            draft.removals.append(DeleteVariable(name, "the run brought it", value))
        elif value is not None:
            # A managed definition goes with its solution, the value is a row of its own.
            draft.removals.append(SetVariable(name, REASON, value, None))
        return
    draft.edits.append(SetVariable(name, REASON, value, before.value))


def restore_solution(
    before: SolutionFacts | None, remote: RemoteSnapshot, *, managed: bool
) -> Iterator[Step]:
    """Yield what brings the solution itself back to what it was."""
    there = remote.solution
    if there is None:
        return
    now = SolutionFacts(there.version, there.display_name, there.description)
    if before is None:
        yield UninstallSolution(
            there.solution_id,
            there.unique_name,
            there.version,
            managed,
            "the run installed it",
            there.description,
        )
    elif now != before and not managed:
        yield RestoreSolution(there.solution_id, there.unique_name, REASON, now, before)

"""From what is there to the plan that takes all of ours out; pure."""

from collections.abc import Iterator, Sequence

from d365pop.deploy.before import irreversible
from d365pop.deploy.facts import facts_of
from d365pop.deploy.own_rows import remove_rows
from d365pop.deploy.pending import not_told, pending_of_others, refuse_pending
from d365pop.deploy.plan import (
    DeleteVariable,
    DeleteWebResource,
    EditForm,
    Leave,
    Plan,
    PlanKind,
    Publish,
    SetVariable,
    Step,
    UninstallSolution,
)
from d365pop.deploy.plan_import import NO_OPTIONS, PlanOptions
from d365pop.deploy.ribbons import remove_ribbons
from d365pop.errors import PlanRefusedError
from d365pop.models import Desired, FormHandler, RemoteForm, RemoteSnapshot
from d365pop.solution.formxml import unregister
from d365pop.wording import plural

_REASON = "undeploy"


def plan_undeploy(
    desired: Desired,
    remote: RemoteSnapshot,
    environment_url: str,
    options: PlanOptions = NO_OPTIONS,
) -> Plan:
    """Return the plan: handlers out, publish, then the components and the solution.

    Raises:
        PlanRefusedError: unpublished edits of others would go live.
    """
    handlers = [handler for each in desired.registrations for handler in each.handlers]
    steps: list[Step] = [*_edits(remote.forms, handlers)]
    rows = remove_rows(remote, _REASON)
    ribbons = remove_ribbons(desired, remote, _REASON)
    steps += [*rows.steps, *ribbons.steps]
    tables = {*_tables(remote.forms, handlers), *rows.tables, *ribbons.tables}
    tables |= options.owed_tables
    others = pending_of_others(remote, tables, lambda form: _is_ours(form, handlers))
    refuse_pending(others, allowed=options.publish_pending)
    if tables:
        steps.append(Publish(tuple(sorted(tables)), (), others))
    steps += _removals(desired, remote)
    left = tuple(not_told(remote))
    if not steps:
        left = (Leave(f"solution {desired.solution.unique_name}", "not installed"),)
    return Plan(
        environment_url=environment_url,
        organization_id=remote.organization_id,
        steps=tuple(steps),
        left=left,
        kind=PlanKind.UNDEPLOY,
        facts=facts_of(desired, remote),
        desired=desired,
        irreversible=tuple(irreversible(steps)),
    )


def refuse_dependents(dependents: Sequence[str], solution: str) -> None:
    """Refuse to take out a solution that others need.

    Raises:
        PlanRefusedError: the context names each of them.
    """
    if dependents:
        raise PlanRefusedError(
            "solution-in-use",
            f"{solution} is needed by {plural(len(dependents), 'component')} of others.",
            context="\n".join(dependents),
            hint="Remove what they use of it, publish, then undeploy again.",
        )


def frees(form: RemoteForm, desired: Desired) -> bool:
    """Return whether ``form`` needs nothing of ours any more when our handlers are out of it.

    A handler that somebody else put on it may call a script of ours: the form is then theirs, too.
    """
    handlers = [handler for each in desired.registrations for handler in each.handlers]
    left = unregister(form.draft_xml, handlers).lower()
    return not any(each.name.lower() in left for each in desired.solution.web_resources)


def _edits(forms: Sequence[RemoteForm], handlers: Sequence[FormHandler]) -> Iterator[EditForm]:
    for form in forms:
        after = unregister(form.draft_xml, handlers)
        if after != form.draft_xml:
            yield EditForm(
                form.form_id,
                form.table,
                form.name,
                "take our handlers out",
                form.row_version,
                form.draft_xml,
                after,
            )


def _tables(forms: Sequence[RemoteForm], handlers: Sequence[FormHandler]) -> set[str]:
    """Return the tables with a form that holds a handler of ours, published or not."""
    return {
        form.table
        for form in forms
        for text in (form.draft_xml, form.published_xml)
        if text and unregister(text, handlers) != text
    }


def _is_ours(form: RemoteForm, handlers: Sequence[FormHandler]) -> bool:
    """Return whether what is unpublished on ``form``, if anything, is our handlers alone."""
    draft, published = (
        unregister(text, handlers) if text else "" for text in (form.draft_xml, form.published_xml)
    )
    return draft == published


def _removals(desired: Desired, remote: RemoteSnapshot) -> Iterator[Step]:
    installed = remote.solution
    if installed is None:
        return
    # An unmanaged solution is a list: its components stay when it goes, so they go first.
    if not installed.managed:
        for _, there in sorted(remote.web_resources.items()):
            if there.web_resource_id.lower() in remote.components:
                yield DeleteWebResource(
                    there.web_resource_id, there.name, _REASON, there.row_version
                )
        for variable in desired.solution.environment_variables:
            if found := remote.variables.get(variable.schema_name.lower()):
                yield DeleteVariable(found.schema_name, _REASON, found.value)
    else:
        # A value is a row of its own, and no part of the managed solution.
        for found in remote.variables.values():
            if found.value is not None:
                yield SetVariable(found.schema_name, _REASON, found.value, None)
    yield UninstallSolution(
        installed.solution_id,
        installed.unique_name,
        installed.version,
        installed.managed,
        _REASON,
        installed.description,
    )

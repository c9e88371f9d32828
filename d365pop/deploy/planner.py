"""From what is wanted and what was read to an ordered plan; pure.

Refuses to touch components outside our solution, and says why for every step.
"""

from collections.abc import Iterator
from dataclasses import replace

from d365pop.deploy.app_profiles import resolved
from d365pop.deploy.before import before_of, irreversible
from d365pop.deploy.facts import facts_of
from d365pop.deploy.forms import packaged_tables, plan_forms
from d365pop.deploy.labels import other_labels, plan_labels, relabelled
from d365pop.deploy.names import refuse_unknown_names
from d365pop.deploy.own_rows import plan_rows
from d365pop.deploy.pending import not_told, pending_of_others, refuse_pending
from d365pop.deploy.plan import (
    ImportKind,
    Leave,
    Plan,
    Publish,
    SetVariable,
    Step,
    UpdateWebResource,
)
from d365pop.deploy.plan_import import (
    NO_OPTIONS,
    PlanOptions,
    changed,
    content_update,
    is_newer_there,
    plan_import,
)
from d365pop.deploy.ribbons import plan_ribbons
from d365pop.models import (
    Desired,
    RemoteSnapshot,
    RemoteSolution,
    RemoteWebResource,
    WebResource,
)
from d365pop.wording import plural


def plan_changes(
    desired: Desired,
    remote: RemoteSnapshot,
    environment_url: str,
    options: PlanOptions = NO_OPTIONS,
) -> Plan:
    """Return the ordered changes that turn ``remote`` into ``desired``.

    Raises:
        PlanRefusedError: a change would do harm, or a form is not to be found.
    """
    left: list[Leave] = []
    steps: tuple[Step, ...] = ()
    # A profile's name is its administrator's to change; its unique name stays, and so the plan.
    desired = replace(desired, rows=resolved(desired.rows, remote.profiles))
    refuse_unknown_names(desired, remote.columns)
    if options.skip_lower and is_newer_there(desired, remote) and remote.solution:
        left.append(_skipped(desired, remote.solution))
    else:
        steps = tuple(_steps(desired, remote, options, left))
    return Plan(
        environment_url=environment_url,
        organization_id=remote.organization_id,
        steps=steps,
        left=tuple(left),
        facts=facts_of(desired, remote),
        before=before_of(desired, remote, steps),
        desired=replace(desired, package=b""),
        irreversible=tuple(irreversible(steps)),
    )


def _steps(
    desired: Desired, remote: RemoteSnapshot, options: PlanOptions, left: list[Leave]
) -> Iterator[Step]:
    package = plan_import(desired, remote, options, left)
    upgrade = package is not None and package.kind is ImportKind.UPGRADE
    rows = plan_rows(desired, remote, upgrade=upgrade)
    yield from rows.first
    if package:
        yield package
    else:
        yield from _plan_web_resources(desired, remote, left)
        yield from plan_labels(desired, remote)
    yield from _plan_variables(desired, remote, left)
    forms = plan_forms(desired.registrations, remote.forms)
    left += forms.left
    yield from forms.edits
    left += rows.left
    yield from rows.steps
    imported = package is not None
    ribbons = plan_ribbons(desired, remote, imported=imported)
    left += ribbons.left
    yield from ribbons.steps
    resources = _web_resources_to_publish(desired, remote, imported=imported)
    tables = {*forms.tables_to_publish, *rows.tables, *ribbons.tables, *options.owed_tables}
    if not desired.managed:
        tables |= {*packaged_tables(desired.registrations, remote.forms, imported=imported)}
    pending = pending_of_others(remote, tables, forms.is_ours)
    refuse_pending(pending, allowed=options.publish_pending)
    left += not_told(remote)
    if resources or tables:
        yield Publish(tuple(sorted(tables)), tuple(resources), pending)


def _skipped(desired: Desired, installed: RemoteSolution) -> Leave:
    solution = desired.solution
    return Leave(
        f"solution {solution.unique_name}",
        f"skipped: {installed.version} is installed, and is newer than {solution.version}",
    )


def _plan_web_resources(
    desired: Desired, remote: RemoteSnapshot, left: list[Leave]
) -> Iterator[UpdateWebResource]:
    contents = list(changed(desired, remote))
    differing = {resource.name for resource, _ in (*contents, *relabelled(desired, remote))}
    yield from (content_update(resource, there) for resource, there in contents)
    same = sum(1 for resource in desired.solution.web_resources if resource.name not in differing)
    if same:
        left.append(Leave(plural(same, "web resource"), "same content"))


def _plan_variables(
    desired: Desired, remote: RemoteSnapshot, left: list[Leave]
) -> Iterator[SetVariable]:
    for schema_name, value in sorted(desired.variable_values.items()):
        there = remote.variables.get(schema_name.lower())
        before = there.value if there else None
        if before == value:
            left.append(Leave(f"environment variable {schema_name}", "same value"))
        else:
            reason = "it has no value here" if before is None else "its value differs"
            yield SetVariable(schema_name, reason, before, value)


def _web_resources_to_publish(
    desired: Desired, remote: RemoteSnapshot, *, imported: bool
) -> list[str]:
    # Importing a managed package publishes what it brings; an unmanaged one does not.
    if imported and desired.managed:
        return []
    return [
        resource.name
        for resource in desired.solution.web_resources
        if (there := remote.web_resources.get(resource.name.lower())) is None
        or there.published != resource.content
        or _is_relabelled(resource, there)
    ]


def _is_relabelled(resource: WebResource, there: RemoteWebResource) -> bool:
    """Return whether agents get other labels than it wants, or the newest draft has others."""
    sides = {there.labels, there.published_labels or there.labels}
    return any(other_labels(resource, labels) for labels in sides)

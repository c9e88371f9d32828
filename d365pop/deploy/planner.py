"""From what is wanted and what was read to an ordered plan; pure.

Refuses to touch components outside our solution, and says why for every step.
"""

from collections.abc import Iterator

from d365pop.deploy.forms import FormChanges, plan_forms
from d365pop.deploy.names import refuse_unknown_names
from d365pop.deploy.plan import (
    ImportKind,
    ImportPackage,
    Leave,
    Plan,
    Publish,
    SetVariable,
    Step,
    UpdateWebResource,
)
from d365pop.errors import PlanRefusedError
from d365pop.models import (
    Desired,
    RemoteSnapshot,
    RemoteSolution,
    RemoteWebResource,
    WebResource,
)


def plan_changes(desired: Desired, remote: RemoteSnapshot, environment_url: str) -> Plan:
    """Return the ordered changes that turn ``remote`` into ``desired``.

    Raises:
        PlanRefusedError: a change would do harm, or a form is not to be found.
    """
    left: list[Leave] = []
    refuse_unknown_names(desired, remote.columns)
    imports = list(_plan_import(desired, remote, left))
    updates = [] if imports else list(_plan_web_resources(desired, remote, left))
    variables = list(_plan_variables(desired, remote, left))
    forms = plan_forms(desired.registrations, remote.forms)
    left += forms.left
    publish = _plan_publish(
        _web_resources_to_publish(desired, remote, imported=bool(imports)),
        forms,
    )
    steps: list[Step] = [*imports, *updates, *variables, *forms.edits, *publish]
    return Plan(
        environment_url=environment_url,
        organization_id=remote.organization_id,
        steps=tuple(steps),
        left=tuple(left),
    )


def _version(text: str) -> tuple[int, ...]:
    """Return four numbers that compare as versions do; ``1.0`` is ``1.0.0.0``."""
    numbers = [int(part) for part in text.split(".")]
    return tuple(numbers + [0] * (4 - len(numbers)))


def _plan_import(
    desired: Desired, remote: RemoteSnapshot, left: list[Leave]
) -> Iterator[ImportPackage]:
    solution, installed = desired.solution, remote.solution
    _refuse_strangers(desired, remote)
    if installed is None:
        yield _import(desired, remote, ImportKind.FIRST_INSTALL, "the solution is not installed")
        return
    _refuse_installed(desired, installed)
    missing = list(_missing(desired, remote))
    if _version(installed.version) < _version(solution.version):
        reason = f"version {installed.version} is installed"
        yield _import(desired, remote, ImportKind.UPDATE, reason)
    elif missing:
        reason = f"missing there: {', '.join(missing)}"
        yield _import(desired, remote, ImportKind.REPAIR, reason)
    elif (installed.display_name, installed.description) != (
        solution.display_name,
        desired.description,
    ):
        # The digest in the description says which build is installed; it must stay true.
        reason = "another build of this version is installed"
        yield _import(desired, remote, ImportKind.REPAIR, reason)
    elif desired.managed and (changed := list(_changed(desired, remote))):
        # A write to a managed component would lay an unmanaged layer over it.
        reason = f"changed there: {', '.join(resource.name for resource, _ in changed)}"
        yield _import(desired, remote, ImportKind.REPAIR, reason)
    else:
        left.append(Leave(f"solution {solution.unique_name}", f"version {installed.version}"))


def _missing(desired: Desired, remote: RemoteSnapshot) -> Iterator[str]:
    """Yield what the environment or the solution in it lacks."""
    for resource in desired.solution.web_resources:
        there = remote.web_resources.get(resource.name.lower())
        if there is None:
            yield resource.name
        elif there.web_resource_id.lower() not in remote.component_ids:
            yield f"{resource.name} in the solution"
    for variable in desired.solution.environment_variables:
        if variable.schema_name.lower() not in remote.variables:
            yield variable.schema_name


def _import(
    desired: Desired, remote: RemoteSnapshot, kind: ImportKind, reason: str
) -> ImportPackage:
    solution = desired.solution
    return ImportPackage(
        kind=kind,
        solution=solution.unique_name,
        version=solution.version,
        installed_version=remote.solution.version if remote.solution else "",
        reason=reason,
        components=tuple(_components(desired, remote)),
        # What differs on a managed component is an unmanaged layer; an import leaves it on top
        # unless told otherwise. Forms are not in the package, so nothing of others is replaced.
        overwrite_unmanaged=desired.managed and any(_changed(desired, remote)),
        package=desired.package,
    )


def _components(desired: Desired, remote: RemoteSnapshot) -> Iterator[str]:
    for resource in desired.solution.web_resources:
        there = remote.web_resources.get(resource.name.lower())
        if there is None:
            yield f"create web resource {resource.name}"
        elif there.draft_hash != resource.content_hash:
            yield f"update web resource {resource.name}"
    for variable in desired.solution.environment_variables:
        if variable.schema_name.lower() not in remote.variables:
            yield f"create environment variable {variable.schema_name}"


def _refuse_strangers(desired: Desired, remote: RemoteSnapshot) -> None:
    """Refuse to overwrite web resources that are there under our names without our solution."""
    changed = [there.name for _, there in _changed(desired, remote)]
    if remote.solution is not None or not changed:
        return
    raise PlanRefusedError(
        "foreign-web-resources",
        f"{', '.join(changed)} exist already with another content, but the solution "
        f"{desired.solution.unique_name} is not installed.",
        context="They are somebody else's, or were left behind when the solution was deleted.",
        hint="Choose another customization_prefix, or delete them there first.",
    )


def _refuse_installed(desired: Desired, installed: RemoteSolution) -> None:
    solution = desired.solution
    if _version(installed.version) > _version(solution.version):
        raise PlanRefusedError(
            "newer-version-installed",
            f"{solution.unique_name} {solution.version} is older than {installed.version}, "
            "which is installed.",
            hint="Raise [solution] version, or check out the newer sources.",
        )
    here = (solution.publisher.unique_name, solution.publisher.customization_prefix)
    if (installed.publisher_unique_name, installed.publisher_prefix) != here:
        raise PlanRefusedError(
            "publisher-differs",
            f"{solution.unique_name} is installed with the publisher "
            f"{installed.publisher_unique_name} ({installed.publisher_prefix}_), "
            f"the package has {here[0]} ({here[1]}_).",
            context="A solution keeps its publisher (0x8004801c); its components and the handlers "
            "on the forms carry the prefix.",
            hint="Set [publisher] to the installed one, or choose another [solution] unique_name.",
        )
    if installed.managed != desired.managed:
        kinds = ("managed", "unmanaged") if installed.managed else ("unmanaged", "managed")
        raise PlanRefusedError(
            "managed-mismatch",
            f"{solution.unique_name} is installed as {kinds[0]}, the package is {kinds[1]}.",
            context="Dataverse refuses one over the other (0x80048040, 0x80048041).",
            hint=f"Set managed = {str(installed.managed).lower()} for this environment, "
            "or uninstall the solution there.",
        )


def _changed(
    desired: Desired, remote: RemoteSnapshot
) -> Iterator[tuple[WebResource, RemoteWebResource]]:
    for resource in desired.solution.web_resources:
        there = remote.web_resources.get(resource.name.lower())
        if there is not None and there.draft_hash != resource.content_hash:
            yield resource, there


def _plan_web_resources(
    desired: Desired, remote: RemoteSnapshot, left: list[Leave]
) -> Iterator[UpdateWebResource]:
    changed = {resource.name for resource, _ in _changed(desired, remote)}
    for resource, there in _changed(desired, remote):
        yield UpdateWebResource(
            web_resource_id=there.web_resource_id,
            name=resource.name,
            reason="its content differs",
            before=there.draft,
            after=resource.content,
        )
    same = sum(1 for resource in desired.solution.web_resources if resource.name not in changed)
    if same:
        left.append(Leave(f"{same} web resources", "same content"))


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
        or there.published_hash != resource.content_hash
    ]


def _plan_publish(web_resources: list[str], forms: FormChanges) -> Iterator[Publish]:
    if web_resources or forms.tables_to_publish:
        yield Publish(
            tables=forms.tables_to_publish,
            web_resources=tuple(web_resources),
            pending_of_others=forms.pending_of_others,
        )

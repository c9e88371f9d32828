"""Whether and why the package is imported, and what is there before it; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from d365pop.deploy.forms import (
    find_form,
    is_drafted,
    is_published,
    refuse_missing_forms,
)
from d365pop.deploy.labels import relabelled
from d365pop.deploy.plan import (
    ImportKind,
    ImportPackage,
    Leave,
    UpdateWebResource,
)
from d365pop.deploy.ribbons import (
    dropped_ribbons,
    refuse_foreign_ribbons,
    ribbons_to_import,
)
from d365pop.errors import PlanRefusedError
from d365pop.models import (
    Desired,
    RemoteSnapshot,
    RemoteSolution,
    RemoteWebResource,
    WebResource,
)


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the user decided beforehand."""

    skip_lower: bool = False
    """Leave an environment alone that has a newer version, instead of refusing."""
    upgrade: bool = False
    """Import a newer managed version as an upgrade, also where it drops no component."""
    publish_pending: bool = False
    """Publish a table although unpublished edits of others go live with it."""
    owed_tables: frozenset[str] = frozenset()
    """What an unfinished run has to publish still."""


NO_OPTIONS: Final = PlanOptions()


def parse_version(text: str) -> tuple[int, ...]:
    """Return four numbers that compare as versions do; ``1.0`` is ``1.0.0.0``."""
    numbers = [int(part) for part in text.split(".")]
    return tuple(numbers + [0] * (4 - len(numbers)))


def is_newer_there(desired: Desired, remote: RemoteSnapshot) -> bool:
    """Return whether a newer version than ours is installed."""
    installed = remote.solution
    return installed is not None and (
        parse_version(installed.version) > parse_version(desired.solution.version)
    )


def plan_import(
    desired: Desired, remote: RemoteSnapshot, options: PlanOptions, left: list[Leave]
) -> ImportPackage | None:
    """Return the import that is needed, with its reason; None where it is skipped.

    Raises:
        PlanRefusedError: it would do harm, or Dataverse would refuse it.
    """
    step = _plan_import(desired, remote, options, left)
    if step:
        refuse_foreign_ribbons(desired, remote)
        if desired.managed:
            refuse_missing_forms(desired.registrations, remote.forms)
    return step


def _plan_import(
    desired: Desired, remote: RemoteSnapshot, options: PlanOptions, left: list[Leave]
) -> ImportPackage | None:
    solution, installed = desired.solution, remote.solution
    _refuse_strangers(desired, remote)
    if installed is None:
        return _import(desired, remote, ImportKind.FIRST_INSTALL, "the solution is not installed")
    _refuse_installed(desired, installed)
    if parse_version(installed.version) < parse_version(solution.version):
        dropped = _dropped(desired, remote)
        ribbons = dropped_ribbons(desired, remote)
        reason = f"version {installed.version} is installed"
        if desired.managed and (dropped or ribbons or options.upgrade):
            why = f"web resources that it drops: {dropped}" if dropped else "as asked for"
            if ribbons:
                why = f"it drops the button on {', '.join(ribbons)}"
            return _import(desired, remote, ImportKind.UPGRADE, f"{reason}; {why}")
        return _import(desired, remote, ImportKind.UPDATE, reason)
    _refuse_kept_ribbons(desired, remote)
    if reason := _reason_to_repair(desired, remote, installed):
        return _import(desired, remote, ImportKind.REPAIR, reason)
    left.append(
        Leave(
            f"solution {solution.unique_name}",
            f"version {installed.version}: import skipped, this version is installed",
        )
    )
    return None


def changed(
    desired: Desired, remote: RemoteSnapshot
) -> Iterator[tuple[WebResource, RemoteWebResource]]:
    """Yield the web resources that are there with another content."""
    for resource in desired.solution.web_resources:
        there = remote.web_resources.get(resource.name.lower())
        if there is not None and there.draft != resource.content:
            yield resource, there


def content_update(resource: WebResource, there: RemoteWebResource) -> UpdateWebResource:
    """Return the step that gives a web resource that is there its content."""
    return UpdateWebResource(
        web_resource_id=there.web_resource_id,
        name=resource.name,
        reason="its content differs",
        before=there.draft,
        after=resource.content,
        row_version=there.row_version,
    )


def _reason_to_repair(desired: Desired, remote: RemoteSnapshot, installed: RemoteSolution) -> str:
    """Return why the same version must be imported again; empty where nothing says so."""
    missing = list(_missing(desired, remote))
    if missing:
        return f"missing there: {', '.join(missing)}"
    says = (desired.solution.display_name, desired.description)
    if (installed.display_name, installed.description) != says:
        # The digest in the description says which build is installed; it must stay true.
        return "another build of this version is installed"
    lacking = list(_lacking_handlers(desired, remote))
    if lacking:
        return f"no handler on {', '.join(lacking)}"
    ribbons = ribbons_to_import(desired, remote)
    if ribbons:
        return f"no button, or another one, on the ribbon of {', '.join(ribbons)}"
    if not desired.managed:
        return ""
    # A write to a managed component would lay an unmanaged layer over it.
    differing = list(_differing(desired, remote))
    return f"changed there: {', '.join(differing)}" if differing else ""


def _differing(desired: Desired, remote: RemoteSnapshot) -> Iterator[str]:
    """Yield the web resources with another content, title, description or dependency list."""
    found = (*changed(desired, remote), *relabelled(desired, remote))
    yield from dict.fromkeys(resource.name for resource, _ in found)


def _missing(desired: Desired, remote: RemoteSnapshot) -> Iterator[str]:
    """Yield what the environment or the solution in it lacks."""
    for resource in desired.solution.web_resources:
        there = remote.web_resources.get(resource.name.lower())
        if there is None:
            yield resource.name
        elif there.web_resource_id.lower() not in remote.components:
            yield f"{resource.name} in the solution"
    for variable in desired.solution.environment_variables:
        if variable.schema_name.lower() not in remote.variables:
            yield variable.schema_name


def _lacking_handlers(desired: Desired, remote: RemoteSnapshot) -> Iterator[str]:
    """Yield the forms that travel in the package and are there without their handlers."""
    for registration in desired.registrations:
        if not registration.by_package:
            continue
        form = find_form(registration.form, remote.forms)
        # An unmanaged import leaves a draft, which is published later.
        has = is_published if desired.managed else is_drafted
        if form is None or not has(form, registration.handlers):
            yield f"form {registration.form}"


def _dropped(desired: Desired, remote: RemoteSnapshot) -> int:
    """Count the web resources of the installed solution that the package has no longer."""
    names = {resource.name.lower() for resource in desired.solution.web_resources}
    kept = {
        there.web_resource_id.lower()
        for name, there in remote.web_resources.items()
        if name in names
    }
    return sum(row not in kept for row in remote.packaged_web_resources)


def _import(
    desired: Desired, remote: RemoteSnapshot, kind: ImportKind, reason: str
) -> ImportPackage:
    solution = desired.solution
    return ImportPackage(
        kind=kind,
        solution=solution.unique_name,
        version=solution.version,
        description=desired.description,
        installed_version=remote.solution.version if remote.solution else "",
        installed_description=remote.solution.description if remote.solution else "",
        reason=reason,
        components=tuple(_components(desired, remote)),
        # What differs on a managed component is an unmanaged layer; an import leaves it on top
        # unless told otherwise. Forms are not in the package, so nothing of others is replaced.
        overwrite_unmanaged=desired.managed and any(_differing(desired, remote)),
        package=desired.package,
        managed=desired.managed,
    )


def _components(desired: Desired, remote: RemoteSnapshot) -> Iterator[str]:
    for resource in desired.solution.web_resources:
        there = remote.web_resources.get(resource.name.lower())
        if there is None:
            yield f"create web resource {resource.name}"
        elif there.draft != resource.content:
            yield f"update web resource {resource.name}"
    for variable in desired.solution.environment_variables:
        if variable.schema_name.lower() not in remote.variables:
            yield f"create environment variable {variable.schema_name}"
    for table in ribbons_to_import(desired, remote):
        yield f"button on the ribbon of {table}"


def _refuse_kept_ribbons(desired: Desired, remote: RemoteSnapshot) -> None:
    """Refuse a managed package of the same version without a button that the installed one has."""
    if tables := dropped_ribbons(desired, remote):
        raise PlanRefusedError(
            "ribbon-needs-upgrade",
            f"{desired.solution.unique_name} {desired.solution.version} is installed with a button "
            f"on the ribbon of {', '.join(tables)}, and the package has none.",
            context="Only an upgrade takes out what a managed package brought, and it needs a "
            "higher version.",
            hint="Raise [solution] version.",
        )


def _refuse_strangers(desired: Desired, remote: RemoteSnapshot) -> None:
    """Refuse to overwrite web resources that are there under our names without our solution."""
    there = [each.name for _, each in changed(desired, remote)]
    if remote.solution is not None or not there:
        return
    raise PlanRefusedError(
        "foreign-web-resources",
        f"{', '.join(there)} exist already with another content, but the solution "
        f"{desired.solution.unique_name} is not installed.",
        context="They are somebody else's, or were left behind when the solution was deleted.",
        hint="Choose another customization_prefix, or delete them there first.",
    )


def _refuse_installed(desired: Desired, installed: RemoteSolution) -> None:
    solution = desired.solution
    if parse_version(installed.version) > parse_version(solution.version):
        raise PlanRefusedError(
            "newer-version-installed",
            f"{solution.unique_name} {solution.version} is older than {installed.version}, "
            "which is installed.",
            hint="Raise [solution] version, check out the newer sources, or leave such "
            "environments alone with --skip-lower.",
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

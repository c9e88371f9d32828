"""Everything that can stop an import before it writes; writes nothing."""

from dataclasses import dataclass
from http import HTTPStatus

from d365pop.emulator.component_types import TABLE
from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import Fault, bad_request
from d365pop.emulator.importing.dependencies import missing_dependencies, missing_dependencies_xml
from d365pop.emulator.metadata import Row
from d365pop.emulator.package.contents import Package
from d365pop.emulator.package.manifest import Dependency, Manifest
from d365pop.emulator.patches import parent_of_package
from d365pop.emulator.rules.solutions import (
    SYSTEM_SOLUTIONS,
    check_publisher,
    check_solution_name,
)
from d365pop.emulator.rules.web_resources import (
    check_prefix,
    check_web_resource,
    largest_size,
)
from d365pop.emulator.store import Layer

MANAGED_OVER_UNMANAGED = "0x80048040"
UNMANAGED_OVER_MANAGED = "0x80048041"
OTHER_PUBLISHER = "0x8004801c"
ROOT_COMPONENT_ABSENT = "0x8004801f"
MISSING_DEPENDENCIES = "0x8004801D"
DUPLICATE_NAME = "0x8004f115"
SYSTEM_SOLUTION = "0x80048046"


class MissingDependenciesFault(Fault):
    """The package requires what is not there; carries what the job's record shows."""

    def __init__(self, solution: str, missing: list[Dependency]) -> None:
        self.missing_xml = missing_dependencies_xml(missing)
        super().__init__(
            HTTPStatus.BAD_REQUEST,
            MISSING_DEPENDENCIES,
            "Solution manifest import: FAILURE: The following solution cannot be imported: "
            f"{solution}. Some dependencies are missing. The missing dependencies are : "
            f"{self.missing_xml} , ProductUpdatesOnly : False",
        )


@dataclass(frozen=True, slots=True)
class Installed:
    """What the environment already has of the package's solution and publisher."""

    solution: Row | None
    publisher: Row | None


def installed(environment: Environment, manifest: Manifest) -> Installed:
    """Return the solution and publisher rows of the package's names, if there are any."""
    found = [
        environment.store.find(environment.table(table), "uniquename", name, Layer.DRAFT)
        for table, name in (
            ("solution", manifest.unique_name),
            ("publisher", manifest.publisher.unique_name),
        )
    ]
    solution, publisher = (rows[0] if rows else None for rows in found)
    return Installed(solution, publisher)


def check_package(environment: Environment, package: Package) -> None:
    """Refuse a package that this environment cannot take.

    Raises:
        Fault: the first thing that is wrong, with the platform's code.
    """
    manifest = package.manifest
    check_solution_name(manifest.unique_name)
    if manifest.unique_name.lower() in SYSTEM_SOLUTIONS:
        raise bad_request("System solution cannot be imported.", SYSTEM_SOLUTION)
    publisher = manifest.publisher
    check_publisher(publisher.unique_name, publisher.prefix, publisher.option_prefix)
    _check_installed(manifest, installed(environment, manifest))
    name, version = manifest.unique_name, manifest.version
    parent_of_package(environment, name, version, managed=manifest.managed)
    _check_web_resources(environment, package)
    _check_root_components(environment, package)
    missing = missing_dependencies(environment, package)
    if missing:
        raise MissingDependenciesFault(manifest.unique_name, missing)


def _check_installed(manifest: Manifest, present: Installed) -> None:
    # ASSUMED: a plain import takes a lower version, too; pac has an option to leave it out.
    solution = present.solution
    if solution is None:
        return
    if bool(solution["ismanaged"]) is not manifest.managed:
        was, wanted, code = (
            ("a managed", "unmanaged", UNMANAGED_OVER_MANAGED)
            if solution["ismanaged"]
            else ("an unmanaged", "managed", MANAGED_OVER_UNMANAGED)
        )
        raise bad_request(
            f"The solution is already installed on this system as {was} solution and the package "
            f"supplied is attempting to install it in {wanted} mode. Import can only update "
            "solutions when the modes match. Uninstall the current solution and try again.",
            code,
        )
    same = present.publisher is not None and (
        present.publisher["publisherid"] == solution["publisherid"]
    )
    if manifest.managed and not same:
        raise bad_request(
            "The solution already exists, but under a different publisher than "
            f"'{manifest.publisher.unique_name}'.",
            OTHER_PUBLISHER,
        )


def _check_web_resources(environment: Environment, package: Package) -> None:
    largest, names = largest_size(environment), set[str]()
    for part in package.web_resources:
        check_web_resource(part.name, part.kind, len(part.content), largest)
        if part.name.lower() in names:
            raise bad_request(
                f"A web resource with the same name already exists: '{part.name}'.", DUPLICATE_NAME
            )
        names.add(part.name.lower())
        check_prefix(environment, part.name, package.manifest.publisher.prefix)


def _check_root_components(environment: Environment, package: Package) -> None:
    web_resources = {part.name.lower() for part in package.web_resources}
    forms = {part.form_id for part in package.forms}
    tables = {part.name for part in package.others if part.component_type == TABLE}
    for component in package.manifest.root_components:
        name = component.schema_name.lower()
        match component.component_type:
            case 61:
                present = name in web_resources
            case 60:
                present = component.component_id in forms
            case 1:
                present = name in tables or name in environment.catalog.by_name
            case _:
                continue
        if not present:
            raise bad_request(
                f"The root component of type {component.component_type} "
                f"'{component.schema_name or component.component_id}' is not in the package.",
                ROOT_COMPONENT_ABSENT,
            )

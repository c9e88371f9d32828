"""Upgrades of managed solutions: a holding solution lies above the old one, then replaces it."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import bad_request
from d365pop.emulator.layering.removal import remove_solution
from d365pop.emulator.metadata import Row
from d365pop.emulator.package.contents import Package
from d365pop.emulator.patches import numbers
from d365pop.emulator.solutions import solution_named
from d365pop.emulator.store import Selection

HOLDING_SUFFIX = "_Upgrade"
# ASSUMED: the codes of all refusals here.
NOT_INSTALLED = "0x80048061"
NO_HOLDING = "0x80048062"
TOO_OLD = "0x80048063"


def check_upgrade(package: Package, present: Row | None) -> None:
    """Refuse an upgrade of what is not there, or to a version that is no newer.

    Raises:
        Fault: a first install must be a plain import.
    """
    name = package.manifest.unique_name
    if present is None or not package.manifest.managed:
        raise bad_request(
            f"The solution '{name}' is not installed as a managed solution: there is nothing to "
            "upgrade. Import it without an upgrade first.",
            NOT_INSTALLED,
        )
    if numbers(package.manifest.version) <= numbers(str(present["version"])):
        raise bad_request(
            f"The solution '{name}' is installed in version {present['version']}; an upgrade "
            f"needs a higher one than {package.manifest.version}.",
            TOO_OLD,
        )


def promote(environment: Environment, unique_name: str) -> Row:
    """Let the holding solution take the place of the old one and its patches; return its row.

    Raises:
        Fault: there is no holding solution, or what would go is still used.
    """
    holding = environment.store.find_one(
        environment.table("solution"), "uniquename", f"{unique_name}{HOLDING_SUFFIX}"
    )
    if holding is None:
        raise bad_request(
            f"The solution '{unique_name}' has no holding solution to promote.", NO_HOLDING
        )
    old = solution_named(environment, unique_name)
    _take_places(environment, str(old["solutionid"]), str(holding["solutionid"]))
    remove_solution(environment, old)
    table = environment.table("solution")
    environment.store.update(table, str(holding["solutionid"]), {"uniquename": unique_name})
    return environment.store.get(table, str(holding["solutionid"])) or {}


def _take_places(environment: Environment, old_id: str, new_id: str) -> None:
    """Put the new layers where the old ones lie: other solutions stay above both."""
    layers = environment.table("d365pop_layer")
    places = {
        (row["componenttype"], row["objectid"]): row["position"]
        for row in environment.store.select(layers, Selection('t."solutionid" = ?', (old_id,)))
    }
    for row in environment.store.select(layers, Selection('t."solutionid" = ?', (new_id,))):
        place = places.get((row["componenttype"], row["objectid"]))
        if place is not None:
            changes: Row = {"position": place}
            environment.store.update(layers, str(row["d365pop_layerid"]), changes)

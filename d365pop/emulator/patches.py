"""What the platform demands of patches and of the solutions that have some."""

import re

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import bad_request
from d365pop.emulator.metadata import Row
from d365pop.emulator.numerals import natural_or
from d365pop.emulator.solutions import patches_of

NAME = re.compile(r"(.+)_Patch_[0-9a-f]{1,8}", re.IGNORECASE)
# ASSUMED: the codes and the texts of all refusals here; the rules are documented.
LOCKED, PARENT_RULE, VERSION_RULE = "0x80048066", "0x80048067", "0x80048065"
NO_REMOVAL = "0x80048068"


def numbers(version: str) -> tuple[int, ...]:
    """Return a version as what can be compared."""
    found = [natural_or(part, 0) for part in version.split(".")]
    return tuple(found + [0] * (4 - len(found)))


def check_unlocked(environment: Environment, solution: Row) -> None:
    """Refuse to change or export a solution that has patches.

    Raises:
        Fault: it has one.
    """
    if not solution["ismanaged"] and patches_of(environment, solution):
        raise bad_request(
            f"The solution '{solution['uniquename']}' has patches: it can be neither changed nor "
            "exported before they are rolled up by CloneAsSolution.",
            LOCKED,
        )


def check_removal(solution: Row) -> None:
    """Refuse to take a component out of a patch.

    Raises:
        Fault: the solution is a patch.
    """
    if solution["parentsolutionid"]:
        raise bad_request("Components cannot be removed from a patch.", NO_REMOVAL)


def check_patch_version(environment: Environment, parent: Row, version: str) -> None:
    """Demand that a new patch follows on its parent and on every earlier patch.

    Raises:
        Fault: the parent is a patch, or the version does not follow.
    """
    if parent["parentsolutionid"]:
        raise bad_request("A patch cannot be the parent of a patch.", PARENT_RULE)
    earlier = [parent, *patches_of(environment, parent)]
    old, new = numbers(str(parent["version"])), numbers(version)
    if old[:2] != new[:2] or any(new <= numbers(str(row["version"])) for row in earlier):
        raise bad_request(
            f"A patch of version {parent['version']} keeps its first two numbers and is higher "
            f"than it and than every earlier patch; {version} is not.",
            VERSION_RULE,
        )


def parent_of_package(
    environment: Environment, unique_name: str, version: str, *, managed: bool
) -> Row | None:
    """Return the installed solution that a package is a patch of, None where it is no patch.

    ASSUMED: a package is a patch by its name, which CloneAsPatch makes.

    Raises:
        Fault: the parent is not installed, is of the other kind, or of another version.
    """
    match = NAME.fullmatch(unique_name)
    if match is None:
        return None
    table = environment.table("solution")
    parent = environment.store.find_one(table, "uniquename", match[1])
    if parent is None:
        text = f"The patch '{unique_name}' needs its parent '{match[1]}' to be installed."
        raise bad_request(text, PARENT_RULE)
    if bool(parent["ismanaged"]) is not managed:
        kind = "managed" if parent["ismanaged"] else "unmanaged"
        raise bad_request(f"The parent '{match[1]}' is {kind}, its patch is not.", PARENT_RULE)
    if environment.store.find_one(table, "uniquename", unique_name) is None:
        check_patch_version(environment, parent, version)
    return parent

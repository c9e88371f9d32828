"""What Dataverse demands of solutions and publishers, and what goes when a solution goes."""

import re

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import DUPLICATE, INVALID_ARGUMENT, REFERENCED, Fault, bad_request
from d365pop.emulator.histories import Deed, Way, described, entry
from d365pop.emulator.layering.removal import check_uninstall, forget_solution, remove_solution
from d365pop.emulator.metadata import Row
from d365pop.emulator.patches import check_unlocked
from d365pop.emulator.rules.base import Rules
from d365pop.emulator.store import Layer

UNIQUE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PREFIX = re.compile(r"(?!mscrm)[A-Za-z][A-Za-z0-9]{1,7}", re.IGNORECASE)
OPTION_PREFIXES = range(10000, 100000)
INVALID_SOLUTION_NAME = "0x8004f002"
INVALID_PUBLISHER_NAME = "0x8004f01c"
SYSTEM_SOLUTIONS = frozenset({"active", "basic", "default", "system"})


def check_solution_name(name: str) -> None:
    """Demand a legal unique name of a solution.

    Raises:
        Fault: it is none.
    """
    _check_unique_name(name, "solution", INVALID_SOLUTION_NAME)


def check_publisher(name: str, prefix: str, option_prefix: int) -> None:
    """Demand legal names and prefixes of a publisher.

    Raises:
        Fault: one is none.
    """
    _check_unique_name(name, "publisher", INVALID_PUBLISHER_NAME)
    if prefix and PREFIX.fullmatch(prefix) is None:
        # ASSUMED: the codes of the two prefixes.
        raise bad_request(f"Invalid customization prefix '{prefix}'.", INVALID_ARGUMENT)
    if option_prefix not in OPTION_PREFIXES:
        raise bad_request(f"Invalid option value prefix '{option_prefix}'.", INVALID_ARGUMENT)


def _check_unique_name(name: str, of: str, code: str) -> None:
    if UNIQUE_NAME.fullmatch(name) is None:
        raise bad_request(
            f"Invalid character specified for {of} unique name. Only characters within the "
            "ranges [A-Z], [a-z], [0-9], or _ are allowed. The first character may only be in the "
            "ranges [A-Z], [a-z], or _.",
            code,
        )


def _before_write(environment: Environment, row: Row, before: Row | None) -> Row:
    name = str(row.get("uniquename") or "")
    check_solution_name(name)
    if not row.get("publisherid"):
        raise bad_request("Attribute 'publisherid' cannot be NULL.", INVALID_ARGUMENT)
    if before is None:
        _demand_unique(environment, "solution", name)
        return {"installedon": environment.timestamp()}
    check_unlocked(environment, before)
    if before["ismanaged"]:
        # ASSUMED: code and text.
        raise bad_request("Managed solutions cannot be changed.", INVALID_ARGUMENT)
    return {}


def _before_write_publisher(environment: Environment, row: Row, before: Row | None) -> Row:
    if before is not None:
        _demand_open(before)
    name, prefix = (str(row.get(key) or "") for key in ("uniquename", "customizationprefix"))
    option_prefix = int(row.get("customizationoptionvalueprefix") or 0)
    check_publisher(name, prefix, option_prefix)
    if not prefix:
        raise bad_request("Attribute 'customizationprefix' cannot be NULL.", INVALID_ARGUMENT)
    if before is None:
        _demand_unique(environment, "publisher", name)
    return {}


def _before_delete_publisher(environment: Environment, row: Row) -> None:
    _demand_open(row)
    published = "publisherid", row["publisherid"], Layer.DRAFT
    for solution in environment.store.find(environment.table("solution"), *published):
        # ASSUMED: code and text.
        raise bad_request(
            f"The publisher '{row['uniquename']}' cannot be deleted: it published the solution "
            f"'{solution['uniquename']}'.",
            REFERENCED,
        )


def _demand_open(publisher: Row) -> None:
    if publisher["isreadonly"]:
        # ASSUMED: code and text.
        raise bad_request(
            f"The publisher '{publisher['uniquename']}' is read-only.", INVALID_ARGUMENT
        )


def _demand_unique(environment: Environment, logical_name: str, name: str) -> None:
    if environment.store.find(environment.table(logical_name), "uniquename", name, Layer.DRAFT):
        raise Fault(412, DUPLICATE, f"A {logical_name} with unique name '{name}' already exists.")


def check_deletable(row: Row) -> None:
    """Refuse to delete what the platform itself needs.

    Raises:
        Fault: it is such a solution.
    """
    if str(row["uniquename"]).lower() in SYSTEM_SOLUTIONS:
        raise bad_request("Cannot delete a system solution.", "0x8004f008")


def _before_delete(environment: Environment, row: Row) -> None:
    check_deletable(row)
    with (
        environment.lock.held_for("Uninstall"),
        entry(environment, Deed.UNINSTALL, **described(row), suboperation=Way.DELETE),
    ):
        if row["ismanaged"]:
            check_uninstall(environment, row)
            remove_solution(environment, row)
        else:
            forget_solution(environment, str(row["solutionid"]))


RULES = Rules(write=_before_write, delete=_before_delete)
PUBLISHER_RULES = Rules(write=_before_write_publisher, delete=_before_delete_publisher)

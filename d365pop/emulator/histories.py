"""Solution history: what was done to solutions, when, and how it ended; knows no user."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import IntEnum

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import Fault, signed_code
from d365pop.emulator.metadata import Row
from d365pop.emulator.store import Selection

TABLE = "msdyn_solutionhistory"
STARTED, COMPLETED = 0, 1


class Deed(IntEnum):
    """``msdyn_operation``."""

    IMPORT = 0
    UNINSTALL = 1
    EXPORT = 2
    PUBLISH = 3
    PUBLISH_ALL = 4


class Way(IntEnum):
    """``msdyn_suboperation``."""

    NEW = 1
    UPGRADE = 2
    UPDATE = 3
    DELETE = 4


def begin(environment: Environment, deed: Deed, **known: str | int | None) -> str:
    """Write that something runs, and return the id of the entry."""
    now = environment.timestamp()
    row: Row = {
        "msdyn_solutionhistoryid": environment.new_id(),
        "msdyn_operation": deed,
        "msdyn_status": STARTED,
        "msdyn_starttime": now,
        "msdyn_correlationid": environment.new_id(),
        "msdyn_activityid": environment.new_id(),
        "createdon": now,
        "modifiedon": now,
    }
    row |= {f"msdyn_{name}": value for name, value in known.items()}
    environment.store.insert(environment.table(TABLE), row)
    return str(row["msdyn_solutionhistoryid"])


def note(environment: Environment, history_id: str, **known: str | int | None) -> None:
    """Add to an entry what was found out meanwhile."""
    changes: Row = {f"msdyn_{name}": value for name, value in known.items()}
    environment.store.update(environment.table(TABLE), history_id, changes)


def end(environment: Environment, history_id: str, failure: Fault | None = None) -> None:
    """Write how it ended."""
    row = environment.store.get(environment.table(TABLE), history_id)
    if row is None:
        return
    now = environment.now()
    began = datetime.fromisoformat(str(row["msdyn_starttime"]))
    changes: Row = {
        "msdyn_status": COMPLETED,
        "msdyn_result": int(failure is None),
        "msdyn_endtime": environment.timestamp(),
        "msdyn_totaltime": f"{(now - began).total_seconds():.1f}",
        "msdyn_errorcode": str(signed_code(failure.code)) if failure else None,
        "msdyn_exceptionmessage": failure.message if failure else None,
    }
    environment.store.update(environment.table(TABLE), history_id, changes)


def described(solution: Row) -> dict[str, str | int | None]:
    """Return what an entry says of a solution."""
    return {
        "name": str(solution["uniquename"]),
        "solutionid": str(solution["solutionid"]),
        "solutionversion": str(solution["version"]),
        "ismanaged": int(solution["ismanaged"] or 0),
        "ispatch": int(bool(solution["parentsolutionid"])),
    }


@contextmanager
def entry(environment: Environment, deed: Deed, **known: str | int | None) -> Iterator[str]:
    """Write that something runs while the block does, and how it ended."""
    history_id = begin(environment, deed, **known)
    try:
        yield history_id
    except Fault as fault:
        end(environment, history_id, fault)
        raise
    end(environment, history_id)


def end_interrupted(environment: Environment, failure: Fault) -> None:
    """End what a stopped server left running."""
    selection = Selection('t."msdyn_status" = ?', (STARTED,))
    for row in environment.store.select(environment.table(TABLE), selection):
        end(environment, str(row["msdyn_solutionhistoryid"]), failure)

"""Phone calls begin open, fit their state, and once closed only change by being reopened."""

from collections.abc import Mapping
from http import HTTPStatus

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import INVALID_ARGUMENT, Fault
from d365pop.emulator.metadata import Row
from d365pop.emulator.rules.base import Rules

INVALID_STATUS = "0x80048408"
STATES: Mapping[int, tuple[str, tuple[int, ...]]] = {
    0: ("Open", (1,)),
    1: ("Completed", (2, 4)),
    2: ("Canceled", (3,)),
}
"""Name and status codes of each state; the first one is that of a state set alone."""
OPEN = 0
FREE = frozenset({"statecode", "statuscode", "modifiedon", "modifiedby", "modifiedby__type"})


def check_open(row: Row) -> None:
    """Demand that an activity may still be changed.

    Raises:
        Fault: it is closed.
    """
    if row["statecode"] != OPEN:
        # ASSUMED: code and text; that a closed activity is read-only is documented.
        raise Fault(
            HTTPStatus.BAD_REQUEST,
            INVALID_ARGUMENT,
            f"The phonecall with Id {row['activityid']} is closed and read-only; "
            "set statecode to 0 to open it again.",
        )


def _write(environment: Environment, row: Row, before: Row | None) -> Row:
    del environment
    if before is None:
        # The platform takes a state on create and leaves the row open, as others observed.
        return {"statecode": OPEN, "statuscode": _status(row, OPEN, before)}
    state = int(row["statecode"] or OPEN)
    if state not in STATES:
        raise Fault(
            HTTPStatus.BAD_REQUEST,
            INVALID_STATUS,
            f"{state} is not a valid state code on phonecall with Id {row['activityid']}.",
        )
    if state != OPEN and any(row[n] != before[n] for n in row.keys() - FREE):
        check_open(before)
    return {"statuscode": _status(row, state, before)}


def _status(row: Row, state: int, before: Row | None) -> int:
    """Return the status code of a state; a state set alone brings its own.

    Raises:
        Fault: the status code belongs to another state.
    """
    name, fitting = STATES[state]
    moved = before is not None and before["statecode"] != state
    if moved and before is not None and row["statuscode"] == before["statuscode"]:
        return fitting[0]
    if row["statuscode"] not in fitting:
        raise Fault(
            HTTPStatus.BAD_REQUEST,
            INVALID_STATUS,
            f"{row['statuscode']} is not a valid status code for state code "
            f"PhoneCallState.{name} on phonecall with Id {row['activityid']}.",
        )
    return int(row["statuscode"] or 0)


RULES = Rules(write=_write)

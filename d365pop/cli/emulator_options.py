"""Reads what ``d365pop emulator`` was told, and lists what its answers rest on."""

import re

from d365pop.emulator.disturbances import Disturbance, rule_from_text
from d365pop.emulator.faults import Fault
from d365pop.emulator.protection import Limits
from d365pop.errors import UsageError

HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,61}[A-Za-z0-9])?")


def read_faults(texts: list[str]) -> tuple[Disturbance, ...]:
    """Return the faults that the options state.

    Raises:
        UsageError: one is none.
    """
    try:
        return tuple(rule_from_text(text) for text in texts)
    except Fault as exc:
        raise UsageError(
            "fault-unreadable",
            "A fault cannot be put in force.",
            context=exc.message,
            hint="For example: --fault throttle,path=contacts,count=3,seconds=5",
        ) from exc


def read_limits(text: str) -> Limits | None:
    """Return the limits of service protection, None where nobody asked for any.

    Raises:
        UsageError: the text holds no three numbers above zero.
    """
    if not text:
        return None
    try:
        requests, seconds, concurrent = text.split(",")
        limits = Limits(int(requests), float(seconds), int(concurrent))
        # Not a number is not above zero either.
        if not (limits.requests > 0 and limits.seconds > 0 and limits.concurrent > 0):
            raise ValueError(text)  # noqa: TRY301 - as what is no number
        return limits  # noqa: TRY300 - the check belongs to the reading
    except ValueError as exc:
        raise UsageError(
            "limits-unreadable",
            f"'{text}' states no limits.",
            context="Three numbers above zero: requests, seconds of work, requests at once.",
            hint="The platform's own are: --limits 6000,1200,52",
        ) from exc


def read_names(texts: list[str]) -> tuple[str, ...]:
    """Return the names that clients may call the server by.

    Raises:
        UsageError: one cannot be the name of a host.
    """
    for text in texts:
        if not HOST_NAME.fullmatch(text):
            raise UsageError(
                "host-name-unreadable",
                f"'{text}' is no name of a host.",
                context="Letters, digits, dots and hyphens, without a scheme and a port.",
                hint="For example: --host 0.0.0.0 --name dataverse",
            )
    return tuple(texts)


def list_assumptions() -> None:
    """Print each assumed behaviour with its place."""
    from d365pop.cli.console import results
    from d365pop.emulator.fidelity import assumed_json

    for item in assumed_json():
        if isinstance(item, dict):
            results().print(f"{item['place']}: {item['text']}", markup=False, soft_wrap=True)

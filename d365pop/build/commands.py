"""The “Phone” command as rows: a button on the lists of tables that opens the softphone; pure.

Columns, choices and what cannot be changed later: Microsoft's reference of the table appaction.
"""

from collections.abc import Iterator
from typing import Final

from d365pop.build.names import FORM_SCRIPT, OPEN_PHONE_FUNCTION, web_resource_name
from d365pop.own_rows import ACTIVE, OwnRow, RowKind, RowSearch
from d365pop.settings import Settings

_STANDARD_BUTTON, _MAIN_GRID, _ENTITY, _JAVASCRIPT, _SHOWN = 0, 1, 1, 2, 0
_BEHIND_THE_PLATFORMS_OWN: Final = 100_100_000
TOOLTIP: Final = "Opens the softphone"


def wanted_commands(settings: Settings) -> tuple[OwnRow, ...]:
    """Return a command for the list of each table whose forms start the softphone."""
    return tuple(_commands(settings))


def command_searches(settings: Settings) -> tuple[RowSearch, ...]:
    """Return how our commands are found; without ``[command]`` nobody looks for them."""
    if settings.command is None:
        return ()
    return (RowSearch(RowKind.COMMAND, _prefix(settings)),)


def listed_tables(settings: Settings) -> list[str]:
    """Return the tables on whose lists a button stands."""
    return sorted({form.table for form in settings.forms})


def _prefix(settings: Settings) -> str:
    return f"{settings.publisher.customization_prefix}_d365pop_phone_"


def _commands(settings: Settings) -> Iterator[OwnRow]:
    command = settings.command
    if command is None or command.phone != "modern":
        return
    library = web_resource_name(settings.publisher.customization_prefix, FORM_SCRIPT)
    for table in listed_tables(settings):
        key = _prefix(settings) + table
        yield OwnRow(
            RowKind.COMMAND,
            key,
            {
                "name": key,
                "type": _STANDARD_BUTTON,
                "location": _MAIN_GRID,
                "context": _ENTITY,
                "contextvalue": table,
                "buttonlabeltext": command.label,
                "buttonaccessibilitytext": command.label,
                "buttontooltiptitle": command.label,
                "buttontooltipdescription": TOOLTIP,
                "fonticon": "Phone",
                "sequence": _BEHIND_THE_PLATFORMS_OWN,
                "hidden": False,
                "visibilitytype": _SHOWN,
                "onclickeventtype": _JAVASCRIPT,
                "onclickeventjavascriptfunctionname": OPEN_PHONE_FUNCTION,
                "onclickeventjavascriptwebresourceid": library,
                **ACTIVE,
            },
        )

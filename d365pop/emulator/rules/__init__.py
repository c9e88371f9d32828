"""Business rules of the tables that have some; everything else is plain rows."""

from collections.abc import Mapping

from d365pop.emulator.metadata import Table
from d365pop.emulator.rules import (
    activities,
    channels,
    commands,
    forms,
    people,
    ribbons,
    solutions,
    variables,
    web_resources,
)
from d365pop.emulator.rules.base import Rules

NONE = Rules()
RULES: Mapping[str, Rules] = {
    "webresource": web_resources.RULES,
    "systemform": forms.RULES,
    "appaction": commands.RULES,
    **channels.RULES,
    "ribbondiff": ribbons.RULES,
    "ribboncommand": ribbons.RULES,
    "contact": people.RULES,
    "phonecall": activities.RULES,
    "lead": people.RULES,
    "solution": solutions.RULES,
    "publisher": solutions.PUBLISHER_RULES,
    "environmentvariabledefinition": variables.DEFINITION_RULES,
    "environmentvariablevalue": variables.VALUE_RULES,
}


def rules_for(table: Table) -> Rules:
    """Return the rules of a table."""
    return RULES.get(table.logical_name, NONE)

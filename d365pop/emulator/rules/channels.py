"""What Dataverse demands of providers of the softphone panel."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import bad_request
from d365pop.emulator.metadata import Row
from d365pop.emulator.rules.base import Rules

HIGHEST = 1000
REQUIRED = (
    *("msdyn_name", "msdyn_label", "msdyn_landingurl", "msdyn_sortorder", "msdyn_roleselector"),
)


def _before_write(environment: Environment, row: Row, before: Row | None) -> Row:
    del environment, before
    for name in REQUIRED:
        if row.get(name) in {None, ""}:
            # ASSUMED: the platform itself, and not just its forms, asks for them.
            raise bad_request(f"Attribute '{name}' cannot be NULL.", "0x80040203")
    if not 0 <= int(row["msdyn_sortorder"] or 0) <= HIGHEST:
        # ASSUMED: the text and the code.
        raise bad_request(
            "The value of 'msdyn_sortorder' is outside the valid range.", "0x80044331"
        )
    return {}


RULES = Rules(write=_before_write)

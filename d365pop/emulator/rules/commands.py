"""What Dataverse demands of modern commands."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import DUPLICATE, Fault, bad_request
from d365pop.emulator.metadata import Row
from d365pop.emulator.rules.base import Rules
from d365pop.emulator.store import Layer

# IsValidForUpdate is false for them in Microsoft's reference of the table.
KEPT = ("uniquename", "name", "type", "location", "context", "contextvalue")
KEPT_LOOKUPS = ("appmoduleid", "contextentity")


def _before_write(environment: Environment, row: Row, before: Row | None) -> Row:
    if before is not None:
        # What cannot be updated is taken in a body, and stays as it is.
        names = (*KEPT, *(f"{name}{end}" for name in KEPT_LOOKUPS for end in ("", "__type")))
        return {name: before.get(name) for name in names}
    name = str(row.get("uniquename") or "")
    _check_prefix(environment, name)
    table = environment.table("appaction")
    if environment.store.find(table, "uniquename", name, Layer.DRAFT):
        raise Fault(412, DUPLICATE, "A record with matching key values already exists.")
    return {}


def _check_prefix(environment: Environment, name: str) -> None:
    prefix, underscore, _ = name.partition("_")
    publishers = environment.table("publisher")
    known = environment.store.find(publishers, "customizationprefix", prefix, Layer.DRAFT)
    if not (prefix and underscore and known):
        # ASSUMED: the text, and that the prefix of any publisher will do; the code was seen.
        raise bad_request(
            f"The unique name '{name}' must start with a valid customization prefix.",
            "0x800608ad",
        )


RULES = Rules(write=_before_write)

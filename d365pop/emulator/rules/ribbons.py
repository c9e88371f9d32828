"""What Dataverse demands of the nodes of ribbons."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import bad_request
from d365pop.emulator.metadata import Row
from d365pop.emulator.rules.base import Rules


def _before_delete(environment: Environment, row: Row) -> None:
    del environment
    if row["ismanaged"]:
        # ASSUMED: the code and the text.
        raise bad_request("A managed ribbon customization cannot be deleted.", "0x8004f018")


RULES = Rules(delete=_before_delete)

"""Full names of contacts and leads are made from their parts."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.metadata import Row
from d365pop.emulator.rules.base import Rules


def _full_name(environment: Environment, row: Row, before: Row | None) -> Row:
    del environment, before
    parts = (str(row.get(name) or "") for name in ("firstname", "lastname"))
    return {"fullname": " ".join(filter(None, parts)) or None}


RULES = Rules(write=_full_name)

"""Rows and packages of a file that a fresh environment begins with."""

import json
from pathlib import Path

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.faults import Fault
from d365pop.emulator.generated_calls import call_plan, plant_calls
from d365pop.emulator.importing.job import ImportOrder, begin_import, run_import
from d365pop.emulator.protocol import Json, JsonObject
from d365pop.emulator.publication import publish_everything
from d365pop.emulator.seed import ADMINISTRATOR_ID
from d365pop.emulator.writing import create_row
from d365pop.errors import ConfigurationError

PLANTED = "seed_file"
KEYS = frozenset({"packages", "rows", "calls"})


def plant_file(environment: Environment, file: Path) -> None:
    """Write what a file names, once: packages first, then rows by entity set.

    Raises:
        ConfigurationError: the file cannot be read, or the environment refuses what it names.
    """
    if environment.store.setting(PLANTED):
        return
    try:
        told: Json = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(told, dict) or not told.keys() <= KEYS:
            raise _unusable(file, "it is no object with 'packages', 'rows' and 'calls'")
        calls = call_plan(told["calls"]) if "calls" in told else None
        with environment.store.transaction():
            for name in _list(file, told.get("packages")):
                _import(environment, (file.parent / str(name)).read_bytes())
            _rows(environment, file, told)
            if calls is not None:
                plant_calls(environment, Caller(ADMINISTRATOR_ID), calls)
            environment.store.set_setting(PLANTED, "1")
    except (OSError, ValueError) as exc:
        raise _unusable(file, str(exc)) from exc
    except Fault as fault:
        raise _unusable(file, f"{fault.code} {fault.message}") from fault


def _rows(environment: Environment, file: Path, told: JsonObject) -> None:
    rows = told.get("rows", {})
    if not isinstance(rows, dict):
        raise _unusable(file, "'rows' is no object of lists by entity set")
    for entity_set, bodies in rows.items():
        table = environment.catalog.by_set.get(entity_set)
        if table is None:
            raise _unusable(file, f"there is no entity set '{entity_set}'")
        for body in _list(file, bodies):
            if not isinstance(body, dict):
                raise _unusable(file, f"a row of '{entity_set}' is no object")
            create_row(environment, Caller(ADMINISTRATOR_ID), table, dict(body))


def _import(environment: Environment, content: bytes) -> None:
    caller = Caller(ADMINISTRATOR_ID)
    order = ImportOrder(caller, environment.new_id(), content, overwrite=True, upload_id="")
    run_import(environment, begin_import(environment, order))
    publish_everything(environment)


def _list(file: Path, value: Json) -> list[Json]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise _unusable(file, "a list was expected")
    return value


def _unusable(file: Path, reason: str) -> ConfigurationError:
    return ConfigurationError(
        "emulator-seed-unusable",
        f"The seed file {file} cannot be planted.",
        context=reason,
        hint='It is JSON: {"packages": ["a.zip"], "rows": {"contacts": [{"lastname": "A"}]}}',
    )

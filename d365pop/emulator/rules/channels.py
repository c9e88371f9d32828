"""What Dataverse demands of providers of the softphone panel, profiles and notifications."""

import re
from collections.abc import Sequence

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import DUPLICATE, Fault, bad_request
from d365pop.emulator.metadata import Row
from d365pop.emulator.rules.base import Rules
from d365pop.emulator.store import Layer

HIGHEST_ORDER = 1000
LONGEST_TIMEOUT = 500
VERSION_2 = 162_450_000
# The reference of msdyn_channelprovider: a prefix of three to eight characters goes first.
UNIQUE_NAME = re.compile(r"[A-Za-z0-9]{3,8}_\w+")
PROVIDER = (
    *("msdyn_name", "msdyn_label", "msdyn_landingurl", "msdyn_sortorder", "msdyn_roleselector"),
)
CHANNEL = (
    *("msdyn_name", "msdyn_uniquename", "msdyn_label", "msdyn_channelurl", "msdyn_sortorder"),
    *("msdyn_apiversion", "msdyn_enableoutbound"),
)
PROFILE = ("msdyn_name", "msdyn_uniquename", "msdyn_appmoduleuniquename")
NOTIFICATION = ("msdyn_name", "msdyn_uniquename", "msdyn_title")


def _provider(environment: Environment, row: Row, before: Row | None) -> Row:
    del environment, before
    _demand(row, PROVIDER)
    _within(row, "msdyn_sortorder", HIGHEST_ORDER)
    return {}


def _channel(environment: Environment, row: Row, before: Row | None) -> Row:
    _demand(row, CHANNEL)
    _within(row, "msdyn_sortorder", HIGHEST_ORDER)
    if row["msdyn_apiversion"] != VERSION_2:
        # ASSUMED: the text and the code.
        raise bad_request(
            "A validation error occurred. The value of 'msdyn_apiversion' is no valid option.",
            "0x80048408",
        )
    return _named(environment, row, before, "msdyn_channelprovider")


def _notification(environment: Environment, row: Row, before: Row | None) -> Row:
    _demand(row, NOTIFICATION)
    if row.get("msdyn_timeout") is not None:
        _within(row, "msdyn_timeout", LONGEST_TIMEOUT)
    return _named(environment, row, before, "msdyn_notificationtemplate")


def _profile(environment: Environment, row: Row, before: Row | None) -> Row:
    _demand(row, PROFILE)
    return _named(environment, row, before, "msdyn_appconfiguration")


def _demand(row: Row, required: Sequence[str]) -> None:
    for name in required:
        if row.get(name) in {None, ""}:
            # ASSUMED: the platform itself, and not just its forms, asks for them.
            raise bad_request(f"Attribute '{name}' cannot be NULL.", "0x80040203")


def _within(row: Row, name: str, highest: int) -> None:
    if not 0 <= int(row[name] or 0) <= highest:
        # ASSUMED: the text and the code.
        raise bad_request(f"The value of '{name}' is outside the valid range.", "0x80044331")


def _named(environment: Environment, row: Row, before: Row | None, table: str) -> Row:
    """Keep the unique name as the row was created, and let none have another's."""
    if before is not None:
        return {"msdyn_uniquename": before["msdyn_uniquename"]}
    name = str(row["msdyn_uniquename"])
    if not UNIQUE_NAME.fullmatch(name):
        # ASSUMED: the text and the code.
        raise bad_request(
            f"The unique name '{name}' must start with a prefix of 3 to 8 characters and _.",
            "0x80040203",
        )
    if environment.store.find(environment.table(table), "msdyn_uniquename", name, Layer.DRAFT):
        # ASSUMED: unique names are kept apart as alternate keys are.
        raise Fault(412, DUPLICATE, "A record with matching key values already exists.")
    return {}


RULES = {
    "msdyn_ciprovider": Rules(write=_provider),
    "msdyn_channelprovider": Rules(write=_channel),
    "msdyn_notificationtemplate": Rules(write=_notification),
    "msdyn_appconfiguration": Rules(write=_profile),
}

"""Rows addressed by keys of several columns, lookups among them."""

import pytest

from d365pop.emulator.metadata import Catalog, Column, Kind
from d365pop.emulator.table_kit import lookup, number, table
from d365pop.emulator.tables import CATALOG
from tests.unit.emulator.harness import LocalEnvironment

ACCOUNT = "d3650000-0000-4000-8000-000100000001"
SEAT = table(
    "smp_seat",
    "smp_seats",
    "smp_room",
    [
        Column("smp_room"),
        number("smp_number"),
        Column("smp_free", Kind.BOOLEAN),
        lookup("smp_owner", "account", "smp_Owner"),
    ],
    object_type_code=10900,
    keys=(("smp_room", "smp_number"), ("smp_owner", "smp_number")),
)
KEY = "smp_seats(smp_room='East ''Wing''',smp_number=7)"
OWNED = f"smp_seats(_smp_owner_value={ACCOUNT},smp_number=8)"


@pytest.fixture
def local() -> LocalEnvironment:
    return LocalEnvironment(catalog=Catalog((*CATALOG.tables, SEAT), CATALOG.internal))


def test_upsert_creates_with_the_key_and_then_changes(local: LocalEnvironment) -> None:
    local.expect(204, "PATCH", KEY, {"smp_free": True})
    local.expect(204, "PATCH", KEY, {"smp_free": False})
    (row,) = local.get("smp_seats?$select=smp_room,smp_number,smp_free")["value"]
    assert (row["smp_room"], row["smp_number"], row["smp_free"]) == ("East 'Wing'", 7, False)


@pytest.mark.parametrize(
    "path",
    [
        "smp_seats(smp_number=7,smp_room='EAST ''wing''')",
        "smp_seats(smp_room=@room,smp_number=@n)?@room='East ''Wing'''&@n=7",
        "smp_seats(smp_room=%27East%20%27%27Wing%27%27%27,smp_number=7)",
    ],
)
def test_row_is_read_by_its_key(local: LocalEnvironment, path: str) -> None:
    local.expect(204, "PATCH", KEY, {"smp_free": True})
    assert local.get(path)["smp_free"] is True


def test_lookup_is_part_of_a_key(local: LocalEnvironment) -> None:
    for room in ("North", "South"):
        local.expect(204, "PATCH", OWNED, {"smp_room": room})
    row = local.get(OWNED)
    assert (row["smp_room"], row["_smp_owner_value"]) == ("South", ACCOUNT)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("smp_seats(smp_room='x',smp_number=1)", 404, "0x80060891"),
        ("smp_seats(smp_room='x')", 400, "0x80060888"),
        ("smp_seats(smp_room='x',smp_free=true)", 400, "0x80060888"),
        ("smp_seats(smp_room='x',smp_number=one)", 400, "0x80041108"),
        ("smp_seats()", 400, "0x80060888"),
    ],
)
def test_key_that_addresses_nothing_is_refused(
    local: LocalEnvironment, path: str, status: int, code: str
) -> None:
    assert local.refusal(status, "GET", path)[0] == code


def test_keys_are_described(local: LocalEnvironment) -> None:
    found = local.get("EntityDefinitions(LogicalName='smp_seat')/Keys?$select=KeyAttributes")
    keys = [key["KeyAttributes"] for key in found["value"]]
    assert keys == [["smp_room", "smp_number"], ["smp_owner", "smp_number"]]

"""The emulator's own interface: snapshots, applications, and what its routes rest on."""

import json

import pytest

from d365pop.emulator.fidelity import assumptions, markdown
from d365pop.emulator.store import Selection
from d365pop.emulator.tables import CATALOG
from tests.unit.emulator.harness import LocalEnvironment

CLIENT = "00000000-0000-0000-0000-0000000000aa"


def post(local: LocalEnvironment, path: str, body: object, **headers: str) -> int:
    return local.send("POST", f"/_emulator/{path}", json.dumps(body).encode(), **headers).status


def test_snapshot_is_brought_back_as_often_as_wanted(local: LocalEnvironment) -> None:
    kept = local.create("accounts", {"name": "Kept"})
    assert post(local, "snapshot", {"name": "one"}) == 204
    for _ in range(2):
        local.expect(204, "DELETE", f"accounts({kept})")
        lost = local.create("accounts", {"name": "Lost"})
        assert post(local, "restore", {"name": "one"}) == 204
        assert local.get(f"accounts({kept})")["name"] == "Kept"
        local.refusal(404, "GET", f"accounts({lost})")


def test_no_etag_fits_twice_after_a_restore(local: LocalEnvironment) -> None:
    account = local.create("accounts", {"name": "A"})
    post(local, "snapshot", {"name": "one"})
    local.expect(204, "PATCH", f"accounts({account})", {"name": "B"})
    tag = local.get(f"accounts({account})")["@odata.etag"]
    post(local, "restore", {"name": "one"})
    local.expect(204, "PATCH", f"accounts({account})", {"name": "C"})
    local.refusal(412, "PATCH", f"accounts({account})", {"name": "D"}, if_match=tag)


def test_unknown_snapshot_is_not_found(local: LocalEnvironment) -> None:
    assert post(local, "restore", {"name": "none"}) == 404


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("applications", {"client_id": 7}, "'client_id' is no text"),
        ("applications", {"client_id": "seven"}, "'client_id' is no GUID"),
        ("applications", {"secret": "s"}, "'client_id' is no GUID"),
        ("applications", {"client_id": CLIENT, "secret": None}, "'secret' is no text"),
        ("applications", {"client_id": CLIENT, "password": "s"}, "'password' is none of"),
        ("applications", {"client_id": CLIENT, "certificate": "x"}, "'certificate' is no PEM"),
        ("applications", [], "An object was expected"),
        ("snapshot", {"name": 1}, "is a text"),
        ("restore", {"name": ""}, "is a text"),
    ],
)
def test_body_that_does_not_fit_changes_nothing(
    local: LocalEnvironment, path: str, body: object, told: str
) -> None:
    applications = local.environment.table("d365pop_application")
    before = local.environment.store.select(applications, Selection())
    answer = local.send("POST", f"/_emulator/{path}", json.dumps(body).encode())
    assert (answer.status, told in answer.body.decode()) == (400, True), answer.body
    assert local.environment.store.select(applications, Selection()) == before


def test_page_names_the_methods_that_it_takes(local: LocalEnvironment) -> None:
    answer = local.send("GET", "/_emulator/reset")
    assert (answer.status, b"takes POST" in answer.body) == (404, True)
    for absent in ("/_emulator/nope", "/_emulator/", "/_emulator"):
        answer = local.send("GET", absent)
        assert (answer.status, b"there are applications, assumed," in answer.body) == (404, True)


@pytest.mark.parametrize("path", ["reset", "faults", "snapshot", "restore", "applications"])
def test_another_origin_steers_nothing(local: LocalEnvironment, path: str) -> None:
    assert post(local, path, {"kind": "delay"}, origin="https://elsewhere.example") == 403
    assert local.send("GET", "/_emulator/faults").json() == []


def test_internal_tables_are_no_routes(local: LocalEnvironment) -> None:
    for table in CATALOG.internal:
        local.refusal(404, "GET", table.entity_set_name)
        assert table.entity_set_name not in markdown()


def test_assumptions_are_found_in_the_source(local: LocalEnvironment) -> None:
    found = assumptions()
    assert any(item.place.startswith("operations/exporting.py:") for item in found)
    assert all(item.text for item in found)
    listed = local.send("GET", "/_emulator/assumed").json()
    assert isinstance(listed, list)
    assert len(listed) >= len(found)

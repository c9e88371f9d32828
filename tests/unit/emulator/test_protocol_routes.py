"""Routes beside rows: ``$metadata``, many rows at once, questions of other origins' pages."""

from xml.etree import ElementTree as ET

import pytest

from d365pop.emulator.bound import BOUND
from d365pop.emulator.metadata import CRM
from d365pop.emulator.multiple import OPERATIONS as MULTIPLE
from d365pop.emulator.operations import OPERATIONS
from tests.unit.emulator.harness import API, BASE, LocalEnvironment

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
ORIGIN = "https://pages.example"


def target(**values: object) -> dict[str, object]:
    """Return a row for a request about many."""
    return {"@odata.type": "Microsoft.Dynamics.CRM.account", **values}


def test_metadata_describes_every_set_that_is_served(local: LocalEnvironment) -> None:
    response = local.call("GET", "$metadata", accept="application/xml")
    assert (response.status, response.header("Content-Type")) == (200, "application/xml")
    root = ET.fromstring(response.body)
    sets = {entity_set.get("Name") for entity_set in root.iter(f"{EDM}EntitySet")}
    assert sets == {item["name"] for item in local.get("")["value"]}
    contact = root.find(f".//{EDM}EntityType[@Name='contact']")
    assert contact is not None
    kinds = {found.get("Name"): found.get("Type") for found in contact}
    assert kinds["contactid"] == "Edm.Guid"
    assert kinds["_parentcustomerid_value"] == "Edm.Guid"
    assert kinds["parentcustomerid_account"] == "mscrm.account"
    assert kinds["Contact_Phonecalls"] == "Collection(mscrm.phonecall)"


def metadata(local: LocalEnvironment) -> ET.Element:
    return ET.fromstring(local.call("GET", "$metadata").body)


def test_navigation_properties_name_their_other_side(local: LocalEnvironment) -> None:
    root = metadata(local)
    found = {
        (table.get("Name"), item.get("Name")): item
        for table in root.iter(f"{EDM}EntityType")
        for item in table.iter(f"{EDM}NavigationProperty")
    }
    single = found["contact", "parentcustomerid_account"]
    assert single.attrib == {
        "Name": "parentcustomerid_account",
        "Type": "mscrm.account",
        "Nullable": "false",
        "Partner": "contact_customer_accounts",
    }
    assert [item.attrib for item in single] == [
        {"Property": "_parentcustomerid_value", "ReferencedProperty": "accountid"}
    ]
    for (table, name), item in found.items():
        partner = item.get("Partner")
        other = str(item.get("Type")).removesuffix(")").rpartition(".")[2]
        if partner is not None:
            assert str(found[other, partner].get("Type")).removesuffix(")") in {
                *(f"mscrm.{table}", f"Collection(mscrm.{table}")
            }, (table, name)
    sets = {item.get("Name"): item for item in root.iter(f"{EDM}EntitySet")}
    targets = {item.get("Path"): item.get("Target") for item in sets["contacts"]}
    assert targets["parentcustomerid_account"] == "accounts"
    assert set(targets) == {name for table, name in found if table == "contact"}
    assert {item.get("Target") for entity_set in sets.values() for item in entity_set} <= set(sets)


def test_metadata_describes_actions_and_functions(local: LocalEnvironment) -> None:
    root = metadata(local)
    imports = {
        item.get("Name"): item.tag.removeprefix(EDM)
        for kind in ("Action", "Function")
        for item in root.iter(f"{EDM}{kind}Import")
    }
    assert imports == {
        name: "FunctionImport" if operation.is_function else "ActionImport"
        for name, operation in OPERATIONS.items()
    }
    declared = [*root.iter(f"{EDM}Action"), *root.iter(f"{EDM}Function")]
    unbound = {item.get("Name"): item for item in declared if item.get("IsBound") is None}
    assert {
        name: {parameter.get("Name") for parameter in item.iter(f"{EDM}Parameter")}
        for name, item in unbound.items()
    } == {name: operation.parameters for name, operation in OPERATIONS.items()}
    bound = {item.get("Name") for item in declared} - unbound.keys()
    unpublished = {"RetrieveUnpublished", "RetrieveUnpublishedMultiple"}
    assert {f"{CRM}{name}" for name in bound - unpublished} == {
        *(name for _, name in BOUND),
        *MULTIPLE,
    }
    answer = root.find(f".//{EDM}ComplexType[@Name='WhoAmIResponse']")
    assert answer is not None
    told = local.get("WhoAmI()")
    assert {item.get("Name") for item in answer} == told.keys() - {"@odata.context"}


def test_every_type_that_metadata_names_is_declared(local: LocalEnvironment) -> None:
    root = metadata(local)
    declared = {
        item.get("Name")
        for kind in ("EntityType", "ComplexType", "EnumType")
        for item in root.iter(f"{EDM}{kind}")
    }
    named = {
        str(item.get("Type")).removeprefix("Collection(").removesuffix(")")
        for item in root.iter()
        if item.get("Type")
    }
    own = {name for name in named if not name.startswith("Edm.")}
    assert {name.rpartition(".")[2] for name in own} <= declared


def test_metadata_is_refused_as_json(local: LocalEnvironment) -> None:
    code, _ = local.refusal(415, "GET", "$metadata", accept="application/json")
    assert code == "0x80060888"


def test_many_rows_are_created_and_changed_at_once(local: LocalEnvironment) -> None:
    path = "accounts/Microsoft.Dynamics.CRM."
    body = {"Targets": [target(name="Many 1"), target(name="Many 2")]}
    ids = local.expect(200, "POST", f"{path}CreateMultiple", body)["Ids"]
    changes = [target(accountid=row_id, fax="1") for row_id in ids]
    local.expect(204, "POST", f"{path}UpdateMultiple", {"Targets": changes})
    assert local.filtered("accounts", "name", "fax eq '1'") == ["Many 1", "Many 2"]


@pytest.mark.parametrize(
    "targets",
    [
        None,
        [],
        ["x"],
        [{"name": "Many"}],
        [target(name="Many"), target(nonsense=1)],
        [target(name="Many")] * 1001,
    ],
    ids=["none", "empty", "text", "untyped", "second-is-wrong", "too-many"],
)
def test_many_rows_are_created_all_or_not_at_all(
    local: LocalEnvironment, targets: list[object] | None
) -> None:
    body = {"Targets": targets}
    local.refusal(400, "POST", "accounts/Microsoft.Dynamics.CRM.CreateMultiple", body)
    assert local.filtered("accounts", "name", "startswith(name,'Many')") == []


def test_change_of_many_rows_needs_their_ids(local: LocalEnvironment) -> None:
    body = {"Targets": [target(name="Many")]}
    path = "accounts/Microsoft.Dynamics.CRM.UpdateMultiple"
    _, message = local.refusal(400, "POST", path, body)
    assert "'accountid'" in message


VARIABLES = "environmentvariabledefinitions"
UPSERT = f"{VARIABLES}/Microsoft.Dynamics.CRM.UpsertMultiple"


def variable(name: str, **address: str) -> dict[str, object]:
    """Return a target of an upsert; its address names the annotation's words by underscores."""
    marked = {key.replace("odata_", "@odata."): value for key, value in address.items()}
    kind = {"@odata.type": "Microsoft.Dynamics.CRM.environmentvariabledefinition"}
    return kind | {"displayname": name, "type": 100000000} | marked


def test_many_rows_are_changed_where_they_are_and_created_where_not(
    local: LocalEnvironment,
) -> None:
    known = local.create(
        VARIABLES, {"schemaname": "new_A", "displayname": "Old", "type": 100000000}
    )
    own = "11111111-1111-4111-8111-111111111111"
    targets = [
        variable("A", odata_id=f"{VARIABLES}(schemaname='new_A')"),
        variable("B", odata_id=f"/api/data/v9.2/{VARIABLES}(schemaname='new_B')"),
        variable("C", schemaname="new_C", environmentvariabledefinitionid=own),
        variable("D", odata_id=f"{BASE}/api/data/v9.0/{VARIABLES}(schemaname='new_D')"),
    ]
    for _ in range(2):
        assert local.expect(204, "POST", UPSERT, {"Targets": targets}) is None
    names = [
        (row["schemaname"], row["displayname"])
        for row in local.get(f"{VARIABLES}?$filter=startswith(schemaname,'new_')")["value"]
    ]
    assert sorted(names) == [("new_A", "A"), ("new_B", "B"), ("new_C", "C"), ("new_D", "D")]
    assert local.get(f"{VARIABLES}({known})")["displayname"] == "A"
    assert local.get(f"{VARIABLES}({own})")["displayname"] == "C"


@pytest.mark.parametrize(
    "second",
    [
        variable("B"),
        variable("B", odata_id="accounts(name='x')"),
        variable("B", odata_id=f"{VARIABLES}(displayname='x')"),
        variable("B", odata_id=VARIABLES),
        variable("B", odata_id=f"{VARIABLES}(schemaname='new_B')", nonsense="x"),
    ],
    ids=["no-address", "other-set", "no-key", "all-rows", "no-column"],
)
def test_many_rows_are_upserted_all_or_not_at_all(
    local: LocalEnvironment, second: dict[str, object]
) -> None:
    first = variable("A", odata_id=f"{VARIABLES}(schemaname='new_A')")
    local.refusal(400, "POST", UPSERT, {"Targets": [first, second]})
    assert local.filtered(VARIABLES, "schemaname", "startswith(schemaname,'new_')") == []


def test_browser_may_ask_before_it_calls_from_another_origin(local: LocalEnvironment) -> None:
    response = local.send(
        "OPTIONS",
        f"{API}accounts",
        origin=ORIGIN,
        access_control_request_method="PATCH",
        access_control_request_headers="authorization,if-match",
    )
    assert response.status == 200
    assert response.header("Access-Control-Allow-Origin") == ORIGIN
    assert response.header("Access-Control-Allow-Headers") == "authorization,if-match"
    assert "PATCH" in response.header("Access-Control-Allow-Methods").split(",")


def test_answer_to_another_origin_lets_no_cookie_travel(local: LocalEnvironment) -> None:
    response = local.call("GET", "WhoAmI", origin=ORIGIN)
    assert response.header("Access-Control-Allow-Origin") == ORIGIN
    assert not response.header("Access-Control-Allow-Credentials")
    assert not local.call("GET", "WhoAmI").header("Access-Control-Allow-Origin")

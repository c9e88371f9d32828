"""Writes of rows: create, change, delete, versions, nested rows, and what is refused."""

import json

import pytest

from tests.unit.emulator.harness import API, BASE, LocalEnvironment

LARKSPUR = "d3650000-0000-4000-8000-000100000001"
MARTA = "d3650000-0000-4000-8000-000200000001"
AGENT = "d3650000-0000-4000-8000-000000000031"
ABSENT = "d3650000-0000-4000-8000-999999999999"


def test_created_row_is_addressed_by_its_header(local: LocalEnvironment) -> None:
    response = local.call("POST", "accounts", {"name": "Pinecone"})
    address = response.header("OData-EntityId")
    assert (response.status, response.body) == (204, b"")
    assert address.startswith(f"{BASE}{API}accounts(")
    assert local.get(address.removeprefix(BASE + API))["name"] == "Pinecone"


def test_representation_is_returned_when_preferred(local: LocalEnvironment) -> None:
    prefer = "return=representation"
    response = local.call("POST", "accounts?$select=name", {"name": "P"}, prefer=prefer)
    assert (response.status, response.header("OData-EntityId")) == (201, "")
    assert set(json.loads(response.body)) == {
        *("@odata.context", "@odata.etag", "name", "accountid"),
    }


def test_new_row_is_tied_to_rows_that_there_are(local: LocalEnvironment) -> None:
    both = [f"/contacts({MARTA})", local.call("POST", "contacts", {}).header("OData-EntityId")]
    bound: dict[str, object] = {"contact_customer_accounts@odata.bind": both}
    account = local.create("accounts", {"name": "Pinecone", **bound})
    assert local.get(f"accounts({account})/contact_customer_accounts/$count") == 2
    role = local.create(
        "roles", {"name": "R", "systemuserroles_association@odata.bind": [f"systemusers({AGENT})"]}
    )
    (user,) = local.get(f"roles({role})/systemuserroles_association")["value"]
    assert user["systemuserid"] == AGENT


@pytest.mark.parametrize(
    ("bound", "status", "code"),
    [
        (f"accounts({LARKSPUR})", 400, "0x80048d19"),
        (f"contacts({ABSENT})", 404, "0x80040217"),
        ("nonsense", 400, "0x80048d19"),
    ],
)
def test_row_is_not_tied_to_what_does_not_fit(
    local: LocalEnvironment, bound: str, status: int, code: str
) -> None:
    body = {"name": "Pinecone", "contact_customer_accounts@odata.bind": [bound]}
    assert local.refusal(status, "POST", "accounts", body)[0] == code
    assert local.filtered("accounts", "name", "name eq 'Pinecone'") == []


def test_row_is_tied_to_many_on_create_alone(local: LocalEnvironment) -> None:
    body = {"contact_customer_accounts@odata.bind": [f"contacts({MARTA})"]}
    local.refusal(400, "PATCH", f"accounts({LARKSPUR})", body)


def test_representation_brings_what_is_related(local: LocalEnvironment) -> None:
    shape = "$select=name&$expand=primarycontactid($select=lastname)"
    prefer = "return=representation"
    body: dict[str, object] = {"name": "Pinecone", "primarycontactid": {"lastname": "Deep"}}
    made = local.expect(201, "POST", f"accounts?{shape}", body, prefer=prefer)
    path = f"accounts({made['accountid']})?{shape}"
    changed = local.expect(200, "PATCH", path, {"fax": "1"}, prefer=prefer)
    for row in (made, changed):
        assert (row["name"], row["primarycontactid"]["lastname"]) == ("Pinecone", "Deep")


@pytest.mark.parametrize("shape", ["$select=nope", "$expand=nope"])
def test_refused_representation_leaves_nothing_written(local: LocalEnvironment, shape: str) -> None:
    before = local.get("accounts/$count")
    prefer = "return=representation"
    local.refusal(400, "POST", f"accounts?{shape}", {"name": "P"}, prefer=prefer)
    local.refusal(400, "PATCH", f"accounts({ABSENT})?{shape}", {"name": "P"}, prefer=prefer)
    local.refusal(400, "PATCH", f"accounts({LARKSPUR})?{shape}", {"name": "P"}, prefer=prefer)
    assert local.get("accounts/$count") == before
    assert local.get(f"accounts({LARKSPUR})?$select=name")["name"] == "Larkspur Outfitters"


def test_new_row_carries_owner_and_time(local: LocalEnvironment) -> None:
    row_id = local.create("contacts", {"firstname": "Ada", "lastname": "Quill"})
    row = local.get(f"contacts({row_id})")
    assert (row["fullname"], row["createdon"]) == ("Ada Quill", "2026-05-04T12:00:00Z")
    assert row["_ownerid_value"] == row["_createdby_value"]
    assert row["statecode"] == 0


def test_change_keeps_the_other_columns_and_raises_the_version(local: LocalEnvironment) -> None:
    before = local.get(f"accounts({LARKSPUR})")
    local.expect(204, "PATCH", f"accounts({LARKSPUR})", {"telephone1": "555-0111"}, if_match="*")
    after = local.get(f"accounts({LARKSPUR})")
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"telephone1", "versionnumber", "@odata.etag", "modifiedon"} & changed
    assert after["versionnumber"] > before["versionnumber"]


def test_name_follows_its_parts(local: LocalEnvironment) -> None:
    local.expect(204, "PATCH", f"contacts({MARTA})", {"lastname": "Berg"})
    assert local.get(f"contacts({MARTA})")["fullname"] == "Marta Berg"


def test_phone_call_brings_its_parties(local: LocalEnvironment) -> None:
    body = {
        "subject": "Call",
        "phonenumber": "206-555-0103",
        "directioncode": False,
        "regardingobjectid_contact_phonecall@odata.bind": f"/contacts({MARTA})",
        "phonecall_activity_parties": [
            {"partyid_systemuser@odata.bind": f"/systemusers({AGENT})", "participationtypemask": 2},
            {"partyid_contact@odata.bind": f"/contacts({MARTA})", "participationtypemask": 1},
        ],
    }
    row_id = local.create("phonecalls", body)
    row = local.get(f"phonecalls({row_id})?$expand=phonecall_activity_parties")
    parties = {
        party["participationtypemask"]: party["_partyid_value"]
        for party in row["phonecall_activity_parties"]
    }
    assert parties == {1: MARTA, 2: AGENT}
    assert (row["_regardingobjectid_value"], row["directioncode"]) == (MARTA, False)


def test_row_behind_a_lookup_is_created_with_it(local: LocalEnvironment) -> None:
    contact = {"lastname": "Deep", "Contact_Phonecalls": [{"subject": "Deeper"}]}
    row_id = local.create("accounts", {"name": "Shallow", "primarycontactid": contact})
    row = local.get(f"accounts({row_id})?$expand=primarycontactid($select=fullname)")
    assert row["primarycontactid"]["fullname"] == "Deep"
    calls = f"contacts({row['_primarycontactid_value']})/Contact_Phonecalls"
    assert [call["subject"] for call in local.get(calls)["value"]] == ["Deeper"]


def test_failed_row_behind_a_lookup_leaves_nothing_behind(local: LocalEnvironment) -> None:
    before = [local.get(f"{name}/$count") for name in ("accounts", "contacts")]
    for body in ({"lastname": "D", "nope": 1}, {"lastname": "D"}):
        extra: dict[str, object] = (
            {} if "nope" in body else {"contact_customer_accounts": [{"n": 1}]}
        )
        local.refusal(400, "POST", "accounts", {"name": "S", "primarycontactid": body, **extra})
    assert [local.get(f"{name}/$count") for name in ("accounts", "contacts")] == before


def test_row_is_bound_by_its_alternate_key(local: LocalEnvironment) -> None:
    definition = {"schemaname": "new_Bound", "displayname": "B", "type": 100000000}
    definition_id = local.create("environmentvariabledefinitions", definition)
    key, bind = (
        "/environmentvariabledefinitions(schemaname='{}')",
        "EnvironmentVariableDefinitionId",
    )
    body = {"value": "1", f"{bind}@odata.bind": key.format("new_Bound")}
    value_id = local.create("environmentvariablevalues", body)
    row = local.get(f"environmentvariablevalues({value_id})")
    assert row["_environmentvariabledefinitionid_value"] == definition_id
    absent = {"value": "1", f"{bind}@odata.bind": key.format("new_Absent")}
    code, _ = local.refusal(404, "POST", "environmentvariablevalues", absent)
    assert code == "0x80060891"


def test_failed_nested_row_leaves_nothing_behind(local: LocalEnvironment) -> None:
    parties = [{"partyid_contact@odata.bind": f"/contacts({ABSENT})"}]
    body = {"subject": "Call", "phonecall_activity_parties": parties}
    local.refusal(404, "POST", "phonecalls", body)
    assert local.get("phonecalls/$count") == 0


def test_lookup_is_set_by_full_address(local: LocalEnvironment) -> None:
    address = f"{BASE}{API}contacts({MARTA})"
    body = {"name": "Pinecone", "primarycontactid@odata.bind": address, "revenue": 1.5}
    row = local.get(f"accounts({local.create('accounts', body)})")
    assert (row["_primarycontactid_value"], row["revenue"]) == (MARTA, 1.5)


def test_read_only_columns_and_annotations_in_a_body_change_nothing(
    local: LocalEnvironment,
) -> None:
    body = {"@odata.type": "x", "name@odata.type": "y", "createdon": "1999-01-01", "name": "P"}
    row = local.get(f"accounts({local.create('accounts', body)})")
    assert row["createdon"] == "2026-05-04T12:00:00Z"


def test_nested_rows_are_refused_in_a_change(local: LocalEnvironment) -> None:
    bodies: list[dict[str, object]] = [
        {"contact_customer_accounts": [{}]},
        {"primarycontactid": {}},
    ]
    for body in bodies:
        local.refusal(400, "PATCH", f"accounts({LARKSPUR})", body)


def test_navigation_property_set_to_null_clears_it(local: LocalEnvironment) -> None:
    local.expect(204, "PATCH", f"accounts({LARKSPUR})", {"primarycontactid": None})
    assert local.get(f"accounts({LARKSPUR})")["_primarycontactid_value"] is None


def test_times_are_kept_in_universal_time(local: LocalEnvironment) -> None:
    body = {"subject": "x", "actualstart": "2026-05-04T14:00:00+02:00"}
    row = local.get(f"phonecalls({local.create('phonecalls', body)})")
    assert row["actualstart"] == "2026-05-04T12:00:00Z"
    local.refusal(400, "POST", "phonecalls", body | {"actualstart": "noon"})


def test_lookup_is_cleared_by_null(local: LocalEnvironment) -> None:
    local.expect(204, "PATCH", f"accounts({LARKSPUR})", {"primarycontactid@odata.bind": None})
    assert local.get(f"accounts({LARKSPUR})")["_primarycontactid_value"] is None


def test_patch_creates_what_is_absent_unless_told_otherwise(local: LocalEnvironment) -> None:
    path, body = f"accounts({ABSENT})", {"name": "Late"}
    assert local.refusal(404, "PATCH", path, body, if_match="*")[0] == "0x80040217"
    local.expect(204, "PATCH", path, body)
    assert local.get(path)["name"] == "Late"


def test_patch_changes_nothing_when_only_creation_is_allowed(local: LocalEnvironment) -> None:
    path = f"accounts({LARKSPUR})"
    assert local.refusal(412, "PATCH", path, {"name": "X"}, if_none_match="*")[0] == "0x80040237"
    assert local.get(path)["name"] == "Larkspur Outfitters"


def test_old_version_is_refused_and_the_present_one_taken(local: LocalEnvironment) -> None:
    path = f"accounts({LARKSPUR})"
    etag = local.get(path)["@odata.etag"]
    code, _ = local.refusal(412, "PATCH", path, {"name": "X"}, if_match='W/"1"')
    assert code == "0x80060882"
    local.expect(204, "PATCH", path, {"name": "Y"}, if_match=etag)
    assert local.refusal(412, "DELETE", path, if_match=etag)[0] == "0x80060882"


def test_deleted_row_is_gone(local: LocalEnvironment) -> None:
    local.expect(204, "DELETE", f"accounts({LARKSPUR})")
    assert local.refusal(404, "GET", f"accounts({LARKSPUR})")[0] == "0x80040217"
    assert local.refusal(404, "DELETE", f"accounts({LARKSPUR})")[0] == "0x80040217"


def test_single_property_is_written_and_cleared(local: LocalEnvironment) -> None:
    path = f"accounts({LARKSPUR})/description"
    local.expect(204, "PUT", path, {"value": "Tents"})
    assert local.get(path)["value"] == "Tents"
    local.expect(204, "DELETE", path)
    assert local.call("GET", path).status == 204


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [("name", "Täfel", "Täfel"), ("revenue", 1.5, "1.5"), ("donotphone", True, "true")],
)
def test_single_property_is_read_as_bare_text(
    local: LocalEnvironment, name: str, value: object, text: str
) -> None:
    path = f"accounts({LARKSPUR})"
    local.expect(204, "PATCH", path, {name: value})
    found = local.call("GET", f"{path}/{name}/$value")
    assert (found.status, found.body.decode()) == (200, text)
    assert found.header("Content-Type").startswith("text/plain")
    local.expect(204, "PATCH", path, {"fax": None})
    assert local.call("GET", f"{path}/fax/$value").status == 204
    local.refusal(405, "PUT", f"{path}/{name}/$value", {"value": value})


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"nope": 1}, "0x80048d19", "Invalid property 'nope' was found in entity"),
        ({"nope@odata.bind": "/contacts(1)"}, "0x80048d19", "undeclared property 'nope'"),
        ({"_primarycontactid_value": MARTA}, "0x80048d19", "Use Navigation properties instead"),
        ({"name": 5}, "0x80048d19", "expected type 'Edm.String'"),
        ({"numberofemployees": "many"}, "0x80048d19", "expected type 'Edm.Int32'"),
        ({"numberofemployees": True}, "0x80048d19", "expected type 'Edm.Int32'"),
        ({"numberofemployees": 1 << 40}, "0x80048d19", "expected type 'Edm.Int32'"),
        ({"donotphone": "yes"}, "0x80048d19", "expected type 'Edm.Boolean'"),
        ({"name": "x" * 161}, "0x80044331", "maximum allowed length of '160'"),
        ({"primarycontactid@odata.bind": f"/accounts({LARKSPUR})"}, "0x80048d19", "no reference"),
        ({"primarycontactid@odata.bind": "contacts"}, "0x80048d19", "does not address one row"),
        ({"contact_customer_accounts": {}}, "0x80048d19", "must be an array"),
        ({"contact_customer_accounts": [1]}, "0x80048d19", "must hold rows only"),
        ({"name": "\ud800"}, "0x80048d19", "expected type 'Edm.String'"),
        ({"revenue": 10**400}, "0x80048d19", "expected type 'Edm.Double'"),
        ({"revenue": float("nan")}, "0x80048d19", "expected type 'Edm.Double'"),
        ({"revenue": "much"}, "0x80048d19", "expected type 'Edm.Double'"),
        ({"accountid": "one"}, "0x80048d19", "expected type 'Edm.Guid'"),
        ({"primarycontactid@odata.bind": f"/nopes({MARTA})"}, "0x80048d19", "segment 'nopes'"),
    ],
)
def test_body_that_does_not_fit_is_refused(
    local: LocalEnvironment, body: dict[str, object], code: str, message: str
) -> None:
    refused, text = local.refusal(400, "POST", "accounts", body)
    assert (refused, message in text) == (code, True), text


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'{"a":' + b"[" * 100_000])
def test_body_that_is_no_object_is_refused(local: LocalEnvironment, body: bytes) -> None:
    response = local.send("POST", f"{API}accounts", body, authorization=f"Bearer {local.token}")
    assert response.status == 400


def test_id_that_exists_is_refused(local: LocalEnvironment) -> None:
    code, _ = local.refusal(412, "POST", "accounts", {"accountid": LARKSPUR, "name": "Twice"})
    assert code == "0x80040237"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "importjobs"), ("PUT", "accounts"), ("POST", "WhoAmI"), ("GET", "PublishXml")],
)
def test_method_that_a_resource_lacks_is_refused(
    local: LocalEnvironment, method: str, path: str
) -> None:
    local.refusal(405, method, path, {})


def test_upsert_by_alternate_key_creates_unless_if_match_forbids(local: LocalEnvironment) -> None:
    path = "environmentvariabledefinitions(schemaname='new_Upsert')"
    body = {"displayname": "Upsert", "type": 100000000}
    local.refusal(404, "PATCH", path, body, if_match="*")
    local.refusal(404, "GET", path)
    local.refusal(404, "DELETE", path)
    local.expect(204, "PATCH", path, body)
    local.expect(204, "PATCH", path, {"displayname": "Changed"})
    assert local.get(path)["displayname"] == "Changed"


@pytest.mark.parametrize("body", [{}, {"name": "New"}])
def test_property_keeps_its_value_where_none_is_put(
    local: LocalEnvironment, body: dict[str, object]
) -> None:
    local.refusal(400, "PUT", f"accounts({LARKSPUR})/name", body)
    assert local.get(f"accounts({LARKSPUR})/name")["value"] == "Larkspur Outfitters"
    local.expect(204, "PUT", f"accounts({LARKSPUR})/name", {"value": None})
    assert local.call("GET", f"accounts({LARKSPUR})/name").status == 204

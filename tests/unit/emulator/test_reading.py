"""Reads of rows: select, expand, order, paging, annotations, and what is refused."""

import json
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from d365pop.emulator import seed
from tests.unit.emulator.harness import API, BASE, LocalEnvironment

LARKSPUR = "d3650000-0000-4000-8000-000100000001"
DEEP = "createdby($expand=" * 600 + "createdby" + ")" * 600
SHARED_ENVIRONMENT = LocalEnvironment()
"""For properties that only read."""


def test_row_tells_its_version_in_its_header_too(local: LocalEnvironment) -> None:
    response = local.call("GET", f"accounts({LARKSPUR})?$select=name")
    assert response.header("ETag") == json.loads(response.body)["@odata.etag"]
    assert local.call("GET", "accounts?$select=name").header("ETag") == ""


def test_row_shows_only_what_was_selected_and_its_id(local: LocalEnvironment) -> None:
    answer = local.get(f"accounts({LARKSPUR})?$select=name")
    etag = answer.pop("@odata.etag")
    assert answer == {
        "@odata.context": f"{BASE}{API}$metadata#accounts(name)/$entity",
        "name": "Larkspur Outfitters",
        "accountid": LARKSPUR,
    }
    assert etag.startswith('W/"')
    assert etag[3:-1].isdigit()


@pytest.mark.parametrize(
    "query",
    [
        "$select=name,telephone1&$filter=name eq 'Oxbow Robotics'",
        "%24select=name%2Ctelephone1&%24filter=name+eq+%27Oxbow+Robotics%27",
        "$select=name,%20telephone1&$filter=name%20eq%20'Oxbow%20Robotics'",
    ],
)
def test_query_is_understood_however_it_is_encoded(local: LocalEnvironment, query: str) -> None:
    (row,) = local.get(f"accounts?{query}")["value"]
    assert row["telephone1"] == "001 415 555 0117"


def test_lookup_is_expanded_with_its_columns(local: LocalEnvironment) -> None:
    path = "solutions?$select=uniquename&$filter=uniquename eq 'Default'"
    (row,) = local.get(f"{path}&$expand=publisherid($select=customizationprefix)")["value"]
    expanded = row["publisherid"]
    assert expanded["customizationprefix"] == "new"
    assert set(expanded) == {"@odata.etag", "customizationprefix", "publisherid"}


def test_polymorphic_lookup_expands_only_to_its_own_table(local: LocalEnvironment) -> None:
    expand = "$expand=parentcustomerid_account($select=name),parentcustomerid_contact"
    path = f"contacts?$filter=firstname eq 'Marta'&{expand}"
    (row,) = local.get(path)["value"]
    assert row["parentcustomerid_account"]["name"] == "Larkspur Outfitters"
    assert row["parentcustomerid_contact"] is None


def test_collection_is_expanded_with_its_own_options(local: LocalEnvironment) -> None:
    inner = "$select=fullname;$filter=startswith(fullname,'W');$orderby=fullname;$top=1"
    answer = local.get(f"accounts({LARKSPUR})?$expand=contact_customer_accounts({inner})")
    names = [row["fullname"] for row in answer["contact_customer_accounts"]]
    assert names == ["Wren Abernathy"]


def test_expanded_collection_tells_where_it_is_read_by_itself(local: LocalEnvironment) -> None:
    name = "contact_customer_accounts"
    path = f"accounts?$filter=accountid eq {LARKSPUR}&$select=name"
    inner = "$select=fullname;$filter=contains(fullname,'a b') or lastname ne null"
    page = local.get(f"{path}&$expand={name}({inner})", prefer="odata.maxpagesize=1")
    (row,) = page["value"]
    assert len(row[name]) == 2
    assert {held["_parentcustomerid_value"] for held in row[name]} == {LARKSPUR}
    link = row[f"{name}@odata.nextLink"]
    assert link.startswith(f"{BASE}{API}accounts({LARKSPUR})/{name}?$select=fullname&$filter=")
    alone = local.get(link.removeprefix(BASE + API))["value"]
    assert [held["fullname"] for held in alone] == [held["fullname"] for held in row[name]]


def test_row_alone_has_what_it_expands_without_an_address(local: LocalEnvironment) -> None:
    name = "contact_customer_accounts"
    path = f"accounts({LARKSPUR})?$select=name&$expand={name}($select=fullname)"
    row = local.get(path, prefer="odata.maxpagesize=1")
    assert set(row) == {"@odata.context", "@odata.etag", "name", "accountid", name}
    assert [set(held) for held in row[name]] == [{"@odata.etag", "fullname", "contactid"}] * 2


def test_beside_a_nested_expand_collections_come_in_pages(local: LocalEnvironment) -> None:
    name, prefer = "contact_customer_accounts", "odata.maxpagesize=1"
    inner = "$select=fullname;$expand=createdby($select=fullname)"
    path = f"accounts?$filter=accountid eq {LARKSPUR}&$select=name&$expand={name}({inner})"
    answer = local.get(path, prefer=prefer)
    shape = f"name,{name}(fullname,createdby(fullname))"
    assert answer["@odata.context"] == f"{BASE}{API}$metadata#accounts({shape})"
    (row,) = answer["value"]
    found = [held["fullname"] for held in row[name]]
    link = row[f"{name}@odata.nextLink"]
    while link:
        assert len(found) < 3
        page = local.get(link.removeprefix(BASE + API), prefer=prefer)
        found += [row["fullname"] for row in page["value"]]
        link = page.get("@odata.nextLink")
    assert found == ["Marta Lindqvist", "Wren Abernathy"]


def test_collection_behind_a_nested_expand_comes_in_pages_too(local: LocalEnvironment) -> None:
    name = "contact_customer_accounts"
    inner = f"$expand=parentcustomerid_account($select=name;$expand={name}($select=fullname))"
    path = f"contacts?$filter=lastname eq 'Lindqvist'&$select=fullname&{inner}"
    (row,) = local.get(path, prefer="odata.maxpagesize=1")["value"]
    account = row["parentcustomerid_account"]
    assert [held["fullname"] for held in account[name]] == ["Marta Lindqvist"]
    link = account[f"{name}@odata.nextLink"].removeprefix(BASE + API)
    (second,) = local.get(link, prefer="odata.maxpagesize=1")["value"]
    assert second["fullname"] == "Wren Abernathy"


def test_address_of_an_expanded_collection_knows_its_aliases(local: LocalEnvironment) -> None:
    name = "contact_customer_accounts"
    path = f"accounts?$filter=accountid eq {LARKSPUR}&@x='Lindqvist'"
    (row,) = local.get(f"{path}&$expand={name}($filter=lastname eq @x)")["value"]
    link = row[f"{name}@odata.nextLink"].removeprefix(BASE + API)
    assert [held["lastname"] for held in local.get(link)["value"]] == ["Lindqvist"]


def test_expanded_reference_is_the_address_of_the_row(local: LocalEnvironment) -> None:
    answer = local.get("accounts?$select=name&$expand=primarycontactid/$ref")
    shape = "name,primarycontactid,primarycontactid/$ref()"
    assert answer["@odata.context"] == f"{BASE}{API}$metadata#accounts({shape})"
    for row in answer["value"]:
        contact = row["_primarycontactid_value"]
        assert row["primarycontactid"] == {"@odata.id": f"{BASE}{API}contacts({contact})"}


def test_page_size_beside_top_leaves_top_unheard(local: LocalEnvironment) -> None:
    page = local.get("accounts?$select=name&$top=1", prefer="odata.maxpagesize=5")
    assert len(page["value"]) == 5
    assert "$skiptoken" in page["@odata.nextLink"]


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("&$expand=primarycontactid($select=fullname)", {}),
        ("", {"prefer": 'odata.include-annotations="*"'}),
    ],
    ids=["expand", "annotations"],
)
def test_row_that_shows_of_other_rows_is_never_unmodified(
    local: LocalEnvironment, query: str, headers: dict[str, str]
) -> None:
    path = f"accounts({LARKSPUR})?$select=name"
    unchanged = {"if_none_match": local.get(path)["@odata.etag"]}
    assert local.call("GET", path, **unchanged).status == 304
    assert local.call("GET", path + query, **unchanged, **headers).status == 200


def test_order_is_applied_in_both_directions(local: LocalEnvironment) -> None:
    names = [row["name"] for row in local.get("accounts?$orderby=name desc&$top=3")["value"]]
    assert names == ["Vireo Analytics", "Tamarind Dental Group", "Quillfeather Logistics"]


@pytest.mark.parametrize("lookup", ["_primarycontactid_value", "primarycontactid"])
def test_lookups_are_ordered_by_the_names_behind_them(local: LocalEnvironment, lookup: str) -> None:
    path = (
        f"accounts?$select=name&$expand=primarycontactid($select=fullname)&$orderby={lookup} desc"
    )
    link, found = path, []
    while link:
        page = local.get(link, prefer="odata.maxpagesize=3")
        found += [row["primarycontactid"]["fullname"] for row in page["value"]]
        link = page.get("@odata.nextLink", "").removeprefix(BASE + API)
    assert len(found) == local.get("accounts/$count")
    assert found == sorted(found, key=str.lower, reverse=True)


def test_pages_follow_one_another_without_gap_or_repetition(local: LocalEnvironment) -> None:
    every = [row["fullname"] for row in local.get("contacts?$orderby=fullname")["value"]]
    path, found = "contacts?$select=fullname&$orderby=fullname&$count=true", []
    for _ in range(3):
        page = local.get(path, prefer="odata.maxpagesize=4")
        assert page["@odata.count"] == len(every)
        found += [row["fullname"] for row in page["value"]]
        link = urlsplit(page.get("@odata.nextLink", ""))
        path = f"{link.path.removeprefix(API)}?{link.query}"
    assert (found, link.path) == (every, "")


def test_page_that_ends_with_the_last_row_has_no_next_link(local: LocalEnvironment) -> None:
    answer = local.get("accounts?$select=name", prefer="odata.maxpagesize=8")
    assert len(answer["value"]) == 8
    assert "@odata.nextLink" not in answer


def test_annotations_name_what_a_lookup_points_to(local: LocalEnvironment) -> None:
    path = "contacts?$select=_parentcustomerid_value&$filter=firstname eq 'Marta'"
    (row,) = local.get(path, prefer='odata.include-annotations="*"')["value"]
    name = "_parentcustomerid_value"
    assert row[f"{name}@Microsoft.Dynamics.CRM.lookuplogicalname"] == "account"
    assert row[f"{name}@OData.Community.Display.V1.FormattedValue"] == "Larkspur Outfitters"


@pytest.mark.parametrize(
    ("path", "count"),
    [("leads", b"6"), (f"accounts({LARKSPUR})/contact_customer_accounts", b"2")],
)
def test_count_of_a_collection_is_text_behind_its_mark(
    local: LocalEnvironment, path: str, count: bytes
) -> None:
    response = local.call("GET", f"{path}/$count")
    assert response.header("Content-Type") == "text/plain"
    assert response.body == b"\xef\xbb\xbf" + count


def test_alternate_key_addresses_a_row(local: LocalEnvironment) -> None:
    answer = local.get("solutions(uniquename='Default')?$select=version")
    assert answer["solutionid"] == seed.DEFAULT_SOLUTION_ID


def test_row_is_addressed_by_its_named_id(local: LocalEnvironment) -> None:
    answer = local.get(f"accounts(accountid={LARKSPUR})?$select=name")
    assert answer["name"] == "Larkspur Outfitters"


def test_service_document_lists_every_entity_set(local: LocalEnvironment) -> None:
    names = {item["name"] for item in local.get("")["value"]}
    assert {"accounts", "webresourceset", "systemforms", "importjobs"} <= names


@pytest.mark.parametrize("path", ["/api/data/v8.0/accounts", "/api/data/", "/api/other"])
def test_other_versions_are_refused(local: LocalEnvironment, path: str) -> None:
    response = local.send("GET", path, authorization=f"Bearer {local.token}")
    assert response.status == 404


@pytest.mark.parametrize("version", ["v9.0", "v9.1", "v9.2"])
def test_version_of_the_request_is_that_of_its_context(
    local: LocalEnvironment, version: str
) -> None:
    signed = f"Bearer {local.token}"
    response = local.send("GET", f"/api/data/{version}/leads?$top=1", authorization=signed)
    answer = response.json()
    assert isinstance(answer, dict)
    assert answer["@odata.context"] == f"{BASE}/api/data/{version}/$metadata#leads"


def test_single_property_is_read(local: LocalEnvironment) -> None:
    assert local.get(f"accounts({LARKSPUR})/name")["value"] == "Larkspur Outfitters"


@pytest.mark.parametrize(
    ("path", "status", "code", "message"),
    [
        ("nope", 404, "0x8006088a", "Resource not found for the segment 'nope'."),
        ("accounts/nope", 404, "0x8006088a", "Resource not found for the segment 'nope'."),
        (f"accounts({LARKSPUR})/nope", 404, "0x8006088a", "segment 'nope'."),
        ("account", 404, "0x8006088a", "segment 'account'."),
        (
            "contacts?$select=nope",
            400,
            "0x80060888",
            "Could not find a property named 'nope' on type 'Microsoft.Dynamics.CRM.contact'.",
        ),
        ("contacts?$expand=nope", 400, "0x80060888", "named 'nope'"),
        ("contacts?$orderby=nope", 400, "0x80060888", "named 'nope'"),
        ("contacts?$orderby=fullname down", 400, "0x80060888", "Syntax error"),
        ("contacts?$top=-1", 400, "0x80060888", "non-negative integer"),
        ("contacts?$top=%C2%B2", 400, "0x80060888", "non-negative integer"),
        ("contacts?$count=maybe", 400, "0x80060888", "$count"),
        ("contacts?$skip=5", 400, "0x80060888", "Skip Clause is not supported in CRM"),
        ("contacts?$selct=fullname", 400, "0x80060888", "$selct is not supported"),
        ("contacts?top=1", 400, "0x80060888", "top is not supported"),
        ("contacts?$top=1&%24top=2", 400, "0x80060888", "more than once"),
        ("contacts?$select=fullname,,lastname", 400, "0x80060888", "empty name"),
        ("contacts?$expand=ownerid($select=fullname", 400, "0x80060888", "unbalanced"),
        ("contacts?$expand=ownerid($top=1)", 400, "0x80060888", "Only $select and $filter"),
        (
            "accounts?$expand=contact_customer_accounts($top=1;$expand=createdby)",
            400,
            "0x80060888",
            "Only $select and $filter",
        ),
        (
            "accounts?$expand=contact_customer_accounts($count=true)",
            400,
            "0x80060888",
            "$count is not supported",
        ),
        (
            "accounts?$expand=contact_customer_accounts/$ref",
            400,
            "0x80060888",
            "only supported on lookup",
        ),
        ("contacts?$expand=ownerid($select=nope)", 400, "0x80060888", "named 'nope'"),
        (f"contacts?$expand={'ownerid,' * 16}", 400, "0x80060888", "15 $expand options"),
        (f"contacts?$expand={DEEP}", 400, "0x80060888", "15 $expand options"),
        ("privileges?$apply=aggregate($count as n)", 501, "0x80040800", "table 'privilege'"),
        (
            "msdyn_solutioncomponentsummaries?$filter=msdyn_componenttype eq 'x'",
            400,
            "0x80060888",
            "incompatible types",
        ),
        ("accounts/$count?$top=1", 400, "0x80060888", "$top is not supported"),
        ("accounts/$count/x", 404, "0x8006088a", "segment 'x'"),
        ("GlobalOptionSetDefinitions", 501, "0x80040800", "exists in Dataverse"),
        ("accounts/Microsoft.Dynamics.CRM.Nope()", 501, "0x80040800", "CRM.Nope"),
        (f"accounts({LARKSPUR})/Microsoft.Dynamics.CRM.Nope()", 501, "0x80040800", "CRM.Nope"),
        ("accounts()", 400, "0x80060888", "does not address one row"),
        ("accounts(nope)", 404, "0x8006088a", "segment 'accounts(nope)'"),
        ("acc ounts", 404, "0x8006088a", "segment 'acc ounts'"),
        ("WhoAmI/x", 404, "0x8006088a", "segment 'x'"),
        ("WhoAmI?$select=UserId", 400, "0x80060888", "$select is not supported"),
        ("WhoAmI(a=1)", 400, "0x80060888", "'a' in the request payload"),
        ("RetrieveSolutionImportResult(ImportJobId=@p)", 400, "0x80060888", "alias '@p'"),
        ("RetrieveSolutionImportResult()", 400, "0x80048d19", "'ImportJobId' is missing"),
        ("searchquery", 501, "0x80040800", "'searchquery'"),
        ("contacts?$skiptoken=x", 400, "0x80040203", "Paging Cookie"),
        (f"accounts({LARKSPUR})?$top=1", 400, "0x80060888", "only on collections"),
        ("contacts?$search=x", 400, "0x80060888", "$search is not supported"),
        ("contacts?$format=json", 400, "0x80060888", "$format is not supported"),
        ("$batch", 405, "0x80060888", "http method 'GET'"),
        ("$metadata/x", 404, "0x8006088a", "'$metadata'"),
        ("solutions(version='1')", 400, "0x80060888", "key 'version' does not exist"),
        ("solutions(uniquename='x')", 404, "0x80060891", "does not exist in solution"),
        (
            "accounts(d3650000-0000-4000-8000-999999999999)",
            404,
            "0x80040217",
            "Entity 'account' With Id = d3650000-0000-4000-8000-999999999999 Does Not Exist",
        ),
    ],
)
def test_what_does_not_exist_is_named(
    local: LocalEnvironment, path: str, status: int, code: str, message: str
) -> None:
    refused, text = local.refusal(status, "GET", path)
    assert (refused, message in text) == (code, True), text


PIECES = [
    *("accounts", "contacts", "systemforms", "WhoAmI", "EntityDefinitions", f"({LARKSPUR})"),
    *("?", "&", "$filter=", "$select=", "$expand=", "$orderby=", "$top=", "$skiptoken="),
    *("name", "fullname", "statecode", "parentcustomerid_account", "_ownerid_value", "createdon"),
    *(" eq ", " ne ", " and ", " or ", "not ", "(", ")", ",", ";", "/", "'", "''", "null", "true"),
    *("'a'", "1", "-2.5", "99999999999999999999", "1e999", "2024-13-01", LARKSPUR, "%00", "%FF"),
    *("contains(name,'a')", "Microsoft.Dynamics.CRM.RetrieveUnpublished()", "$count", "@p", "é²"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_any_address_is_answered_or_refused_but_breaks_nothing(path: str) -> None:
    assert SHARED_ENVIRONMENT.call("GET", path).status in {200, 204, 400, 404, 405, 501}


def test_unchanged_row_is_not_sent_again(local: LocalEnvironment) -> None:
    etag = local.get(f"accounts({LARKSPUR})")["@odata.etag"]
    assert local.call("GET", f"accounts({LARKSPUR})", if_none_match=etag).status == 304
    assert local.call("GET", f"accounts({LARKSPUR})", if_none_match="null").status == 200


@pytest.mark.parametrize(
    "address",
    [
        "contacts?$filter=fullname eq 'Siobhan O''Malley'&$select=fullname",
        "contacts?%24filter=fullname%20eq%20%27Siobhan%20O%27%27Malley%27&%24select=fullname",
        "contacts?%24filter=fullname+eq+%27Siobhan+O%27%27Malley%27&%24select=fullname",
        "contacts?$select=fullname&$filter=%28fullname%20eq%20'Siobhan%20O%27%27Malley'%29",
        "contacts?&$select=fullname&&$filter=fullname%09eq%0A'Siobhan%20O''Malley'",
        "/contacts/?$select=fullname&$filter=fullname eq 'Siobhan O''Malley'",
        "%63ontacts?$select=%66ullname&$filter=fullname eq 'Siobhan O''Malley'",
    ],
)
def test_address_is_read_however_it_was_encoded(local: LocalEnvironment, address: str) -> None:
    assert [row["fullname"] for row in local.get(address)["value"]] == ["Siobhan O'Malley"]


@pytest.mark.parametrize("sign", ["+", "&", "%", "#", "/", "?", "ü", "☎", "%20"])
def test_sign_within_a_value_means_itself_where_it_is_encoded(
    local: LocalEnvironment, sign: str
) -> None:
    local.create("accounts", {"name": f"a{sign}b"})
    condition = quote(f"name eq 'a{sign}b'", safe="")
    found = local.get(f"accounts?$select=name&$filter={condition}")["value"]
    assert [row["name"] for row in found] == [f"a{sign}b"]


def test_key_is_read_however_it_was_encoded(local: LocalEnvironment) -> None:
    row_id = local.create("accounts", {"name": "Encoded"})
    for key in (f"({row_id})", f"({row_id.upper()})", f"%28{row_id}%29", f"('{row_id}')"):
        assert local.get(f"accounts{key}?$select=name")["name"] == "Encoded"


def test_refusal_tells_the_details_that_were_asked_for(local: LocalEnvironment) -> None:
    prefer = 'odata.include-annotations="Microsoft.PowerApps.CDS.*"'
    error = local.expect(400, "GET", "accounts?$filter=nope eq 1", prefer=prefer)["error"]
    assert error["@Microsoft.PowerApps.CDS.InnerError.Message"] == error["message"]
    assert error["@Microsoft.PowerApps.CDS.HelpLink"].endswith(
        "error=Microsoft.Crm.CrmException%3a80060888&client=platform"
    )
    plain = local.expect(400, "GET", "accounts?$filter=nope eq 1")["error"]
    assert plain.keys() == {"code", "message"}


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ("*", {"FormattedValue", "lookuplogicalname", "associatednavigationproperty"}),
        ("OData.*", {"FormattedValue"}),
        ("*,-Microsoft.Dynamics.CRM.*", {"FormattedValue"}),
        ("Microsoft.Dynamics.CRM.lookuplogicalname", {"lookuplogicalname"}),
        ("Some.Other", set()),
    ],
)
def test_annotations_are_chosen_by_name(
    local: LocalEnvironment, wanted: str, shown: set[str]
) -> None:
    prefer = f'odata.include-annotations="{wanted}"'
    response = local.call("GET", "accounts?$select=_ownerid_value&$top=1", prefer=prefer)
    (row,) = json.loads(response.body)["value"]
    names = {key.rpartition(".")[2] for key in row if key.startswith("_ownerid_value@")}
    assert (names, response.header("Preference-Applied")) == (shown, prefer)

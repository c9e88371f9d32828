"""Any request over any route is answered or refused: no 500, no traceback."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.emulator.harness import LocalEnvironment

ROW = "d3650000-0000-4000-8000-000100000001"
CRM = "Microsoft.Dynamics.CRM."
ENVIRONMENT = LocalEnvironment()
ANSWERS = {200, 201, 204, 304, 400, 403, 404, 405, 412, 415, 501}

HEADS = st.sampled_from(
    [
        *("accounts", "contacts", "phonecalls", "leads", "solutions", "webresourceset"),
        *("EntityDefinitions", "EntityDefinitions(LogicalName='contact')", "$metadata"),
        *(f"accounts({ROW})", "environmentvariabledefinitions(schemaname='x')", "WhoAmI()"),
    ]
)
TAILS = st.sampled_from(
    [
        *("/contact_customer_accounts", "/primarycontactid", "/$ref", "/$count", "/name"),
        *("/Attributes", "/Keys", "/OneToManyRelationships", f"({ROW})", "(%00)", "/%E9"),
        *("/Attributes(LogicalName='statecode')", f"/{CRM}PicklistAttributeMetadata"),
        *(f"/{CRM}CreateMultiple", f"/{CRM}UpdateMultiple"),
    ]
)
OPTIONS = st.sampled_from(
    [
        *("$select=name", "$top=3", "$count=true", "$orderby=name desc", "$id=accounts", "$id=%24"),
        "$filter=contact_customer_accounts/any(c:c/lastname eq 'x')",
        *("$filter=contact_customer_accounts/any(", "$filter=a/any", "$filter=LogicalName eq 1"),
        *("$expand=OptionSet($select=Options)", "$expand=Attributes($filter=LogicalName eq 'x')"),
        "$expand=primarycontactid($expand=parentcustomerid_account)",
    ]
)
NAMES = st.sampled_from(
    [
        *("name", "@odata.id", "Targets", "primarycontactid@odata.bind", "revenue", "createdon"),
        *("contact_customer_accounts", "statecode", "value", "accountid", "donotphone"),
    ]
)
TARGETS = [{"@odata.type": f"{CRM}account", "name": 1, "accountid": "q"}]
VALUES: st.SearchStrategy[object] = st.sampled_from(
    [
        None,
        1,
        1e15,
        "x",
        [],
        {},
        [{}],
        TARGETS,
        "accounts",
        f"contacts({ROW})",
        "$1",
        "\ud800",
        True,
    ]
)
BODIES = st.dictionaries(NAMES, VALUES, max_size=3)
METHODS = st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"])
PATHS = st.builds(lambda head, tails: head + "".join(tails), HEADS, st.lists(TAILS, max_size=2))
QUERIES = st.lists(OPTIONS, max_size=2).map("&".join)
REQUEST_LINES = st.sampled_from(
    ["GET WhoAmI", "POST accounts", "GET http://[x/", "GET $1", "P //x"]
)


@given(METHODS, PATHS, QUERIES, BODIES, st.sampled_from(["", "*", 'W/"1"', "x"]))
def test_any_request_is_answered_or_refused(
    method: str, path: str, query: str, body: dict[str, object], if_match: str
) -> None:
    response = ENVIRONMENT.call(method, f"{path}?{query}", body, if_match=if_match)
    assert response.status in ANSWERS, response.body


@given(st.lists(REQUEST_LINES, max_size=3), BODIES, st.sampled_from(["b", '"b"', "", "c"]))
def test_any_batch_is_answered_or_refused(
    lines: list[str], body: dict[str, object], boundary: str
) -> None:
    part = "--b\r\nContent-Type: application/http\r\n\r\n{} HTTP/1.1\r\n\r\n{}\r\n"
    text = "".join(part.format(line, json.dumps(body)) for line in lines) + "--b--"
    response = ENVIRONMENT.send(
        "POST",
        "/api/data/v9.2/$batch",
        text.encode(),
        authorization=f"Bearer {ENVIRONMENT.token}",
        content_type=f"multipart/mixed; boundary={boundary}",
    )
    assert response.status in ANSWERS, response.body
    assert b"HTTP/1.1 500" not in response.body

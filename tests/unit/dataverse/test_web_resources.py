from base64 import b64encode

import pytest

from d365pop.dataverse.web_resources import (
    create_web_resource,
    delete_web_resource,
    retrieve_web_resource_ids,
    retrieve_web_resources,
    update_web_resource,
)
from d365pop.errors import DataverseError
from d365pop.models import Json, Labels, RemoteWebResource, WebResource, WebResourceType
from d365pop.transport import Response
from tests.unit.dataverse.fake import NO_CONTENT, environment, refusal, rows

ID_A = "11111111-1111-1111-1111-111111111111"
ID_B = "22222222-2222-2222-2222-222222222222"
COLUMNS = (
    "webresourceid,name,content,ismanaged,modifiedon,_modifiedby_value,"
    "displayname,description,dependencyxml"
)
DRAFTS = "webresourceset/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"


def row(row_id: str, name: str, content: bytes | None, **more: Json) -> dict[str, Json]:
    text = None if content is None else b64encode(content).decode()
    return {"webresourceid": row_id, "name": name, "content": text, "ismanaged": False, **more}


def test_published_and_draft_content_come_together() -> None:
    server = environment(
        rows(row(ID_A, "new_/a.js", b"published")), rows(row(ID_A, "new_/a.js", b"draft"))
    )
    [found] = retrieve_web_resources(server.client, ["new_/a.js"])
    assert found == RemoteWebResource(
        ID_A,
        "new_/a.js",
        managed=False,
        published=b"published",
        draft=b"draft",
        published_labels=Labels(),
    )
    assert server.calls == [
        f"GET webresourceset?$select={COLUMNS}&$filter=(name eq 'new_/a.js')",
        f"GET {DRAFTS}?$select={COLUMNS}&$filter=(name eq 'new_/a.js')",
    ]


def test_row_without_a_draft_is_its_own_draft() -> None:
    server = environment(rows(row(ID_A, "new_/a.js", b"same", ismanaged=True)), rows())
    found = retrieve_web_resources(server.client, ["new_/a.js"])[0]
    assert (found.draft, found.published, found.managed) == (b"same", b"same", True)


def test_row_never_published_has_no_published_hash() -> None:
    server = environment(rows(), rows(row(ID_A, "new_/a.js", b"new")))
    found = retrieve_web_resources(server.client, ["new_/a.js"])[0]
    assert (found.published_hash, found.draft) == ("", b"new")


def test_ids_in_another_case_are_the_same_row() -> None:
    upper = ID_A.replace("1", "a").upper()
    server = environment(
        rows(row(upper.lower(), "new_/a.js", b"1")), rows(row(upper, "new_/a.js", b"2"))
    )
    assert len(retrieve_web_resources(server.client, ["new_/a.js"])) == 1


def test_left_out_content_is_empty() -> None:
    draft = row(ID_A, "new_/a.js", None)
    del draft["content"]
    server = environment(rows(row(ID_A, "new_/a.js", None)), rows(draft))
    found = retrieve_web_resources(server.client, ["new_/a.js"])[0]
    assert (found.draft, found.published) == (b"", b"")


def test_answer_is_ordered_by_name() -> None:
    both = rows(row(ID_B, "new_/b.js", b""), row(ID_A, "new_/A.js", b""))
    server = environment(both, both)
    found = retrieve_web_resources(server.client, ["new_/b.js", "new_/A.js"])
    assert [each.name for each in found] == ["new_/A.js", "new_/b.js"]


def test_no_names_ask_nothing() -> None:
    assert retrieve_web_resources(environment().client, []) == ()


def test_many_names_are_asked_for_in_short_urls() -> None:
    names = [f"new_/folder with space/file{number:03}.js" for number in range(60)]
    server = environment(*[rows() for _ in range(20)])
    retrieve_web_resources(server.client, names)
    assert max(len(each.url) for each in server.requests) < 2000
    asked = "".join(server.calls)
    assert all(asked.count(f"'{name}'") == 2 for name in names)


@pytest.mark.parametrize(
    "bad",
    [
        {"webresourceid": ID_A, "name": "new_/a.js", "content": "***", "ismanaged": False},
        {"webresourceid": ID_A, "name": "new_/a.js", "content": 7, "ismanaged": False},
        {"webresourceid": ID_A, "name": None, "content": "", "ismanaged": False},
        {"webresourceid": ID_A, "name": "new_/a.js", "content": "", "ismanaged": "no"},
        {"name": "new_/a.js", "content": "", "ismanaged": False},
    ],
)
def test_row_of_another_shape_is_an_error(bad: dict[str, Json]) -> None:
    with pytest.raises(DataverseError) as caught:
        retrieve_web_resources(environment(rows(bad), rows(bad)).client, ["new_/a.js"])
    assert caught.value.reference == "dataverse-unexpected-answer"


def test_update_writes_content_and_creates_nothing() -> None:
    server = environment(NO_CONTENT)
    update_web_resource(server.client, ID_A, b"let a;")
    assert server.calls == [f"PATCH webresourceset({ID_A})"]
    assert server.requests[0].headers["If-Match"] == "*"
    assert server.body() == {"content": "bGV0IGE7"}


def test_create_keeps_the_stable_id_and_names_the_solution() -> None:
    resource = WebResource("new_/a.js", "A", "What it does", WebResourceType.SCRIPT, b"let a;")
    server = environment(NO_CONTENT)
    create_web_resource(server.client, resource, "ScreenPop")
    assert server.calls == ["POST webresourceset"]
    assert server.requests[0].headers["MSCRM.SolutionUniqueName"] == "ScreenPop"
    assert not server.requests[0].idempotent
    assert server.body() == {
        "webresourceid": str(resource.web_resource_id),
        "name": "new_/a.js",
        "displayname": "A",
        "description": "What it does",
        "webresourcetype": 3,
        "content": "bGV0IGE7",
    }


@pytest.mark.parametrize(
    "response", [NO_CONTENT, refusal(404, "0x80040217")], ids=["there", "gone already"]
)
def test_delete_ends_with_the_web_resource_gone(response: Response) -> None:
    server = environment(response)
    delete_web_resource(server.client, f"{{{ID_A}}}")
    assert server.calls == [f"DELETE webresourceset({ID_A})"]


def test_delete_of_a_used_web_resource_is_an_error() -> None:
    server = environment(refusal(400, "0x8004f01f", "referenced by 1 other components"))
    with pytest.raises(DataverseError) as caught:
        delete_web_resource(server.client, ID_A)
    assert caught.value.reference == "dataverse-component-in-use"


def test_ids_come_by_name_without_content() -> None:
    server = environment(
        rows(
            {"webresourceid": ID_A, "name": "new_/A.js"},
            {"webresourceid": ID_B, "name": "new_/b.js"},
        )
    )
    found = retrieve_web_resource_ids(server.client, ["new_/A.js", "new_/b.js"])
    assert found == {"new_/a.js": ID_A, "new_/b.js": ID_B}
    asked = "$select=webresourceid,name&$filter=(name eq 'new_/A.js' or name eq 'new_/b.js')"
    assert server.calls == [f"GET {DRAFTS}?{asked}"]


def test_ids_that_the_newest_rows_lack_are_looked_for_among_the_published() -> None:
    server = environment(
        rows({"webresourceid": ID_A, "name": "new_/A.js"}),
        rows({"webresourceid": ID_B, "name": "new_/b.js"}),
    )
    found = retrieve_web_resource_ids(server.client, ["new_/A.js", "new_/b.js"])
    assert found == {"new_/a.js": ID_A, "new_/b.js": ID_B}
    asked = "$select=webresourceid,name&$filter"
    assert server.calls == [
        f"GET {DRAFTS}?{asked}=(name eq 'new_/A.js' or name eq 'new_/b.js')",
        f"GET webresourceset?{asked}=(name eq 'new_/b.js')",
    ]

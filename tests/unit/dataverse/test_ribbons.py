import json
from dataclasses import replace
from urllib.parse import unquote

import pytest

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.ribbons import delete_ribbon_node, retrieve_ribbons
from d365pop.deploy.looking import look
from d365pop.deploy.plan import RemoveRibbon
from d365pop.errors import PlanRefusedError
from d365pop.models import Json
from d365pop.ribbons import RemoteRibbonNode, RibbonKind, RibbonNode, RibbonSearch
from d365pop.transport import Request, Response, Transport
from tests.unit.dataverse.fake import Tokens

SEARCH = RibbonSearch("pre.d365pop.phone.", ("contact", "lead"))
ACTION = RibbonNode(RibbonKind.ACTION, "pre.a", '<CustomAction Id="pre.a"></CustomAction>')
LABEL = RibbonNode(RibbonKind.LABEL, "pre.l", '<LocLabel Id="pre.l"></LocLabel>')
COMMAND = RibbonNode(
    RibbonKind.COMMAND, "pre.c", '<CommandDefinition Id="pre.c"></CommandDefinition>'
)
ROWS: dict[str, list[Json]] = {
    "ribbondiffs": [
        {"ribbondiffid": "1", "diffid": "pre.a", "rdx": ' <CustomAction Id="pre.a" />'},
        {"ribbondiffid": "2", "diffid": "pre.l", "rdx": ' <LocLabel\n Id="pre.l" />'},
    ],
    "ribboncommands": [
        {
            "ribboncommandid": "3",
            "command": "pre.c",
            "commanddefinition": '<CommandDefinition Id="pre.c"/>',
        },
    ],
}
THERE = (
    RemoteRibbonNode("contact", COMMAND, "3", managed=False),
    RemoteRibbonNode("contact", ACTION, "1", managed=False),
    RemoteRibbonNode("contact", LABEL, "2", managed=False),
)


OK = 200


def dataverse(asked: list[str], *, holds: bool = True, status: int = OK) -> Dataverse:
    def sender(request: Request) -> Response:
        path = unquote(request.url.partition("/v9.2/")[2])
        asked.append(f"{request.method} {path}")
        rows = ROWS.get(path.partition("?")[0], []) if holds else []
        told = [{**row, "entity": "contact", "ismanaged": False} for row in rows]  # type: ignore[dict-item]
        if status != OK:
            error: Json = {"code": "0x80040217", "message": "Does Not Exist"}
            return Response(status, body=json.dumps({"error": error}).encode())
        return Response(status, body=json.dumps({"value": told}).encode())

    transport = Transport(sender, sleep=lambda _: None)
    return Dataverse("https://contoso.crm.dynamics.com", transport, Tokens())


def test_ours_are_found_everywhere_and_those_of_others_on_our_tables() -> None:
    asked: list[str] = []
    assert retrieve_ribbons(dataverse(asked), SEARCH) == tuple(
        sorted(THERE, key=lambda each: each.node)
    )
    assert [line.partition("$filter=")[2] for line in asked] == [
        f"startswith({key},'pre.d365pop.phone.') or "
        "(ismanaged eq false and (entity eq 'contact' or entity eq 'lead'))"
        for key in ("diffid", "command")
    ]


def test_node_is_deleted_from_the_table_of_its_kind() -> None:
    asked: list[str] = []
    for node in THERE:
        delete_ribbon_node(dataverse(asked), node)
    assert asked == [
        "DELETE ribboncommands(3)",
        "DELETE ribbondiffs(1)",
        "DELETE ribbondiffs(2)",
    ]


def test_node_that_is_gone_is_no_error() -> None:
    asked: list[str] = []
    delete_ribbon_node(dataverse(asked, status=404), THERE[0])
    assert asked == ["DELETE ribboncommands(3)"]


def removal(*nodes: RemoteRibbonNode) -> RemoveRibbon:
    return RemoveRibbon("contact", "off", nodes, replace(SEARCH, tables=()))


def test_removal_is_done_where_nothing_is_left_and_goes_on_with_what_is() -> None:
    assert look(dataverse([], holds=False), removal(*THERE)) is None
    left = look(dataverse([]), removal(*THERE, replace(THERE[0], row_id="4")))
    assert isinstance(left, RemoveRibbon)
    assert {*left.nodes} == {*THERE}


def test_removal_of_a_button_that_somebody_changed_is_refused() -> None:
    with pytest.raises(PlanRefusedError) as refused:
        look(dataverse([]), removal(*THERE[1:]))
    assert refused.value.reference == "changed-meanwhile"

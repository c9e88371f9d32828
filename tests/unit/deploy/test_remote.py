import pytest

from d365pop.deploy.remote import retrieve_pending
from d365pop.errors import DataverseError
from d365pop.models import Json, Pending
from d365pop.parallel import one_by_one
from d365pop.transport import Response
from tests.unit.dataverse.fake import environment, refusal, rows

MULTIPLE = "Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"
PRIVILEGE = "0x80040220"


def form(kind: int, name: str, state: int = 1) -> dict[str, Json]:
    return {"type": kind, "name": name, "componentstate": state, "objecttypecode": "account"}


def view(name: str, state: int = 1) -> dict[str, Json]:
    return {"name": name, "componentstate": state, "returnedtypecode": "contact"}


def chart(name: str, state: int = 1) -> dict[str, Json]:
    return {"name": name, "componentstate": state, "primaryentitytypecode": "contact"}


def asked(entity_set: str, column: str, more: str = "", narrower: str = "") -> str:
    of_tables = f"({column} eq 'account' or {column} eq 'contact'){narrower}"
    columns = f"name,componentstate,{column}{more}"
    return f"GET {entity_set}/{MULTIPLE}?$select={columns}&$filter={of_tables}"


def test_unpublished_forms_views_and_charts_are_named_and_published_ones_are_not() -> None:
    forms = (form(7, "New"), form(11, "Card"), form(6, "Quick"), form(12, "Hub"), form(7, "Old", 0))
    server = environment(
        rows(*forms),
        rows(view("Mine"), view("Published", 0)),
        rows(chart("By owner"), chart("By month", 0)),
    )
    assert retrieve_pending(server.client, ["account", "contact"], one_by_one) == Pending(
        items=(
            "card form account / Card",
            "chart contact / By owner",
            "form account / Hub",
            "quick create form account / New",
            "quick view form account / Quick",
            "view contact / Mine",
        )
    )
    assert server.calls == [
        asked("systemforms", "objecttypecode", ",type", " and type ne 2"),
        asked("savedqueries", "returnedtypecode"),
        asked("savedqueryvisualizations", "primaryentitytypecode"),
    ]


@pytest.mark.parametrize(
    ("refused", "untold"),
    [
        (refusal(403, PRIVILEGE), ("views of contact, lead",)),
        (refusal(404, "0x8006088a"), ()),
    ],
    ids=["privilege-missing", "no-such-table"],
)
def test_what_cannot_be_read_hides_nothing_else(refused: Response, untold: tuple[str, ...]) -> None:
    server = environment(rows(), refused, rows(chart("By owner")))
    assert retrieve_pending(server.client, ["contact", "lead"], one_by_one) == Pending(
        items=("chart contact / By owner",), untold=untold
    )


def test_environment_that_fails_is_no_answer() -> None:
    with pytest.raises(DataverseError):
        retrieve_pending(
            environment(rows(), refusal(400, "0x80040203")).client, ["contact"], one_by_one
        )

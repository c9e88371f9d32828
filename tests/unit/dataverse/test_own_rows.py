import json

import pytest

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.own_rows import (
    create_row,
    refuse_missing_table,
    retrieve_row,
    update_row,
)
from d365pop.errors import DataverseError
from d365pop.own_rows import OwnRow, RowKind
from d365pop.transport import Request, Response, Transport


class Tokens:
    def token(self) -> str:
        return "secret-token"

    def renew(self) -> str:
        return "secret-token"


def absent(status: int = 404) -> DataverseError:
    return DataverseError("dataverse-not-found", "No such segment.", status=status)


@pytest.mark.parametrize("kind", [RowKind.PROVIDER, RowKind.CHANNEL, RowKind.PROFILE_LINK])
def test_panel_that_is_not_installed_is_named(kind: RowKind) -> None:
    found = refuse_missing_table(kind, absent())
    assert (found.reference, found.context) == ("cif-missing", "No such segment.")


@pytest.mark.parametrize(
    ("kind", "error"),
    [(RowKind.PROVIDER, absent(403)), (RowKind.COMMAND, absent())],
    ids=["another refusal", "another table"],
)
def test_other_errors_stay_as_they_are(kind: RowKind, error: DataverseError) -> None:
    assert refuse_missing_table(kind, error) is error


@pytest.mark.parametrize(
    ("stored", "read"), [(15.0, "15"), (15.5, "15.5"), (15, "15"), (True, "true")], ids=repr
)
def test_number_is_written_back_as_it_was_read(stored: float, read: str) -> None:
    sent: list[bytes] = []

    def sender(request: Request) -> Response:
        sent.append(request.body or b"")
        row = {
            "@odata.etag": 'W/"7"',
            "appactionid": "id-1",
            "uniquename": "pre_phone",
            "sequence": stored,
        }
        return Response(200, body=json.dumps({"value": [row]}).encode())

    transport = Transport(sender, sleep=lambda _: None)
    dataverse = Dataverse("https://contoso.crm.dynamics.com", transport, Tokens())
    there = retrieve_row(dataverse, RowKind.COMMAND, "pre_phone")
    assert there is not None
    update_row(dataverse, there, {"sequence": there.values["sequence"]}, there.row_version)
    assert sent[-1].decode() == f'{{"sequence":{read}}}'


def test_row_that_belongs_to_no_table_is_created_without_looking_one_up() -> None:
    sent: list[Request] = []

    def sender(request: Request) -> Response:
        sent.append(request)
        return Response(204)

    transport = Transport(sender, sleep=lambda _: None)
    dataverse = Dataverse("https://contoso.crm.dynamics.com", transport, Tokens())
    create_row(dataverse, OwnRow(RowKind.COMMAND, "pre_phone", {"contextvalue": None}))
    (request,) = sent
    assert request.method == "POST"
    assert "entities" not in (request.body or b"").decode()

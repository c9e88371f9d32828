import json
from typing import TypeAlias

import pytest

from d365pop.dataverse.app_profiles import create_link, delete_link, retrieve_link
from d365pop.dataverse.client import Dataverse
from d365pop.errors import DataverseError
from d365pop.models import Json
from d365pop.own_rows import RemoteRow, RowKind
from d365pop.transport import Request, Response, Transport
from tests.unit.dataverse.test_own_rows import Tokens

Profile: TypeAlias = dict[str, Json]

URL = "https://contoso.crm.dynamics.com"
KEY = "pre_day/pre_phone"
PROFILE: Profile = {
    "msdyn_appconfigurationid": "id-1",
    "msdyn_uniquename": "pre_day",
    "msdyn_name": None,
}
CHANNEL = {"msdyn_channelproviderid": "id-2", "msdyn_uniquename": "pre_phone"}
LINKED: Profile = {**PROFILE, "msdyn_appconfig_msdyn_channelprovider": [{**CHANNEL}]}
PATH = f"{URL}/api/data/v9.2/msdyn_appconfigurations(id-1)/msdyn_appconfig_msdyn_channelprovider"


def answering(
    sent: list[Request],
    profiles: list[Profile],
    channels: list[dict[str, str]],
    *,
    is_there: bool = False,
) -> Dataverse:
    """Return a client of an environment with those rows; what is unlinked is gone already."""

    def sender(request: Request) -> Response:
        sent.append(request)
        if request.method == "DELETE":
            body = {"error": {"code": "0x80040217", "message": "No such association."}}
            return Response(404, body=json.dumps(body).encode())
        if request.method == "POST" and is_there:
            body = {"error": {"code": "0x80040237", "message": "Cannot insert duplicate key."}}
            return Response(412, body=json.dumps(body).encode())
        if request.method == "POST":
            return Response(204)
        rows = profiles if "appconfigurations?" in request.url else channels
        return Response(200, body=json.dumps({"value": rows}).encode())

    return Dataverse(URL, Transport(sender, sleep=lambda _: None), Tokens())


def test_link_is_found_by_both_names() -> None:
    dataverse = answering([], [PROFILE, LINKED], [])
    there = RemoteRow(RowKind.PROFILE_LINK, "id-1/id-2", KEY, {}, "")
    assert retrieve_link(dataverse, KEY) == there
    assert retrieve_link(dataverse, "pre_night/pre_phone") is None
    assert retrieve_link(dataverse, "pre_day/pre_other") is None


@pytest.mark.parametrize("is_there", [False, True], ids=["anew", "again"])
def test_provider_is_linked_by_its_address(*, is_there: bool) -> None:
    sent: list[Request] = []
    create_link(answering(sent, [PROFILE], [CHANNEL], is_there=is_there), KEY)
    assert (sent[-1].method, sent[-1].url) == ("POST", f"{PATH}/$ref")
    target = f"{URL}/api/data/v9.2/msdyn_channelproviders(id-2)"
    assert json.loads(sent[-1].body or b"") == {"@odata.id": target}


@pytest.mark.parametrize(
    ("profiles", "channels", "context"),
    [
        ([], [CHANNEL], "The app profile is gone."),
        ([PROFILE], [], "The channel provider is gone."),
    ],
    ids=["profile", "provider"],
)
def test_link_without_an_end_is_an_error(
    profiles: list[Profile], channels: list[dict[str, str]], context: str
) -> None:
    with pytest.raises(DataverseError) as caught:
        create_link(answering([], profiles, channels), KEY)
    assert (caught.value.reference, caught.value.context) == ("app-profile-link-failed", context)


def test_unlinking_twice_is_no_error() -> None:
    sent: list[Request] = []
    there = RemoteRow(RowKind.PROFILE_LINK, "id-1/id-2", KEY, {}, "")
    delete_link(answering(sent, [], []), there)
    assert [(request.method, request.url) for request in sent] == [("DELETE", f"{PATH}(id-2)/$ref")]

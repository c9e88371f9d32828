"""A channel provider is linked to an app profile by both names, and unlinked without a fuss."""

from typing import TypeAlias

import pytest

from d365pop.dataverse.app_profiles import create_link, delete_link, retrieve_link
from d365pop.errors import DataverseError
from d365pop.models import Json
from d365pop.own_rows import LinkKind, RemoteRow
from d365pop.transport import Response
from tests.unit.dataverse.fake import API, NO_CONTENT, environment, refusal, rows

Row: TypeAlias = dict[str, Json]

KEY = "pre_day/pre_phone"
PROFILE: Row = {
    "msdyn_appconfigurationid": "id-1",
    "msdyn_uniquename": "pre_day",
    "msdyn_name": None,
}
CHANNEL: Row = {"msdyn_channelproviderid": "id-2", "msdyn_uniquename": "pre_phone"}
LINKED: Row = {**PROFILE, "msdyn_appconfig_msdyn_channelprovider": [CHANNEL]}
LINKS = "msdyn_appconfigurations(id-1)/msdyn_appconfig_msdyn_channelprovider"
LINK_THERE = RemoteRow(LinkKind.PROFILE, KEY, "id-1/id-2", {}, "")


@pytest.mark.parametrize(
    ("key", "found"),
    [(KEY, LINK_THERE), ("pre_night/pre_phone", None), ("pre_day/pre_other", None)],
    ids=["both", "another profile", "another provider"],
)
def test_link_is_found_by_both_names(key: str, found: RemoteRow | None) -> None:
    assert retrieve_link(environment(rows(PROFILE, LINKED)).client, key) == found


@pytest.mark.parametrize(
    "answer", [NO_CONTENT, refusal(412, "0x80040237")], ids=["anew", "linked already"]
)
def test_provider_is_linked_by_its_address(answer: Response) -> None:
    env = environment(rows(PROFILE), rows(CHANNEL), answer)
    create_link(env.client, KEY)
    assert env.calls[-1] == f"POST {LINKS}/$ref"
    assert env.body(-1) == {"@odata.id": f"{API}msdyn_channelproviders(id-2)"}


@pytest.mark.parametrize(
    ("profiles", "channels", "context"),
    [
        ([], [CHANNEL], "The app profile is gone."),
        ([PROFILE], [], "The channel provider is gone."),
    ],
    ids=["profile", "provider"],
)
def test_link_without_an_end_is_an_error(
    profiles: list[Row], channels: list[Row], context: str
) -> None:
    with pytest.raises(DataverseError) as caught:
        create_link(environment(rows(*profiles), rows(*channels)).client, KEY)
    assert (caught.value.reference, caught.value.context) == ("app-profile-link-failed", context)


def test_unlinking_twice_is_no_error() -> None:
    env = environment(refusal(404, "0x80040217"))
    delete_link(env.client, LINK_THERE.key, LINK_THERE.row_id)
    assert env.calls == [f"DELETE {LINKS}(id-2)/$ref"]

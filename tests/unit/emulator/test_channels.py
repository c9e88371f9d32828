"""Channel providers, app profiles and notification templates: what may be written, what links."""

import pytest

from tests.unit.emulator.harness import LocalEnvironment

PROFILE = "d3650000-0000-4000-8000-0000000000a1"
CHANNEL = "d3650000-0000-4000-8000-0000000009ac"
TEMPLATE = "d3650000-0000-4000-8000-0000000009ad"
LINKS = "msdyn_appconfig_msdyn_channelprovider"
BODY = {
    "msdyn_channelproviderid": CHANNEL,
    "msdyn_name": "new_phone",
    "msdyn_uniquename": "new_phone",
    "msdyn_label": "Phone",
    "msdyn_channelurl": "https://localhost/phone.html",
    "msdyn_enableoutbound": True,
    "msdyn_sortorder": 0,
    "msdyn_apiversion": 162450000,
}


@pytest.fixture
def local() -> LocalEnvironment:
    return LocalEnvironment()


def test_provider_is_linked_to_a_profile_and_seen_from_either_end(local: LocalEnvironment) -> None:
    local.expect(204, "POST", "msdyn_channelproviders", BODY)
    target = {"@odata.id": f"http://localhost/api/data/v9.2/msdyn_channelproviders({CHANNEL})"}
    path = f"msdyn_appconfigurations({PROFILE})/{LINKS}"
    local.expect(204, "POST", f"{path}/$ref", target)
    channels = local.get(f"{path}?$select=msdyn_label")["value"]
    profiles = local.get(f"msdyn_channelproviders({CHANNEL})/{LINKS}?$select=msdyn_name")["value"]
    assert [row["msdyn_label"] for row in channels] == ["Phone"]
    assert [row["msdyn_name"] for row in profiles] == ["Agents"]
    local.expect(204, "DELETE", f"msdyn_channelproviders({CHANNEL})")
    assert local.get(path)["value"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"msdyn_label": ""},
        {"msdyn_channelurl": None},
        {"msdyn_sortorder": 1001},
        {"msdyn_apiversion": 1},
        {"msdyn_uniquename": "phone"},
        {"msdyn_uniquename": "ab_phone"},
    ],
    ids=["label", "address", "order", "version", "no prefix", "short prefix"],
)
def test_provider_that_cannot_be_is_refused(
    local: LocalEnvironment, change: dict[str, str | int | None]
) -> None:
    local.expect(400, "POST", "msdyn_channelproviders", BODY | change)


def test_unique_name_stays_and_is_there_once(local: LocalEnvironment) -> None:
    local.expect(204, "POST", "msdyn_channelproviders", BODY)
    local.expect(412, "POST", "msdyn_channelproviders", BODY | {"msdyn_channelproviderid": PROFILE})
    path = f"msdyn_channelproviders({CHANNEL})"
    local.expect(204, "PATCH", path, {"msdyn_uniquename": "new_other", "msdyn_label": "Other"})
    row = local.get(f"{path}?$select=msdyn_uniquename,msdyn_label")
    assert (row["msdyn_uniquename"], row["msdyn_label"]) == ("new_phone", "Other")


def test_notification_shows_a_title_for_500_seconds_at_most(local: LocalEnvironment) -> None:
    body = {"msdyn_notificationtemplateid": TEMPLATE, "msdyn_uniquename": "new_pop"}
    local.expect(400, "POST", "msdyn_notificationtemplates", body | {"msdyn_name": "new_pop"})
    whole = body | {"msdyn_name": "new_pop", "msdyn_title": "{notice}"}
    refused = whole | {"msdyn_timeout": 501}
    local.expect(400, "POST", "msdyn_notificationtemplates", refused)
    local.expect(204, "POST", "msdyn_notificationtemplates", whole)
    row = local.get(f"msdyn_notificationtemplates({TEMPLATE})")
    assert (row["msdyn_showrejectbutton"], row["msdyn_autoacceptnotification"]) == (True, False)

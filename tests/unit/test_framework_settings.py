"""``[genesys.framework]``: what is written for Genesys, and what is refused."""

from pathlib import Path

import pytest

from d365pop.build.contents import constants
from d365pop.config import load
from d365pop.errors import ConfigurationError
from d365pop.genesys.framework import CONSTANTS_MODULE

EXAMPLE = Path(__file__).parents[2] / "d365pop.toml"
EVERYTHING = """\
interaction_attributes = ["Case"]
help_links = { interaction_list = "https://x.example/a", call_log = "https://x.example/b", \
settings = "https://x.example/c" }

[genesys.framework]
embed_webrtc_by_default = false
hide_webrtc_popup_option = true
enable_call_logs = false
hide_call_log_subject = true
hide_call_log_contact = true
hide_call_log_relation = true
enable_transfer_context = false
dedicated_login_window = false
embedded_interaction_window = true
enable_configurable_caller_id = true
enable_server_side_logging = true
enable_call_history = true
default_outbound_sms_country_code = "+1"
search_targets = ["people", "queues", "frameworkContacts", "externalContacts"]
call_controls = ["pickup", "securePause", "requestAfterCallWork"]
theme = { primary = "#62367A", text = "#fff", notification = { error = \
{ primary = "#f8D7DA", text = "#721C24" } } }
sso = { provider = "okta", org_name = "contoso" }
display = { interaction_details = { call = ["framework.DisplayAddress", "participant.Case"] } }
"""


def configured(tmp_path: Path, extra: str) -> Path:
    text = EXAMPLE.read_text("utf-8")
    before = 'integration_name = "Dynamics 365 screen pop"\n'
    path = tmp_path / "d365pop.toml"
    path.write_text(text.replace(before, before + extra), "utf-8")
    return path


def test_what_nobody_sets_is_left_to_genesys_but_for_what_the_pop_relies_on() -> None:
    found = constants(load(EXAMPLE, {}))[CONSTANTS_MODULE]
    assert found["settings"] == {
        "embedWebRTCByDefault": True,
        "enableCallLogs": True,
        "enableTransferContext": True,
        "dedicatedLoginWindow": True,
        "searchTargets": ["people", "queues", "frameworkContacts"],
    }
    assert found["attributes"] == []
    assert found["helpLinks"] == {}


def test_every_setting_goes_out_under_the_name_that_genesys_gives_it(tmp_path: Path) -> None:
    found = constants(load(configured(tmp_path, EVERYTHING), {}))[CONSTANTS_MODULE]
    assert found["settings"] == {
        "embedWebRTCByDefault": False,
        "hideWebRTCPopUpOption": True,
        "enableCallLogs": False,
        "hideCallLogSubject": True,
        "hideCallLogContact": True,
        "hideCallLogRelation": True,
        "enableTransferContext": False,
        "dedicatedLoginWindow": False,
        "embeddedInteractionWindow": True,
        "enableConfigurableCallerID": True,
        "enableServerSideLogging": True,
        "enableCallHistory": True,
        "defaultOutboundSMSCountryCode": "+1",
        "searchTargets": ["people", "queues", "frameworkContacts", "externalContacts"],
        "callControls": ["pickup", "securePause", "requestAfterCallWork"],
        "theme": {
            "primary": "#62367A",
            "text": "#fff",
            "notification": {"error": {"primary": "#f8D7DA", "text": "#721C24"}},
        },
        "sso": {"provider": "okta", "orgName": "contoso"},
        "display": {
            "interactionDetails": {"call": ["framework.DisplayAddress", "participant.Case"]}
        },
    }
    assert found["attributes"] == ["Case"]
    assert found["helpLinks"] == {
        "InteractionList": "https://x.example/a",
        "CallLog": "https://x.example/b",
        "Settings": "https://x.example/c",
    }


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        # What the guide's sample sets does not exist.
        ("embed_web_pages = true", "embed_web_pages: unknown key in line {line}"),
        (
            "embedWebRTCByDefault = true",
            (
                "embedWebRTCByDefault: unknown key in line {line};"
                " did you mean “embed_webrtc_by_default”?"
            ),
        ),
        (
            'theme = { primary = "#fff", text = "#000", notifcation = {} }',
            "theme.notifcation: unknown key in line {line}; did you mean “notification”?",
        ),
        (
            'call_controls = ["pikup"]',
            (
                "call_controls #1: must be 'pickup', 'hold', 'mute', 'transfer', 'disconnect',"
                " 'record', 'securePause', 'dtmf', 'scheduleCallback', 'flag' or"
                " 'requestAfterCallWork'; did you mean “pickup”?"
            ),
        ),
        ('theme = { primary = "red", text = "#000" }', "theme.primary: must be a colour such as"),
        ('default_outbound_sms_country_code = "US"', "default_outbound_sms_country_code: must be"),
        ('sso = { provider = "okta" }', "sso.org_name: is missing"),
    ],
)
def test_setting_that_does_not_exist_is_refused(tmp_path: Path, line: str, mistake: str) -> None:
    path = configured(tmp_path, f"\n[genesys.framework]\n{line}\n")
    number = path.read_text("utf-8").splitlines().index(line) + 1
    with pytest.raises(ConfigurationError) as caught:
        load(path, {})
    (only,) = caught.value.context.splitlines()
    assert only.startswith("genesys.framework." + mistake.format(line=number))

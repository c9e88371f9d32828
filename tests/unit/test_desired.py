"""What one environment shall hold, from the configuration and a build."""

import json
from pathlib import Path

import pytest

from d365pop.build import build
from d365pop.config import load
from d365pop.desired import desired_state, page_settings
from d365pop.errors import ConfigurationError
from d365pop.models import FormSelector
from d365pop.settings import EnvironmentSettings, SearchTable

ROOT = Path(__file__).parents[2]
SETTINGS = load(ROOT / "d365pop.toml", {})
LOCAL = SETTINGS.environment("local")
REAL = LOCAL.model_copy(update={"softphone_url": None})


def test_page_settings_lead_to_the_simulator_of_the_local_environment() -> None:
    document = json.loads(page_settings(SETTINGS, LOCAL))
    assert document["genesys"]["frameUrl"] == "http://127.0.0.1:8366/crm/embeddableFramework.html"


def test_page_settings_lead_to_the_region_of_a_real_environment() -> None:
    document = json.loads(page_settings(SETTINGS, REAL))
    assert document == {
        "version": 1,
        "genesys": {
            "region": "mypurecloud.com",
            "frameUrl": "https://apps.mypurecloud.com/crm/embeddableFramework.html",
        },
        "screenPop": {
            "countries": ["US", "GB"],
            "tables": [
                {
                    "table": "contact",
                    "columns": ["telephone1", "telephone2", "mobilephone"],
                    "emailColumns": ["emailaddress1"],
                    "nameColumn": "fullname",
                },
                {
                    "table": "account",
                    "columns": ["telephone1", "telephone2"],
                    "emailColumns": ["emailaddress1"],
                    "nameColumn": "name",
                },
                {
                    "table": "lead",
                    "columns": ["telephone1", "mobilephone"],
                    "emailColumns": ["emailaddress1"],
                    "nameColumn": "fullname",
                },
            ],
            "policies": {
                "voice": "auto",
                "callback": "auto",
                "chat": "soft",
                "message": "soft",
                "email": "soft",
                "voicemail": "auto",
                "dialer": "auto",
            },
            "noMatch": "search",
            "newRecordTable": "contact",
        },
    }


def test_agents_are_asked_for_stars_only_where_it_is_configured() -> None:
    key = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
    connection = f"InstrumentationKey={key}"
    told = {"application_insights": connection}
    url = "https://dc.services.visualstudio.com/v2/track"
    for given, expected in (
        (told, {"url": url, "key": key}),
        ({**told, "satisfaction_days": 30}, {"url": url, "key": key, "ask": 30}),
    ):
        document = json.loads(page_settings(SETTINGS, REAL.model_copy(update=given)))
        assert document["telemetry"] == expected


def test_stars_that_would_go_nowhere_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="satisfaction_days needs application_insights"):
        EnvironmentSettings.model_validate(
            {**LOCAL.model_dump(exclude_unset=True), "satisfaction_days": 30}
        )


def test_desired_state_registers_the_handler_on_every_configured_form() -> None:
    made = build(SETTINGS)
    desired = desired_state(SETTINGS, LOCAL, made)
    assert [registration.form for registration in desired.registrations] == [
        FormSelector("account"),
        FormSelector("contact"),
        FormSelector("lead"),
    ]
    assert {
        (handler.function_name, handler.library_name)
        for registration in desired.registrations
        for handler in registration.handlers
    } == {("D365Pop.onLoad", "d365pop_/screenpop/form.js")}
    assert set(desired.variable_values) == {"d365pop_ScreenPopSettings"}
    assert desired.package == made.package


def test_settings_longer_than_dataverse_takes_are_refused_before_the_first_write() -> None:
    columns = tuple(f"d365pop_a_rather_long_column_name_{number}" for number in range(20))
    tables = tuple(
        SearchTable(table=f"d365pop_{name}", columns=columns, name_column="d365pop_name")
        for name in ("one", "two", "three")
    )
    screen_pop = SETTINGS.screen_pop.model_copy(update={"tables": tables})
    with pytest.raises(ConfigurationError) as caught:
        page_settings(SETTINGS.model_copy(update={"screen_pop": screen_pop}), LOCAL)
    assert caught.value.reference == "settings-too-long"

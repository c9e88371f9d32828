"""How much an agent's browser has to load, packed as servers pack it."""

import gzip
from collections.abc import Mapping
from pathlib import Path

import pytest

from d365pop.build import Build, build
from d365pop.config import load

ROOT = Path(__file__).resolve().parents[3]
KILOBYTE = 1024
# What guides to this very integration show, and Genesys Cloud does not have or a pop does not need:
# functions and events of an SDK, settings, permissions, scopes, a secret.
INVENTED = (
    *("gc-sdk", "genesys.min.js", "Genesys.init", "Genesys.on", "CONTEXT_UPDATED", "INITIALIZED"),
    *("embedWebPages", "hideWebPages", "isFocused", "cloudName", "Main.aspx"),
    *("contactcenter:webchat", "integration:oauth", "user:read", "users:readonly", "openid"),
    *("getAuthToken", "client_secret", "clientSecret"),
)
LIMITS = {
    "form.js": 2 * KILOBYTE,
    "softphone.js": 18 * KILOBYTE,
    "telemetry.js": 3 * KILOBYTE,
    "call-log.js": 3 * KILOBYTE,
    "tabs.js": 3 * KILOBYTE,
    "diagnosis.js": 2 * KILOBYTE,
    "contact-search.js": 1 * KILOBYTE,
    "framework.js": 5 * KILOBYTE,
}


@pytest.fixture(scope="module")
def scripts() -> Mapping[str, bytes]:
    made: Build = build(load(ROOT / "d365pop.toml", {}), folder=ROOT)
    resources = {item.name.rpartition("/")[2]: item.content for item in made.solution.web_resources}
    return {**resources, "framework.js": made.framework}


def test_every_script_has_a_limit(scripts: Mapping[str, bytes]) -> None:
    assert {name for name in scripts if name.endswith(".js")} == set(LIMITS)


@pytest.mark.parametrize("name", LIMITS)
def test_script_is_no_larger_than_it_may_be(scripts: Mapping[str, bytes], name: str) -> None:
    assert len(gzip.compress(scripts[name], 9)) <= LIMITS[name]


@pytest.mark.parametrize("name", INVENTED)
def test_no_script_has_a_name_that_guides_invent(scripts: Mapping[str, bytes], name: str) -> None:
    spoken = [script for script, code in scripts.items() if name.encode() in code]
    assert [script for script in spoken if script.endswith((".js", ".html"))] == []

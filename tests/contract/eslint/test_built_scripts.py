"""Microsoft's own rules for hosted scripts, by ESLint itself, over what we build."""

from pathlib import Path

import pytest

from d365pop.build import build
from d365pop.config import load
from tests.contract.eslint.conftest import Oracle

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def scripts() -> dict[str, str]:
    """Return the scripts of the package, and those outside it, by file name."""
    settings = load(
        ROOT / "d365pop.toml", {"D365POP_GENESYS__PAGE_ORIGINS": '["https://crm.contoso.example"]'}
    )
    made = build(settings, folder=ROOT, version="1.0.0.0")
    assert made.host
    inside = {
        item.name.rpartition("/")[2]: item.content.decode()
        for item in made.solution.web_resources
        if item.name.endswith(".js")
    }
    return {**inside, "framework.js": made.framework.decode(), "host.js": made.host.decode()}


def test_hosted_rules_find_nothing_but_the_documented_exemptions(
    oracle: Oracle, scripts: dict[str, str]
) -> None:
    hosted = sorted(oracle({}, []).hosted)
    assert len(hosted) > 10
    found = oracle(scripts, hosted).problems
    assert {name: sorted({str(rule) for rule, _, _ in found[name]}) for name in found} == {
        name: [] for name in scripts
    }

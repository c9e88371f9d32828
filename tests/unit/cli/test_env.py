"""What ``env list`` shows of the configured environments and of those that a user can reach."""

from d365pop.auth.clouds import CLOUDS
from d365pop.cli.env import CloudName, listed
from d365pop.dataverse.discovery import Instance
from d365pop.settings import EnvironmentSettings

PROD = "https://contoso.crm4.dynamics.com"
TEST = "https://fabrikam.crm4.dynamics.com"


def cli(url: str) -> EnvironmentSettings:
    return EnvironmentSettings.model_validate({"url": url, "sign_in": "azure-cli"})


def instance(url: str, *, enabled: bool = True) -> Instance:
    return Instance("Contoso", f"{url}/", "contoso", "9.2.1", "Sales", enabled)


def test_environment_that_is_configured_twice_is_found_twice() -> None:
    configured = {"prod": cli(PROD), "ci": cli(PROD)}
    assert list(listed(configured, (instance(PROD),))) == [
        ("ci", PROD, "azure-cli", "9.2.1", "Contoso Sales"),
        ("prod", PROD, "azure-cli", "9.2.1", "Contoso Sales"),
    ]


def test_environment_that_nobody_configured_comes_last() -> None:
    found = (instance(TEST, enabled=False), instance(PROD))
    assert list(listed({"prod": cli(PROD)}, found)) == [
        ("prod", PROD, "azure-cli", "9.2.1", "Contoso Sales"),
        ("", TEST, "", "9.2.1", "Contoso (disabled) Sales"),
    ]


def test_user_who_reaches_none_is_told_so() -> None:
    assert list(listed({"prod": cli(PROD)}, ())) == [
        ("prod", PROD, "azure-cli", "", "not among those of this user")
    ]


def test_nothing_is_said_of_reach_where_nobody_was_asked() -> None:
    assert list(listed({"prod": cli(PROD)}, None)) == [("prod", PROD, "azure-cli", "", "")]


def test_every_cloud_can_be_named() -> None:
    assert set(CloudName) == {cloud.name for cloud in CLOUDS}

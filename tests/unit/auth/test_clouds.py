import pytest

from d365pop.auth.clouds import CLOUDS, KNOWN_AUTHORITIES, cloud_of


@pytest.mark.parametrize(
    ("host", "name"),
    [
        *(
            (f"contoso.crm{n}.dynamics.com", "commercial")
            for n in ("", 2, 3, 4, 5, 6, 7, 8, 11, 12)
        ),
        *((f"contoso.crm{n}.dynamics.com", "commercial") for n in (14, 15, 16, 17, 19, 20, 21)),
        ("contoso.crm99.dynamics.com", "commercial"),
        ("contoso.api.crm4.dynamics.com", "commercial"),
        ("contoso.crm9.dynamics.com", "gcc"),
        ("contoso.crm.microsoftdynamics.us", "gcc-high"),
        ("Contoso.crm.appsplatform.us", "dod"),
        ("contoso.crm.dynamics.cn", "china"),
    ],
)
def test_every_host_of_the_table_has_its_cloud(host: str, name: str) -> None:
    found = cloud_of(host)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "host", ["contoso.example", "crm4.dynamics.com", "contoso.crm4.dynamics.com.evil.example"]
)
def test_other_hosts_have_none(host: str) -> None:
    assert cloud_of(host) is None


def test_every_cloud_has_an_authority_and_a_discovery_of_its_own() -> None:
    assert len({cloud.discovery for cloud in CLOUDS}) == len(CLOUDS) == 5
    assert {host for cloud in CLOUDS for host in cloud.authorities} == KNOWN_AUTHORITIES


def test_every_cloud_is_administered_by_hosts_of_its_own() -> None:
    assert {each.name: (each.administration, each.administration_resource) for each in CLOUDS} == {
        "commercial": ("api.bap.microsoft.com", "https://service.powerapps.com"),
        "gcc": ("gov.api.bap.microsoft.us", "https://service.powerapps.us"),
        "gcc-high": ("high.api.bap.microsoft.us", "https://high.service.apps.appsplatform.us"),
        "dod": ("api.bap.appsplatform.us", "https://service.apps.appsplatform.us"),
        "china": ("api.bap.partner.microsoftonline.cn", "https://service.powerapps.cn"),
    }

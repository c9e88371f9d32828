"""Microsoft's clouds: which hosts are environments, who signs in there, who lists them.

Source: Microsoft's pages "Datacenter regions" and "Discover URLs of environments"; the constants of
Microsoft's own provider for Terraform for who administers them.
"""

import re
from typing import Final, NamedTuple


class Cloud(NamedTuple):
    """One national cloud."""

    name: str
    hosts: re.Pattern[str]
    authorities: tuple[str, ...]
    discovery: str
    administration: str
    """The host of the Power Platform's administration API."""
    administration_resource: str
    """What a token for it is asked for."""


_ORGANIZATION = r"[^.]+(?:\.api)?\."

CLOUDS: Final = (
    Cloud(
        "gcc",
        re.compile(_ORGANIZATION + r"crm9\.dynamics\.com"),
        ("login.microsoftonline.com",),
        "https://globaldisco.crm9.dynamics.com",
        "gov.api.bap.microsoft.us",
        "https://service.powerapps.us",
    ),
    Cloud(
        "commercial",
        # Numbers that are not in the table come into being with new regions.
        re.compile(_ORGANIZATION + r"crm\d*\.dynamics\.com"),
        ("login.microsoftonline.com",),
        "https://globaldisco.crm.dynamics.com",
        "api.bap.microsoft.com",
        "https://service.powerapps.com",
    ),
    Cloud(
        "gcc-high",
        re.compile(_ORGANIZATION + r"crm\.microsoftdynamics\.us"),
        ("login.microsoftonline.us",),
        "https://globaldisco.crm.microsoftdynamics.us",
        "high.api.bap.microsoft.us",
        "https://high.service.apps.appsplatform.us",
    ),
    Cloud(
        "dod",
        re.compile(_ORGANIZATION + r"crm\.appsplatform\.us"),
        ("login.microsoftonline.us",),
        "https://globaldisco.crm.appsplatform.us",
        "api.bap.appsplatform.us",
        "https://service.apps.appsplatform.us",
    ),
    Cloud(
        "china",
        re.compile(_ORGANIZATION + r"crm\.dynamics\.cn"),
        ("login.chinacloudapi.cn", "login.partner.microsoftonline.cn"),
        "https://globaldisco.crm.dynamics.cn",
        "api.bap.partner.microsoftonline.cn",
        "https://service.powerapps.cn",
    ),
)

KNOWN_AUTHORITIES: Final = frozenset(host for cloud in CLOUDS for host in cloud.authorities)


def cloud_of(host: str) -> Cloud | None:
    """Return the cloud of an environment's host; None for one that no table knows."""
    return next((cloud for cloud in CLOUDS if cloud.hosts.fullmatch(host.lower())), None)

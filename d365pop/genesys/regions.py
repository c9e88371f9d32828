"""Genesys Cloud's regions and the addresses that follow from one; makes no request.

Regions as in ``getRegionMap`` of Genesys' own SDKs and Terraform provider.
"""

from typing import Final

REGIONS: Final = (
    "mypurecloud.com",
    "use2.us-gov-pure.cloud",
    "usw2.pure.cloud",
    "cac1.pure.cloud",
    "mxc1.pure.cloud",
    "sae1.pure.cloud",
    "mypurecloud.ie",
    "euw2.pure.cloud",
    "mypurecloud.de",
    "euc2.pure.cloud",
    "mec1.pure.cloud",
    "aps1.pure.cloud",
    "apse1.pure.cloud",
    "mypurecloud.com.au",
    "mypurecloud.jp",
    "apne2.pure.cloud",
    "apne3.pure.cloud",
    # ASSUMED: the EU sovereign region; seen in one public client only.
    "edee1.eusc-pure.cloud",
)

# Where a private deployment of the Embeddable Framework is loaded from, below the apps host.
FRAME_PATH: Final = "/crm/embeddableFramework.html"


def apps_origin(region: str) -> str:
    """Return the origin that serves the embeddable client of ``region``."""
    return f"https://apps.{region}"


def frame_url(region: str) -> str:
    """Return the page that the softphone frame loads (private deployment)."""
    return apps_origin(region) + FRAME_PATH


def redirect_uris(region: str) -> tuple[str, str]:
    """Return the two redirect URIs that the OAuth client must hold, to the byte."""
    origin = apps_origin(region)
    return f"{origin}/crm/index.html", f"{origin}/crm/authWindow.html"

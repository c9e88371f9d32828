"""What framework.js is built with: a value per Genesys integration, never per package."""

from collections.abc import Sequence
from typing import Final

from d365pop.models import Json

CONSTANTS_MODULE: Final = "d365pop:framework"

# Settings of the Embeddable Framework that this product relies on (Genesys' example and
# blueprint). The sign-in page refuses to be framed, hence its own window; the interaction log
# stays off until something stores what it would offer to store.
SETTINGS: Final[dict[str, Json]] = {
    "embedWebRTCByDefault": True,
    "dedicatedLoginWindow": True,
    "enableCallLogs": False,
    "enableTransferContext": True,
}


def framework_constants(
    *, version: str, name: str, region: str, client_id: str, dynamics_origins: Sequence[str]
) -> dict[str, Json]:
    """Return the named exports of the ``d365pop:framework`` module.

    ``dynamics_origins`` are the only parents that framework.js will talk to.
    """
    origins: list[Json] = [*sorted(set(dynamics_origins))]
    return {
        "version": version,
        "name": name,
        "clientIds": {region: client_id} if client_id else {},
        "dynamicsOrigins": origins,
        "settings": SETTINGS,
    }

"""What framework.js is built with: a value per Genesys integration, never per package."""

from collections.abc import Mapping, Sequence
from typing import Final

from d365pop.models import Json

CONSTANTS_MODULE: Final = "d365pop:framework"


def framework_constants(
    *,
    version: str,
    config: Mapping[str, Json],
    region: str,
    client_id: str,
    dynamics_origins: Sequence[str],
) -> dict[str, Json]:
    """Return the named exports of the ``d365pop:framework`` module.

    ``config`` is what ``Framework.config`` is made of beside the client ids; ``dynamics_origins``
    are the only parents that framework.js will talk to.
    """
    origins: list[Json] = [*sorted(set(dynamics_origins))]
    return {
        **config,
        "version": version,
        "clientIds": {region: client_id} if client_id else {},
        "dynamicsOrigins": origins,
    }

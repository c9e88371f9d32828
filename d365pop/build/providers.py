"""The provider of the softphone panel: a row of the Channel Integration Framework; pure."""

from typing import Final

from d365pop.build.names import CIF_PAGE, web_resource_name
from d365pop.own_rows import OwnRow, RowKind, RowSearch
from d365pop.settings import EnvironmentSettings, Settings

_FIRST: Final = 0


def wanted_providers(settings: Settings, environment: EnvironmentSettings) -> tuple[OwnRow, ...]:
    """Return the provider, where the softphone lives in the panel."""
    host = settings.host
    if host is None or host.kind == "side-pane":
        return ()
    page = web_resource_name(settings.publisher.customization_prefix, CIF_PAGE)
    return (
        OwnRow(
            RowKind.PROVIDER,
            _name(settings),
            {
                "msdyn_label": "Phone",
                "msdyn_landingurl": f"{environment.url}/WebResources/{page}",
                "msdyn_clicktoact": True,
                "msdyn_sortorder": _FIRST,
                "msdyn_roleselector": ";".join(host.roles),
            },
        ),
    )


def provider_searches(settings: Settings) -> tuple[RowSearch, ...]:
    """Return how our provider is found; without ``[host]`` nobody looks for it."""
    if settings.host is None:
        return ()
    return (RowSearch(RowKind.PROVIDER, _name(settings)),)


def _name(settings: Settings) -> str:
    return f"{settings.publisher.customization_prefix}_d365pop_phone"

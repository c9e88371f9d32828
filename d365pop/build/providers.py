"""The softphone's panel: rows of the Channel Integration Framework, version 1 or 2; pure.

Columns and choices: Microsoft's references of the tables msdyn_ciprovider, msdyn_channelprovider
and msdyn_notificationtemplate.
"""

from collections.abc import Iterator
from typing import Final

from d365pop.app_profiles import link_key
from d365pop.build.names import CIF_PAGE, PHONE_ICON, web_resource_name
from d365pop.models import Json
from d365pop.own_rows import ACTIVE, LinkKind, OwnRow, RowKind, RowSearch
from d365pop.settings import EnvironmentSettings, HostSettings, Settings

_FIRST: Final = 0
_LABEL: Final = "Phone"
_VERSION_2: Final = 162_450_000
_SECONDS: Final = 30
NOTICE: Final = "notice"
"""What the page calls the sentence that a notification shows."""


def wanted_providers(settings: Settings, environment: EnvironmentSettings) -> tuple[OwnRow, ...]:
    """Return the provider and what goes with it, where the softphone lives in the panel."""
    host = settings.host
    if host is None or host.kind == "side-pane":
        return ()
    page = web_resource_name(settings.publisher.customization_prefix, CIF_PAGE)
    address = f"{environment.url}/WebResources/{page}"
    if host.kind == "cif-v1":
        return (_provider(settings, host, address),)
    return tuple(_channel(settings, host, address))


def provider_searches(settings: Settings) -> tuple[RowSearch, ...]:
    """Return how ours are found, of either version; without ``[host]`` nobody looks for them."""
    if settings.host is None:
        return ()
    name = _name(settings)
    return (
        RowSearch(RowKind.PROVIDER, name),
        RowSearch(RowKind.CHANNEL, name),
        RowSearch(RowKind.NOTIFICATION, _notification(settings)),
        RowSearch(LinkKind.PROFILE, name),
    )


def cif_constants(settings: Settings) -> dict[str, Json]:
    """Return what the page in the panel is told of its host."""
    host = settings.host or HostSettings()
    return {
        "sessions": settings.has_sessions,
        "notification": _notification(settings),
        "sessionTemplate": host.session,
        "presence": {**host.presence},
    }


def _provider(settings: Settings, host: HostSettings, address: str) -> OwnRow:
    return OwnRow(
        RowKind.PROVIDER,
        _name(settings),
        {
            "msdyn_label": _LABEL,
            "msdyn_landingurl": address,
            "msdyn_clicktoact": True,
            "msdyn_sortorder": _FIRST,
            "msdyn_roleselector": ";".join(host.roles),
            **ACTIVE,
        },
    )


def _channel(settings: Settings, host: HostSettings, address: str) -> Iterator[OwnRow]:
    name = _name(settings)
    yield OwnRow(
        RowKind.CHANNEL,
        name,
        {
            "msdyn_name": name,
            "msdyn_label": _LABEL,
            "msdyn_channelurl": address,
            "msdyn_enableoutbound": True,
            "msdyn_sortorder": _FIRST,
            "msdyn_apiversion": _VERSION_2,
            **ACTIVE,
        },
    )
    icon = web_resource_name(settings.publisher.customization_prefix, PHONE_ICON)
    yield OwnRow(
        RowKind.NOTIFICATION,
        _notification(settings),
        {
            "msdyn_name": _notification(settings),
            # ASSUMED: placeholders are filled in the title, too; documented are those of fields.
            "msdyn_title": f"{{{NOTICE}}}",
            "msdyn_icon": f"/WebResources/{icon}",
            "msdyn_timeout": _SECONDS,
            "msdyn_showtimeout": True,
            "msdyn_acceptbuttontext": "Open",
            "msdyn_showrejectbutton": True,
            "msdyn_rejectbuttontext": "Not now",
            "msdyn_autoacceptnotification": False,
            **ACTIVE,
        },
    )
    for profile in host.profiles:
        yield OwnRow(LinkKind.PROFILE, link_key(profile, name), {})


def _name(settings: Settings) -> str:
    return f"{settings.publisher.customization_prefix}_d365pop_phone"


def _notification(settings: Settings) -> str:
    return f"{settings.publisher.customization_prefix}_d365pop_pop"

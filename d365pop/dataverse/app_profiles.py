"""App profiles and their channel providers: reads them, links and unlinks ours.

The relationship and its navigation property are as others read them from live environments;
Microsoft's reference of the tables names neither.
"""

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Final

from d365pop.app_profiles import AppProfile, link_key, linked
from d365pop.dataverse import odata
from d365pop.dataverse.client import API_PATH, Call, Dataverse, Row
from d365pop.dataverse.own_rows import retrieve_row
from d365pop.dataverse.reading import nested_list, optional_text, text
from d365pop.errors import DataverseError
from d365pop.own_rows import LinkKind, RemoteRow, RowKind

_PROFILES: Final = "msdyn_appconfigurations"
_CHANNELS: Final = "msdyn_channelproviders"
_LINKS: Final = "msdyn_appconfig_msdyn_channelprovider"


def retrieve_app_profiles(dv: Dataverse) -> tuple[AppProfile, ...]:
    """Return every app profile with its channel providers, by unique name."""
    path = odata.query(
        _PROFILES,
        {
            "$select": "msdyn_uniquename,msdyn_name,msdyn_appmoduleuniquename",
            "$expand": f"{_LINKS}($select=msdyn_uniquename)",
            "$orderby": "msdyn_uniquename",
        },
    )
    return tuple(_profile(row) for row in dv.rows("list the app profiles", path))


def links_of(profiles: Sequence[AppProfile], channel: str) -> Iterator[RemoteRow]:
    """Yield the links between the profiles and the channel provider."""
    for profile in profiles:
        for name, channel_id in profile.channels.items():
            if name.lower() == channel.lower():
                yield RemoteRow(
                    LinkKind.PROFILE,
                    link_key(profile.unique_name, channel),
                    f"{profile.profile_id}/{channel_id}",
                    {},
                    "",
                )


def retrieve_link(dv: Dataverse, key: str) -> RemoteRow | None:
    """Return the link; None where there is none."""
    found = links_of(retrieve_app_profiles(dv), linked(key)[1])
    return next((link for link in found if link.key == key), None)


def create_link(dv: Dataverse, key: str) -> None:
    """Link a channel provider to an app profile; what is linked already stays so.

    Raises:
        DataverseError: ``app-profile-link-failed`` where one of the two is gone.
    """
    profile, channel = linked(key)
    found = {one.unique_name: one.profile_id for one in retrieve_app_profiles(dv)}.get(profile)
    row = retrieve_row(dv, RowKind.CHANNEL, channel)
    if found is None or row is None:
        raise DataverseError(
            "app-profile-link-failed",
            f"The app profile link {key} cannot be made.",
            status=HTTPStatus.NOT_FOUND,
            context=f"{'The app profile' if found is None else 'The channel provider'} is gone.",
            hint="Plan again: somebody deleted it since.",
        )
    target = f"{dv.origin}{API_PATH}{odata.entity(_CHANNELS, row.row_id)}"
    path = f"{odata.entity(_PROFILES, found)}/{_LINKS}/$ref"
    doing = f"create the app profile link {key}"
    try:
        dv.send(Call(doing, "POST", path, {"@odata.id": target}, idempotent=True))
    except DataverseError as error:
        # What others saw of a pair that is there already; a repeated call meets it, too.
        if error.reference != "dataverse-duplicate":
            raise


def delete_link(dv: Dataverse, key: str, link_id: str) -> None:
    """Unlink a channel provider from an app profile; a link that is gone already is no error."""
    profile_id, channel_id = link_id.split("/")
    path = f"{odata.entity(_PROFILES, profile_id)}/{_LINKS}({channel_id})/$ref"
    dv.delete(f"delete the app profile link {key}", path)


def _profile(row: Row) -> AppProfile:
    return AppProfile(
        profile_id=text(row, "msdyn_appconfigurationid"),
        unique_name=text(row, "msdyn_uniquename"),
        name=optional_text(row, "msdyn_name"),
        app=optional_text(row, "msdyn_appmoduleuniquename"),
        channels={
            text(channel, "msdyn_uniquename"): text(channel, "msdyn_channelproviderid")
            for channel in nested_list(row, _LINKS)
        },
    )

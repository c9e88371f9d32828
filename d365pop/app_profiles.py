"""App profiles and how a link to one is called; frozen values, no IO."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AppProfile:
    """An app profile, which says what the agents of an app get; others made it."""

    profile_id: str
    unique_name: str
    name: str
    app: str
    """Unique name of the app."""
    channels: Mapping[str, str]
    """Ids of its channel providers, by unique name."""


def link_key(profile: str, channel: str) -> str:
    """Return the key of the link between a profile and a channel provider."""
    return f"{profile}/{channel}"


def linked(key: str) -> tuple[str, str]:
    """Return the profile and the channel provider of a link; unique names hold no slash."""
    profile, _, channel = key.rpartition("/")
    return profile, channel

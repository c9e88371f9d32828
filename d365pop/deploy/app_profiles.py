"""Which app profiles are meant by the names that are configured; pure."""

from collections.abc import Sequence
from dataclasses import replace

from d365pop.app_profiles import AppProfile, link_key, linked
from d365pop.errors import PlanRefusedError
from d365pop.own_rows import LinkKind, OwnRow


def resolved(rows: Sequence[OwnRow], profiles: Sequence[AppProfile]) -> tuple[OwnRow, ...]:
    """Return the rows with each profile under its unique name, each link once.

    A profile that is not there, or not the only one of its name, keeps the name it has.
    """
    found = [
        replace(row, key=_resolved(row.key, profiles)) if isinstance(row.kind, LinkKind) else row
        for row in rows
    ]
    return tuple({row.identity: row for row in found}.values())


def meant_profiles(rows: Sequence[OwnRow], profiles: Sequence[AppProfile]) -> list[AppProfile]:
    """Return the profiles that the rows link to, as far as they are there."""
    names = dict.fromkeys(linked(row.key)[0] for row in rows if isinstance(row.kind, LinkKind))
    return [profile for name in names for profile in _meant(name, profiles)]


def refuse_unclear_profiles(rows: Sequence[OwnRow], profiles: Sequence[AppProfile]) -> None:
    """Refuse to plan while a name means no profile, or several.

    Raises:
        PlanRefusedError: the context names the profiles that there are.
    """
    for row in rows:
        if not isinstance(row.kind, LinkKind):
            continue
        name, _ = linked(row.key)
        meant = _meant(name, profiles)
        if not meant:
            raise PlanRefusedError(
                "app-profile-missing",
                f"No app profile is called {name}.",
                context=f"There are: {_listed(profiles) or 'none'}",
                hint="Create it in the Customer Service admin center (Workspaces), or correct "
                "[host] profiles.",
            )
        if len(meant) > 1:
            raise PlanRefusedError(
                "app-profile-ambiguous",
                f"{len(meant)} app profiles are called {name}.",
                context=f"They are: {_listed(meant)}",
                hint="Write the unique name of the one that is meant into [host] profiles.",
            )


def _resolved(key: str, profiles: Sequence[AppProfile]) -> str:
    name, channel = linked(key)
    meant = _meant(name, profiles)
    return link_key(meant[0].unique_name, channel) if len(meant) == 1 else key


def _meant(name: str, profiles: Sequence[AppProfile]) -> list[AppProfile]:
    """Return the profile with that unique name, else those that are called so."""
    exact = [one for one in profiles if one.unique_name.lower() == name.lower()]
    return exact or [one for one in profiles if one.name.lower() == name.lower()]


def _listed(profiles: Sequence[AppProfile]) -> str:
    return ", ".join(f"{one.unique_name} ({one.name}, app {one.app})" for one in profiles)

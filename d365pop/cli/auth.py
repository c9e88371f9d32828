"""``d365pop auth``: sign in, sign out, say who is signed in and who that is in Dataverse."""

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

import typer

from d365pop.cli.options import CONFIG, STATE, ConfigOption, EnvironmentOption
from d365pop.cli.run_options import PlainFormatOption
from d365pop.report.names import PlainFormat

if TYPE_CHECKING:
    from d365pop.dataverse.client import Dataverse
    from d365pop.dataverse.environment import WhoAmI
    from d365pop.dataverse.users import User
    from d365pop.models import Json
    from d365pop.settings import EnvironmentSettings

auth = typer.Typer(no_args_is_help=True, help="Sign in and out, and see who is signed in.")

_UNREADABLE: Final = "(not readable for this user)"


class _Identity(NamedTuple):
    """Who we are in an environment; None is what we may not read."""

    url: str
    version: str
    ids: "WhoAmI"
    user: "User | None"
    roles: tuple[str, ...] | None


@auth.command("login")
def login(env: EnvironmentOption, config: ConfigOption = CONFIG) -> None:
    """Sign in, whoever was signed in before; an application proves that its sign-in works."""
    from d365pop.auth import PersonSignIn
    from d365pop.cli import signing_in
    from d365pop.cli.console import note
    from d365pop.cli.servers import open_transport
    from d365pop.config import load

    environment = load(config).environment(env)
    with open_transport(environment, STATE) as transport:
        tokens = signing_in.tokens(environment, transport, at_terminal=True)
        if isinstance(tokens, PersonSignIn):
            tokens.login()
            note(f"The sign-in is kept {signing_in.kept(environment).where}.")
        else:
            tokens.token()
        from d365pop.dataverse.client import Dataverse

        _show(Dataverse(environment.url, transport, tokens))


@auth.command("logout")
def logout(env: EnvironmentOption, config: ConfigOption = CONFIG) -> None:
    """Forget the person who is signed in for an environment."""
    from d365pop.auth import PersonSignIn
    from d365pop.cli import signing_in
    from d365pop.cli.console import results
    from d365pop.cli.servers import open_transport
    from d365pop.config import load

    environment = load(config).environment(env)
    kept = signing_in.kept(environment)
    if not kept.lasts:
        what = "Sign out of the Azure CLI with `az logout`." * (environment.sign_in == "azure-cli")
        results().print(f"Nothing to forget: the sign-in is {kept.where}. {what}".rstrip())
        return
    with open_transport(environment, STATE) as transport:
        tokens = signing_in.tokens(environment, transport)
        names = tokens.logout() if isinstance(tokens, PersonSignIn) else ()
    results().print(f"Signed out: {', '.join(names)}." if names else "Nobody was signed in.")


@auth.command("status")
def status(config: ConfigOption = CONFIG, shown: PlainFormatOption = PlainFormat.TEXT) -> None:
    """Say for each environment how it signs in and what is missing; asks no server."""
    from d365pop.cli.console import show_rows
    from d365pop.cli.documents import write_facts
    from d365pop.config import load

    known = sorted(load(config).environments.items())
    rows = [(name, environment.sign_in, _state(environment)) for name, environment in known]
    headings = ("environment", "sign_in", "state")
    if shown is PlainFormat.JSON:
        write_facts({"environments": [dict(zip(headings, row, strict=True)) for row in rows]})
        return
    show_rows(headings, rows)


def _state(environment: "EnvironmentSettings") -> str:
    """Return whether what a sign-in needs is there, and where it is kept."""
    from d365pop.auth.readiness import missing
    from d365pop.cli import signing_in
    from d365pop.sign_in import kind_of

    if lacking := missing(kind_of(environment), signing_in.surroundings()):
        return f"missing: {lacking}"
    return f"ready; kept {signing_in.kept(environment).where}"


@auth.command("whoami")
def whoami(
    env: EnvironmentOption,
    config: ConfigOption = CONFIG,
    shown: PlainFormatOption = PlainFormat.TEXT,
) -> None:
    """Say who we are in an environment, with roles."""
    from d365pop.cli.documents import write_facts
    from d365pop.cli.servers import open_dataverse
    from d365pop.config import load

    environment = load(config).environment(env)
    with open_dataverse(environment, STATE) as dataverse:
        if shown is PlainFormat.JSON:
            write_facts(_document(_identity(dataverse)))
        else:
            _show(dataverse)


def _show(dataverse: "Dataverse") -> None:
    from rich.table import Table
    from rich.text import Text

    from d365pop.cli.console import results

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in _facts(_identity(dataverse)):
        table.add_row(label, Text(value))
    results().print(table)


def _identity(dataverse: "Dataverse") -> _Identity:
    from d365pop.dataverse.environment import version, who_am_i
    from d365pop.dataverse.users import retrieve_roles, retrieve_user
    from d365pop.errors import DataverseError

    ids = who_am_i(dataverse)
    user, roles = None, None
    with suppress(DataverseError):
        user = retrieve_user(dataverse, ids.user_id)
    with suppress(DataverseError):
        roles = retrieve_roles(dataverse, ids.user_id)
    return _Identity(dataverse.origin, version(dataverse), ids, user, roles)


def _facts(identity: _Identity) -> list[tuple[str, str]]:
    user, roles, ids = identity.user, identity.roles, identity.ids
    kind = "application user" if user and user.application_id else "user"
    said = " ".join(filter(None, (user.name, user.login))) if user else _UNREADABLE
    application = [("application", user.application_id)] if user and user.application_id else []
    return [
        ("environment", f"{identity.url} (version {identity.version})"),
        (kind, said),
        *application,
        ("roles", _UNREADABLE if roles is None else ", ".join(roles) or "none of its own"),
        ("user id", ids.user_id),
        ("business unit", ids.business_unit_id),
        ("organization", ids.organization_id),
    ]


def _document(identity: _Identity) -> "dict[str, Json]":
    user, roles, ids = identity.user, identity.roles, identity.ids
    return {
        "environment": {"url": identity.url, "version": identity.version},
        "user": {
            "name": user.name,
            "login": user.login or None,
            "application_id": user.application_id or None,
        }
        if user
        else None,
        "roles": None if roles is None else [*roles],
        "user_id": ids.user_id,
        "business_unit_id": ids.business_unit_id,
        "organization_id": ids.organization_id,
    }

"""``d365pop auth``: sign in, sign out, say who is signed in and who that is in Dataverse."""

from typing import TYPE_CHECKING, Final

import typer

from d365pop.cli.options import CONFIG, STATE, ConfigOption, EnvironmentOption

if TYPE_CHECKING:
    from d365pop.dataverse.client import Dataverse
    from d365pop.settings import EnvironmentSettings

auth = typer.Typer(no_args_is_help=True, help="Sign in and out, and see who is signed in.")

_UNREADABLE: Final = "(not readable for this user)"


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
def status(config: ConfigOption = CONFIG) -> None:
    """Say for each environment how it signs in and what is missing; asks no server."""
    from rich.table import Table

    from d365pop.cli.console import results
    from d365pop.config import load

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("environment", "sign_in", "state"):
        table.add_column(heading, overflow="fold")
    for name, environment in sorted(load(config).environments.items()):
        table.add_row(name, environment.sign_in, _state(environment))
    results().print(table)


def _state(environment: "EnvironmentSettings") -> str:
    """Return whether what a sign-in needs is there, and where it is kept."""
    from d365pop.auth.readiness import missing
    from d365pop.cli import signing_in
    from d365pop.sign_in import kind_of

    if lacking := missing(kind_of(environment), signing_in.surroundings()):
        return f"missing: {lacking}"
    return f"ready; kept {signing_in.kept(environment).where}"


@auth.command("whoami")
def whoami(env: EnvironmentOption, config: ConfigOption = CONFIG) -> None:
    """Say who we are in an environment, with roles."""
    from d365pop.cli.servers import open_dataverse
    from d365pop.config import load

    environment = load(config).environment(env)
    with open_dataverse(environment, STATE) as dataverse:
        _show(dataverse)


def _show(dataverse: "Dataverse") -> None:
    from rich.table import Table
    from rich.text import Text

    from d365pop.cli.console import results

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in _facts(dataverse):
        table.add_row(label, Text(value))
    results().print(table)


def _facts(dataverse: "Dataverse") -> list[tuple[str, str]]:
    from d365pop.dataverse.environment import version, who_am_i
    from d365pop.dataverse.users import retrieve_roles, retrieve_user
    from d365pop.errors import DataverseError

    me = who_am_i(dataverse)
    facts = [("environment", f"{dataverse.origin} (version {version(dataverse)})")]
    try:
        user = retrieve_user(dataverse, me.user_id)
        kind = "application user" if user.application_id else "user"
        facts.append((kind, " ".join(filter(None, (user.name, user.login)))))
        if user.application_id:
            facts.append(("application", user.application_id))
    except DataverseError:
        facts.append(("user", _UNREADABLE))
    try:
        roles = ", ".join(retrieve_roles(dataverse, me.user_id)) or "none of its own"
    except DataverseError:
        roles = _UNREADABLE
    return [
        *facts,
        ("roles", roles),
        ("user id", me.user_id),
        ("business unit", me.business_unit_id),
        ("organization", me.organization_id),
    ]

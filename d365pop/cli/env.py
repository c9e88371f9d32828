"""``d365pop env``: the environments that are configured, and those that a user can reach."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from d365pop.cli.options import CONFIG, STATE, ConfigOption
from d365pop.cli.run_options import PlainFormatOption
from d365pop.report.names import PlainFormat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from d365pop.dataverse.discovery import Instance
    from d365pop.models import Json
    from d365pop.settings import EnvironmentSettings

env = typer.Typer(no_args_is_help=True, help="Environments of the configuration and of the user.")

_COLUMNS: Final = ("environment", "url", "sign_in", "version", "what Microsoft says")


class CloudName(StrEnum):
    """Microsoft's clouds, as ``--cloud`` names them."""

    COMMERCIAL = "commercial"
    GCC = "gcc"
    GCC_HIGH = "gcc-high"
    DOD = "dod"
    CHINA = "china"


@env.command("list")
def list_environments(
    config: ConfigOption = CONFIG,
    as_user_of: Annotated[
        str,
        typer.Option(
            "--env", help="Ask Microsoft, too, with the sign-in of this environment's user."
        ),
    ] = "",
    cloud: Annotated[
        CloudName | None, typer.Option(help="The cloud to ask; else that of --env.")
    ] = None,
    discovery: Annotated[
        str, typer.Option(help="Another discovery service, which you vouch for.")
    ] = "",
    shown: PlainFormatOption = PlainFormat.TEXT,
) -> None:
    """Show the configured environments, and with --env those that its user can reach."""
    from d365pop.cli.console import note
    from d365pop.config import load

    settings = load(config)
    if not as_user_of:
        _show(shown, settings.environments, None)
        note("Those that a user can reach: d365pop env list --env NAME")
        return
    environment = settings.environment(as_user_of)
    url = discovery or _discovery_of(environment, cloud)
    _show(shown, settings.environments, _reachable(environment, url))


def _discovery_of(environment: "EnvironmentSettings", cloud: CloudName | None) -> str:
    from d365pop.auth.clouds import CLOUDS, cloud_of
    from d365pop.errors import UsageError
    from d365pop.transport import host_of

    named = next((each for each in CLOUDS if each.name == cloud), None)
    found = named or cloud_of(host_of(environment.url))
    if found is None:
        raise UsageError(
            "cloud-unknown",
            f"{host_of(environment.url)} is in no table of Microsoft's clouds.",
            hint=f"Name the cloud: --cloud {', '.join(CloudName)}; or --discovery URL.",
        )
    return found.discovery


def _reachable(environment: "EnvironmentSettings", url: str) -> "tuple[Instance, ...]":
    from d365pop.cli import signing_in
    from d365pop.cli.progress import working
    from d365pop.cli.servers import open_transport
    from d365pop.dataverse.discovery import retrieve_instances

    with open_transport(environment, STATE) as transport:
        tokens = signing_in.tokens(environment, transport, resource=url)
        with working(f"Asking {url}"):
            return retrieve_instances(transport, url, tokens)


def _show(
    shown: PlainFormat,
    configured: "Mapping[str, EnvironmentSettings]",
    reachable: "tuple[Instance, ...] | None",
) -> None:
    from d365pop.cli.console import show_rows
    from d365pop.cli.documents import write_facts

    rows = list(listed(configured, reachable))
    if shown is PlainFormat.JSON:
        keys = [column.lower().replace(" ", "_") for column in _COLUMNS]
        told: list[Json] = [
            {key: text or None for key, text in zip(keys, row, strict=True)} for row in rows
        ]
        write_facts({"asked_microsoft": reachable is not None, "environments": told})
        return
    show_rows(_COLUMNS, rows)


def listed(
    configured: "Mapping[str, EnvironmentSettings]", reachable: "tuple[Instance, ...] | None"
) -> "Iterator[tuple[str, str, str, str, str]]":
    """Yield the configured environments and then the others; ``None``: Microsoft was not asked."""
    from d365pop.transport import origin_of

    instances = {origin_of(each.url): each for each in reachable or ()}
    for name, environment in sorted(configured.items()):
        found = instances.get(environment.url)
        said = _said(found) if found or reachable is None else ("", "not among those of this user")
        yield name, environment.url, environment.sign_in, *said
    known = {environment.url for environment in configured.values()}
    for url, instance in instances.items():
        if url not in known:
            yield "", url, "", *_said(instance)


def _said(instance: "Instance | None") -> tuple[str, str]:
    if instance is None:
        return "", ""
    state = "" if instance.enabled else " (disabled)"
    return instance.version, f"{instance.name}{state} {instance.purpose}".strip()

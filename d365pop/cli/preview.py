"""``d365pop preview``: what was deployed, in a browser, beside a softphone simulator."""

import contextlib
import webbrowser
from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.cli.options import CONFIG, STATE, ConfigOption, EnvironmentOption

if TYPE_CHECKING:
    from d365pop.dataverse.client import Dataverse
    from d365pop.settings import EnvironmentSettings


def preview(
    env: EnvironmentOption = "local",
    config: ConfigOption = CONFIG,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Open the model-driven shell that runs what was published, beside a softphone to ring with."""
    from d365pop import build as builder
    from d365pop.cli.console import note, results
    from d365pop.cli.interrupt import wait_for_interrupt
    from d365pop.cli.servers import open_dataverse
    from d365pop.config import load
    from d365pop.emulator.softphone import start_softphone

    settings = load(config)
    environment = settings.environment(env)
    host, port = _softphone_address(env, environment)
    framework = builder.build(
        settings, cache=STATE / "cache", folder=config.absolute().parent
    ).framework
    with contextlib.ExitStack() as running:
        dataverse = running.enter_context(open_dataverse(environment, STATE))
        _require_deployed(dataverse, env, settings.solution.unique_name)
        softphone = running.enter_context(start_softphone(lambda: framework, host=host, port=port))
        address = _first_form(dataverse, settings.forms[0].table)
        results().print(address, soft_wrap=True)
        note(f"The phone in its side pane is simulated, on {softphone.url} . Ctrl-C stops both.")
        if browser and not webbrowser.open(address):
            note("No browser could be started here; open the address in one.")
        wait_for_interrupt()


def _softphone_address(env: str, environment: "EnvironmentSettings") -> tuple[str, int]:
    from d365pop.cli.servers import listening_on
    from d365pop.errors import UsageError

    if not environment.is_local or environment.softphone_url is None:
        raise UsageError(
            "preview-is-local",
            f"{env} is a real environment; the preview runs the local Dataverse only.",
            hint="Leave --env away, or open the real app in a browser.",
        )
    return listening_on(environment.softphone_url)


def _require_deployed(dataverse: "Dataverse", env: str, solution: str) -> None:
    from d365pop.dataverse.solutions import retrieve_solution
    from d365pop.errors import UsageError

    if retrieve_solution(dataverse, solution) is None:
        raise UsageError(
            "nothing-deployed",
            f"The solution {solution} is not in the local Dataverse yet.",
            hint=f"Run `d365pop deploy --env {env}` first.",
        )


def _first_form(dataverse: "Dataverse", table: str) -> str:
    """Return the shell's address of a record whose form starts the softphone, else of the home."""
    from d365pop.dataverse.records import first_record_id

    record = first_record_id(dataverse, table)
    home = f"{dataverse.origin}/main.aspx"
    return f"{home}?pagetype=entityrecord&etn={table}&id={record}" if record else home

"""The app object and the one place where errors become exit codes."""

import errno
import gc
import sys
from typing import Annotated, Any, Final, NoReturn

import typer
from typer.core import TyperGroup

from d365pop import __version__
from d365pop.cli.commands import Commands
from d365pop.cli.streams import lead_nowhere
from d365pop.errors import ConfigurationError, D365PopError, ExitCode, interrupted

_OBJECTS_BETWEEN_COLLECTIONS: Final = 100_000
_OF_A_PLACE: Final = frozenset({errno.EACCES, errno.EIO, errno.ENAMETOOLONG, errno.EPERM})
"""What is wrong with a file or folder that the user named, or that another user made."""


class _Group(TyperGroup):
    """Loads the command that is asked for; lets Ctrl-C leave with 130 instead of Click's 1."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - Typer's own signature
        super().__init__(**attributes)
        self.commands = Commands()

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - Click's own signature
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise interrupted() from error


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Genesys Cloud screen pop for Dynamics 365: build it, deploy it, prove it.",
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"d365pop {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Genesys Cloud screen pop for Dynamics 365: build it, deploy it, prove it."""


def main() -> None:
    """Run the command line; every failure ends here, in one message and its exit code."""
    # Modules make many objects and no rubbish: looking for some took a tenth of a short command.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        app()
    except D365PopError as error:
        _fail(error)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        lead_nowhere(sys.stdout)
        sys.exit(ExitCode.OK)
    except OSError as error:
        _fail_on(error)
    except Exception as error:  # noqa: BLE001 - a defect of ours must still be one clear message
        _confess(error)


def _fail_on(error: OSError) -> NoReturn:
    """Tell what the machine refuses from a defect of ours."""
    if error.errno == errno.ENOSPC:
        lead_nowhere(sys.stdout)
        _fail(
            ConfigurationError(
                "disk-full",
                "There is no space left to write to.",
                context=str(error),
                hint="Free some space, then run the same line again.",
            )
        )
    if error.errno in _OF_A_PLACE and error.filename is not None:
        _fail(
            ConfigurationError(
                "place-unusable",
                f"{error.filename} cannot be used.",
                context=error.strerror or type(error).__name__,
                hint="Name another place, or ask for the right to use this one.",
            )
        )
    _confess(error)


def _fail(error: D365PopError) -> NoReturn:
    from d365pop.cli.console import show_error

    show_error(error)
    sys.exit(error.exit_code)


def _confess(error: Exception) -> NoReturn:
    from d365pop.cli.console import show_defect

    show_defect(error)
    sys.exit(ExitCode.DEFECT)

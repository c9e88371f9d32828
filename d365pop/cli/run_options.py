"""The options of the commands that report, most of them of a run: so that they mean the same."""

from typing import Annotated, Final

import typer

from d365pop.report.names import PlainFormat, RunFormat

TIMEOUT: Final = 3600.0

YesOption = Annotated[bool, typer.Option("--yes", help="Go on without a question.")]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be done; write nothing.")
]
TimeoutOption = Annotated[
    float, typer.Option(help="Seconds to wait for an import, or for others' work to end.", min=1)
]
WaitOption = Annotated[
    bool, typer.Option("--wait/--no-wait", help="Wait for an import that runs, or refuse.")
]
KeepOption = Annotated[
    bool, typer.Option("--keep", help="Leave what a failed run has written; do not roll back.")
]
SkipLowerOption = Annotated[
    bool,
    typer.Option("--skip-lower", help="Leave alone an environment that has a newer version."),
]
UpgradeOption = Annotated[
    bool,
    typer.Option("--upgrade", help="Import a newer managed version as an upgrade in any case."),
]
PendingOption = Annotated[
    bool,
    typer.Option(
        "--publish-pending", help="Publish although others' unpublished edits go live with it."
    ),
]
PlainFormatOption = Annotated[
    PlainFormat, typer.Option("--format", help="What is written to stdout.")
]
FormatOption = Annotated[
    RunFormat, typer.Option("--format", help="What is written to stdout at the end.")
]
ReportOption = Annotated[
    list[str] | None,
    typer.Option("--report", metavar="FORMAT=FILE", help="Write a report, too; repeatable."),
]
SmokeOption = Annotated[
    bool,
    typer.Option(
        "--smoke",
        help="Local Dataverse only: ring the softphone in a browser after the proof, and look.",
    ),
]
CanaryOption = Annotated[
    int, typer.Option(min=0, help="Of several: how many go first; one that fails stops all.")
]
WaveOption = Annotated[
    int, typer.Option(min=0, help="Of several: how many of the rest go together; 0 for all.")
]
FailureBudgetOption = Annotated[
    int, typer.Option(min=0, help="Of several: failures after the canary that are borne.")
]

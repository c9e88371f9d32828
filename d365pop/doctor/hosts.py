"""Checks of where the softphone lives and what starts it; only of what is configured."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from d365pop.check.finding import Rule, Severity
from d365pop.dataverse.environment import has_table
from d365pop.doctor.access import held, lacking, privilege_rule
from d365pop.doctor.examination import Check, Outcome, Room, failed, not_checked, passed
from d365pop.doctor.subject import Subject
from d365pop.settings import Settings

PROVIDERS: Final[Mapping[str, tuple[str, str]]] = {
    "cif-v1": ("msdyn_ciprovider", "msdyn_ciproviders"),
    "cif-v2": ("msdyn_channelprovider", "msdyn_channelproviders"),
}
"""Table and entity set of the panel's row, by ``[host] kind``."""
_COMMANDS_MISSING: Final = Rule(
    "commands-missing",
    Severity.HIGH,
    "The environment knows no modern commands.",
    "The deploy stops where it writes the “Phone” command.",
    'Update the environment, or set [command] phone = "classic".',
)
_PANEL_MISSING: Final = Rule(
    "softphone-panel-missing",
    Severity.HIGH,
    "The Channel Integration Framework, or the configured version of it, is not installed.",
    "The deploy is refused: its panel is where the softphone shall live.",
    "Version 1 comes from Microsoft's AppSource, version 2 with the Customer Service workspace."
    " Install it, or set [host] kind to side-pane.",
)
_PANEL_HIDDEN: Final = Rule(
    "agents-cannot-see-panel",
    Severity.HIGH,
    "The agents' role cannot read the row of the softphone's panel.",
    "The panel stays away for agents, and with it the softphone.",
    "Power Platform admin center, Environments, NAME, Settings, Security roles: give the role"
    " Read on that table.",
)


def host_checks() -> Iterator[Check]:
    """Yield the checks."""
    yield Check(Room.DATAVERSE, _COMMANDS_MISSING, _has_table("appactions"), _has_commands)
    writes = held(needed_on("appaction"))
    yield Check(Room.DATAVERSE, privilege_rule("write commands"), writes, _has_commands)
    yield Check(Room.DATAVERSE, _PANEL_MISSING, _provider_table, _has_panel)
    yield Check(
        Room.DATAVERSE,
        privilege_rule("write softphone providers"),
        _writes_providers,
        _has_panel,
    )
    yield Check(Room.DATAVERSE, _PANEL_HIDDEN, _agents, _has_panel)


def needed_on(table: str) -> tuple[str, ...]:
    """Return what a deployer needs for the rows of ours in ``table``.

    ASSUMED: privileges bear the names of such tables as they are, in small letters.
    """
    return tuple(f"prv{right}{table}" for right in ("Read", "Create", "Write", "Delete"))


def _has_commands(settings: Settings) -> bool:
    return settings.command is not None and settings.command.phone == "modern"


def _has_panel(settings: Settings) -> bool:
    return settings.host is not None and settings.host.kind in PROVIDERS


def _has_table(entity_set_name: str) -> Callable[[Subject], Outcome]:
    def run(subject: Subject) -> Outcome:
        if has_table(subject.dataverse, entity_set_name):
            return passed(f"{entity_set_name} is there")
        return failed(f"There is no {entity_set_name}.")

    return run


def _provider_table(subject: Subject) -> Outcome:
    return _has_table(_provider(subject)[1])(subject)


def _writes_providers(subject: Subject) -> Outcome:
    return held(needed_on(_provider(subject)[0]))(subject)


def _provider(subject: Subject) -> tuple[str, str]:
    host = subject.settings.host
    return PROVIDERS[host.kind if host else ""]


def _agents(subject: Subject) -> Outcome:
    if not subject.agents_role:
        return not_checked("name the agents' security role: --agents-role NAME")
    granted = subject.role_privileges(subject.agents_role)
    if granted is None:
        return not_checked(f"there is no security role “{subject.agents_role}”")
    table, _ = _provider(subject)
    return lacking(subject.agents_role, [f"prvRead{table}"], granted) or passed(
        f"{subject.agents_role} reads {table}"
    )

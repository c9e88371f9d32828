"""Checks of the sign-in and of what the signed-in user, and agents, may do."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from d365pop.check.finding import Rule, Severity
from d365pop.dataverse.environment import version
from d365pop.doctor.examination import Check, Outcome, Room, failed, not_checked, passed
from d365pop.doctor.subject import Subject
from d365pop.errors import D365PopError, DataverseError

LEAST_VERSION: Final = (9, 2)
BUILT_IN_ROLE: Final = "System Customizer"

_LOOK: Final = "look around"
_PRIVILEGE_MISSING: Final = "0x80040220"
# What each part of a deploy needs, as Microsoft's pages on ImportSolution and PublishXml list it.
# ASSUMED: prvImportCustomization and prvPublishCustomization, which only the privilege tables name,
# and the three of environment variables' values, by the pattern of their definitions.
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "read what is there": (
        "prvReadSolution",
        "prvReadPublisher",
        "prvReadWebResource",
        "prvReadSystemForm",
        "prvReadEntity",
        "prvReadCustomization",
    ),
    "import the solution": (
        "prvImportCustomization",
        "prvCreateCustomization",
        "prvWriteCustomization",
        "prvCreateSolution",
        "prvWriteSolution",
        "prvReadAsyncOperation",
        "prvReadImportJob",
        "prvCreatePublisher",
    ),
    "publish": ("prvPublishCustomization",),
    "write web resources": ("prvCreateWebResource", "prvWriteWebResource"),
    "register on forms": ("prvWriteSystemForm",),
    "set environment variables": (
        "prvReadEnvironmentVariableDefinition",
        "prvCreateEnvironmentVariableDefinition",
        "prvWriteEnvironmentVariableDefinition",
        "prvReadEnvironmentVariableValue",
        "prvCreateEnvironmentVariableValue",
        "prvWriteEnvironmentVariableValue",
    ),
    _LOOK: ("prvReadOrganization", "prvReadUser", "prvReadRole"),
}
# What the softphone page of an agent reads, besides the tables that it searches.
AGENTS_NEED: Final = (
    "prvReadWebResource",
    "prvReadEnvironmentVariableDefinition",
    "prvReadEnvironmentVariableValue",
)

# What stores an interaction as a phone call about one of those tables' rows (more than the sum of
# these no document lists: ASSUMED that it is complete).
AGENTS_LOG_WITH: Final = (
    "prvCreateActivity",
    "prvReadActivity",
    "prvWriteActivity",
    "prvAppendActivity",
    "prvAppendToActivity",
)


def access_checks() -> Iterator[Check]:
    """Yield the checks, the most basic first."""
    yield Check(
        Room.DATAVERSE,
        Rule(
            "environment-reachable",
            Severity.CRITICAL,
            "The environment does not answer to this sign-in.",
            "Nothing can be deployed, and nothing else can be checked.",
            "Do what the message says; d365pop auth whoami shows the same.",
        ),
        _reachable,
    )
    yield Check(
        Room.DATAVERSE,
        Rule(
            "environment-version",
            Severity.HIGH,
            "The environment is older than side panes.",
            "The softphone lives in a side pane, which versions before 9.2 lack.",
            "Update it: Power Platform admin center, Environments, NAME, Updates.",
        ),
        _version,
    )
    for doing in NEEDED:
        looks = doing == _LOOK
        yield Check(Room.DATAVERSE, privilege_rule(doing), held(NEEDED[doing], looks=looks))
    yield Check(
        Room.DATAVERSE,
        Rule(
            "agents-cannot-read",
            Severity.HIGH,
            "The agents' role cannot read what the screen pop reads.",
            "The caller is not found for agents who may not read the table.",
            "Power Platform admin center, Environments, NAME, Settings, Security roles: give the"
            " role Read on these, for the organization or the business unit.",
        ),
        _agents,
    )
    yield Check(
        Room.DATAVERSE,
        Rule(
            "agents-cannot-log-calls",
            Severity.HIGH,
            "The agents' role cannot store the call log.",
            "Calls wait in the agents' browsers, and never become phone calls in Dynamics 365.",
            "Power Platform admin center, Environments, NAME, Settings, Security roles: give the"
            " role these, or switch the log off: enable_call_logs in [genesys.framework].",
        ),
        _agents_log,
    )


def privilege_rule_id(doing: str) -> str:
    """Return the id of the check for one part of a deploy."""
    return f"privileges-to-{doing.replace(' ', '-')}"


def privilege_rule(doing: str) -> Rule:
    """Return what it means where the signed-in user lacks what one part of a deploy needs."""
    looks = doing == _LOOK
    return Rule(
        privilege_rule_id(doing),
        Severity.LOW if looks else Severity.HIGH,
        f"The signed-in user may not {doing}.",
        "Doctor cannot read all that it checks."
        if looks
        else "A deploy would stop there, with the steps before it already done.",
        "Power Platform admin center, Environments, NAME, Settings, Users: give the user a role"
        f" with them, such as {BUILT_IN_ROLE}.",
    )


def _reachable(subject: Subject) -> Outcome:
    try:
        me = subject.me
    except D365PopError as error:
        why = f"{error.message}{f' ({error.context})' if error.context else ''}"
        return failed(why, mend=error.hint)
    return passed(f"{subject.environment.url}, signed in as user {me.user_id}")


def _version(subject: Subject) -> Outcome:
    found = version(subject.dataverse)
    organization = subject.organization
    evidence = f"{found}; {organization.name}, base language {organization.language}"
    parts = tuple(int(part) for part in found.split(".")[:2] if part.isdecimal())
    if parts < LEAST_VERSION:
        return failed(f"The environment has version {found}; 9.2 is needed.", evidence=evidence)
    return passed(evidence)


def held(names: tuple[str, ...], *, looks: bool = False) -> Callable[[Subject], Outcome]:
    """Return a check of the signed-in user's privileges; the one that ``looks`` needs them to."""

    def run(subject: Subject) -> Outcome:
        try:
            has = subject.privileges
        except DataverseError as error:
            if not looks or error.code.lower() != _PRIVILEGE_MISSING:
                raise
            return failed(error.message)
        missing = [name for name in names if name.lower() not in has]
        if not missing:
            return passed(f"has {', '.join(names)}")
        brings = _granted(subject, BUILT_IN_ROLE)
        return failed(
            *(
                f"{name} is missing; the role {_role_with(name, brings)} would bring it."
                for name in missing
            )
        )

    return run


def _granted(subject: Subject, role: str) -> set[str]:
    """Return what a role grants, as far as the user may read it."""
    try:
        return {name.lower() for name in subject.role_privileges(role) or ()}
    except DataverseError:
        return set()


def _role_with(name: str, of_customizer: set[str]) -> str:
    return BUILT_IN_ROLE if name.lower() in of_customizer else "System Administrator"


def _agents(subject: Subject) -> Outcome:
    if not subject.agents_role:
        return not_checked("name the agents' security role: --agents-role NAME")
    granted = subject.role_privileges(subject.agents_role)
    if granted is None:
        return failed(
            f"There is no security role “{subject.agents_role}”.",
            mend="Give --agents-role the name of a role as the environment shows it.",
        )
    tables = _searched(subject)
    needed = (*(f"prvRead{table}" for table in tables), *AGENTS_NEED)
    return lacking(subject.agents_role, needed, granted) or passed(
        f"{subject.agents_role} reads {', '.join(tables)}"
    )


def _agents_log(subject: Subject) -> Outcome:
    if not subject.settings.genesys.framework.enable_call_logs:
        return passed("enable_call_logs is false: nothing is stored")
    if not subject.agents_role:
        return not_checked("name the agents' security role: --agents-role NAME")
    granted = subject.role_privileges(subject.agents_role)
    if granted is None:
        return not_checked(f"there is no security role “{subject.agents_role}”")
    tables = _searched(subject)
    needed = (*AGENTS_LOG_WITH, *(f"prvAppendTo{table}" for table in tables))
    return lacking(subject.agents_role, needed, granted) or passed(
        f"{subject.agents_role} stores phone calls about {', '.join(tables)}"
    )


def _searched(subject: Subject) -> list[str]:
    return [table.table for table in subject.settings.screen_pop.tables]


def lacking(role: str, needed: Iterable[str], granted: Iterable[str]) -> Outcome | None:
    """Return the privileges that a role lacks, None where it has them all."""
    have = {name.lower() for name in granted}
    missing = [name for name in needed if name.lower() not in have]
    return failed(*(f"{role} lacks {name}." for name in missing)) if missing else None
